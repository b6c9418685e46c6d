import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import * as Schema from "effect/Schema"
import { openApiOf } from "../../src/server/controlHandler.ts"
import {
  AllHealth,
  Distribution,
  OneRequest,
  ProviderHealth,
  ProviderStatus,
  Providers,
  Queued,
  RateLimits,
  Requests,
  Sent,
  TooMany,
} from "../../src/server/gatewayShapes.ts"
import {
  accepted,
  answerOf,
  asked,
  failed,
  gateway,
  type Left,
  leftIn,
  noon,
  providersOf,
  sms,
} from "../support/gateway.ts"
import { at, type Stage } from "../support/given.ts"

const first = (stage: Stage): Left => leftIn(stage)[0] as Left

/** A gateway in which a request was sent, another refused, and a third waits. */
const busy = () => {
  const one = gateway({ providers: providersOf({ limit: 2 }, { weight: 0 }), failover: { attempts_max: 1 } }).when(
    at(noon, sms()),
  )
  const two = one.when(at(noon + 10, accepted(first(one), "m-1"))).when(at(noon + 20, sms()))
  const three = two.when(at(noon + 30, failed(first(two)))).when(at(noon + 40, sms()))
  return {
    id: first(one).id,
    stage: three.when(at(noon + 50, asked("POST", "/api/sms/p1/receipts", { message_id: "m-1", status: "delivered" }))),
  }
}

const conforms = (stage: Stage, schema: Schema.Schema.AnyNoContext) => {
  const { json, status } = answerOf(stage)
  Schema.decodeUnknownSync(schema as Schema.Schema<unknown>)(json, { onExcessProperty: "error" })
  assertTrue(status === 200)
}

describe("the gateway's answers", () => {
  it.each<readonly [string, Schema.Schema.AnyNoContext]>([
    ["/api/sms/rate-limits", RateLimits],
    ["/api/sms/health", AllHealth],
    ["/api/sms/health/p1", ProviderHealth],
    ["/api/sms/distribution-stats", Distribution],
    ["/api/sms/requests", Requests],
    ["/api/sms/requests/:id", OneRequest],
    ["/api/sms/dead-letters", Requests],
    ["/api/sms/providers", Providers],
    ["/api/sms/p1/status", ProviderStatus],
  ])("%s is as /openapi.json describes it, and nothing besides", (path, schema) => {
    const { id, stage } = busy()
    conforms(stage.when(at(noon + 60, asked("GET", path.replace(":id", id)))), schema)
  })

  it("to sends are, too", () => {
    conforms(gateway().when(at(noon, sms())), Queued)
    const direct = gateway().when(at(noon, asked("POST", "/api/sms/provider1", { phone: "01921317475", text: "x" })))
    conforms(direct.when(at(noon + 10, accepted(first(direct)))), Sent)
    const full = gateway({ limits: { intake: 1 } })
      .when(at(noon, sms()))
      .when(at(noon, sms()))
    Schema.decodeUnknownSync(TooMany)(answerOf(full).json, { onExcessProperty: "error" })
  })
})

describe("/openapi.json", () => {
  it("has the paths of the gateway beside those of control", () => {
    const { paths, tags } = JSON.parse(openApiOf("1")) as { paths: object; tags: ReadonlyArray<{ name: string }> }
    deepStrictEqual(
      Object.keys(paths)
        .filter((path) => path.startsWith("/api/sms"))
        .sort(),
      [
        "/api/sms",
        "/api/sms/dead-letters",
        "/api/sms/dead-letters/resend",
        "/api/sms/dead-letters/{request_id}/resend",
        "/api/sms/distribution-stats",
        "/api/sms/distribution-stats/reset",
        "/api/sms/health",
        "/api/sms/health/{provider_id}",
        "/api/sms/health/{provider_id}/reset",
        "/api/sms/providers",
        "/api/sms/rate-limits",
        "/api/sms/requests",
        "/api/sms/requests/{request_id}",
        "/api/sms/requests/{request_id}/cancel",
        "/api/sms/send",
        "/api/sms/{provider_id}",
        "/api/sms/{provider_id}/receipts",
        "/api/sms/{provider_id}/status",
      ],
    )
    assertTrue(Object.hasOwn(paths, "/admin/clock"))
    assertTrue(tags.some(({ name }) => name === "gateway"))
  })
})
