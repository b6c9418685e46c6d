import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { JsonObject } from "../../src/core/canonical.ts"
import {
  type ApiRequested,
  apiRequested,
  type OutboundRequested,
  outboundAnswered,
  outboundRequested,
  runStarted,
  timerCancelled,
  timerFired,
  turnFailed,
} from "../../src/core/entries.ts"
import { providerDecided, providerReceiptSent } from "../../src/gateway/providers/entries.ts"
import { generic } from "../../src/gateway/providers/generic.ts"
import { defaultProfile, type SimulatedProfile } from "../../src/gateway/providers/profile.ts"
import { providersMachine, simulatedProviders } from "../../src/gateway/providers/providers.machine.ts"
import { defaultGatewaySettings } from "../../src/gateway/settings.ts"
import { makeEndpointsMachine } from "../../src/network/endpoints.machine.ts"
import { at, type Fact, givenEntries, type Stage } from "../support/given.ts"

/* Simulated providers as the network has them, and as callers from outside do. */

const endpointsMachine = makeEndpointsMachine([simulatedProviders])
const id = "7f3c2a2d-0000-5000-a000-0000000000e1"
const profiled = (profile: Partial<SimulatedProfile>) => {
  const [first, ...others] = defaultGatewaySettings.providers
  return { ...defaultGatewaySettings, providers: [{ ...first, profile: { ...defaultProfile, ...profile } }, ...others] }
}
const given = (profile: Partial<SimulatedProfile> = {}, endpoints: ReadonlyArray<object> = []): Stage =>
  givenEntries(
    [endpointsMachine, providersMachine],
    runStarted.draft("", {
      flags: [],
      format: 1,
      rules: 1,
      seed: 1,
      settings: {
        callbacks: { in_flight: 1, quiet_ms: 0, rewrite: [] },
        endpoints,
        gateway: profiled(profile),
      } as unknown as JsonObject,
      templates: {},
    }),
  )
const exactly = (ms: number) => ({ min_ms: ms, max_ms: ms })
const quick = { latency: exactly(50), receipt: exactly(1_000) }

const attempt = (more: Partial<OutboundRequested> = {}): Fact => {
  const {
    json = "",
    method,
    url,
  } = generic.request(
    { dialect: "generic", id: "provider1", timeout_ms: 10_000 },
    { id, to: "+8801921317475", text: "Hello" },
  )
  return {
    ...outboundRequested.draft(id, {
      attempt: 1,
      json,
      method,
      params: [],
      purpose: "provider",
      timeout_ms: 10_000,
      token: id,
      url,
      via: "world",
      ...more,
    }),
    kind: "outcome",
  }
}
const types = ({ made }: Stage) => made.slice(1).map(({ entry }) => entry.type)
const dataOf = <D>(
  { made }: Stage,
  { type }: { readonly type: string; readonly draft: (subject: string, data: D) => unknown },
) => made.map(({ entry }) => entry).find((entry) => entry.type === type)?.data as D | undefined
/** Fires the timers that are due at an instant, by their keys. */
const fires = (stage: Stage, ms: number, key: string) => stage.when(at(ms, timerFired.draft(id, { key })))
const timers = ({ made }: Stage) =>
  made.flatMap(({ entry }) => (entry.type === "timer.set" ? [entry.data as { key: string; due: number }] : []))
const idle = ({ world }: Stage) => {
  const { attempts, coming, decided, outside, seqOf } = world.slice(providersMachine)
  return [attempts, coming, decided, outside, seqOf].every(({ size }) => size === 0)
}

describe("a simulated provider inside the run", () => {
  it("decides when the request comes, answers after its latency, and tells the gateway what became of it", () => {
    const asked = given(quick).when(attempt())
    deepStrictEqual(types(asked).sort(), ["provider-request.decided", "timer.set", "timer.set"])
    const [answer, receipt] = timers(asked).sort((a, b) => a.due - b.due)
    deepStrictEqual([answer?.due, receipt?.due], [50, 1_050])
    const answered = fires(asked, 50, answer?.key ?? "")
    const told = dataOf(answered, outboundAnswered)
    assertTrue(told !== undefined && typeof told.body === "string")
    const outcome = generic.read({ body: told.body, status: told.status })
    strictEqual(outcome._tag === "Accepted" && outcome.providerMessageId, dataOf(asked, providerDecided)?.message_id)
    const delivered = fires(answered, 1_050, receipt?.key ?? "")
    const sent = dataOf(delivered, providerReceiptSent)
    deepStrictEqual([sent?.provider, sent?.n], ["provider1", 1])
    strictEqual(generic.receipt({ params: [], query: [], text: sent?.text ?? "" })?.status, "delivered")
    assertTrue(idle(delivered))
  })

  it("keeps to what it decided, though more requests come in between", () => {
    const asked = given({ ...quick, limit_per_second: 1 }).when(attempt())
    const second = asked.when(attempt({ attempt: 2 }))
    strictEqual(dataOf(second, providerDecided)?.fate, "limited")
    const [{ key = "" } = {}] = timers(asked).filter(({ due }) => due === 50)
    strictEqual(dataOf(fires(second, 50, key), outboundAnswered)?.status, 200)
  })

  it("knows a text it took by its reference, and one it never saw", () => {
    const ask: Partial<OutboundRequested> = { method: "GET", params: [["reference", id]], purpose: "provider-ask" }
    const answer = (stage: Stage) => {
      const { body, status } = dataOf(stage, outboundAnswered) ?? { body: "", status: 0 }
      return generic.ask?.read({ body: String(body), status }, id)._tag
    }
    const never = given(quick).when(attempt(ask))
    strictEqual(answer(never), "Unknown")
    assertTrue(idle(never))
    strictEqual(
      answer(
        given({ ...quick, unanswered_bp: 10_000 })
          .when(attempt())
          .when(attempt(ask)),
      ),
      "Taken",
    )
  })

  it("is not asked where a scripted endpoint stands in its place", () => {
    const endpoint = { answers: [{ after_ms: 0, body: "{}", status: 202 }], fail_bp: 0, url: attemptUrl }
    const asked = given(quick, [endpoint]).when(attempt())
    deepStrictEqual(types(asked), ["outbound.answered"])
    assertTrue(idle(asked))
  })

  it("of a provider that is out of order nobody hears anything", () => {
    const asked = given({ ...quick, outages: [{ from_ms: 0, for_ms: 60_000, how: "connect" }] }).when(attempt())
    deepStrictEqual(types(asked).sort(), ["outbound.failed", "provider-request.decided"])
    assertTrue(idle(asked))
  })
})
const attemptUrl = "http://provider1.sms.ringback.internal"

const call = (request: Partial<ApiRequested>): Fact =>
  apiRequested.draft("", {
    api: "provider",
    method: "POST",
    params: [],
    path: "/api/sms/provider1",
    query: [],
    ...request,
  })
const body = (more: object = {}) => JSON.stringify({ phone: "01921317475", text: "Hello", ...more })
const response = (stage: Stage) =>
  stage.made.map(({ entry }) => entry).find(({ type }) => type === "api.responded")?.data as
    | { readonly status: number; readonly body: string; readonly undelivered?: string }
    | undefined

describe("a simulated provider for callers from outside", () => {
  it("answers by the same rules, after its latency", () => {
    const asked = given(quick).when(call({ text: body({ reference: "mine" }) }))
    const [answer, ...more] = timers(asked)
    deepStrictEqual([answer?.due, more.length], [50, 0])
    const answered = fires(asked, 50, answer?.key ?? "")
    const { body: told = "", status = 0 } = response(answered) ?? {}
    deepStrictEqual(generic.read({ body: told, status })._tag, "Accepted")
    strictEqual(JSON.parse(told).reference, "mine")
    assertTrue(idle(answered))
    const again = answered.when(call({ method: "GET", query: [["reference", "mine"]] }))
    strictEqual(JSON.parse(response(again)?.body ?? "").message_id, JSON.parse(told).message_id)
  })

  it("posts receipts to where its caller wants them", () => {
    const callback_url = "https://theirs.test/receipts"
    const endpoint = { answers: [{ after_ms: 0, body: "", status: 204 }], fail_bp: 0, url: callback_url }
    const asked = given(quick, [endpoint]).when(call({ text: body({ callback_url }) }))
    const [, receipt] = timers(asked)
    const posted = fires(asked, 1_050, receipt?.key ?? "")
    const { json = "", purpose, url } = dataOf(posted, outboundRequested) ?? { purpose: "", url: "" }
    deepStrictEqual([purpose, url], ["provider-receipt", callback_url])
    strictEqual(generic.receipt({ params: [], query: [], text: json })?.status, "delivered")
  })

  it.each([
    [{ path: "/api/sms/provider9" }, 404],
    [{ path: "/" }, 404],
    [{ method: "DELETE" }, 405],
    [{ body: { length: 1, sha256: "", why: "bad-encoding" as const } }, 400],
    [{ body: { length: 1, sha256: "", why: "too-large" as const } }, 413],
    [{ method: "GET" }, 200],
    [{ method: "GET", path: "/health" }, 200],
    [{ method: "GET", query: [["reference", "?"]] as const }, 404],
  ])("answers %o with %i", (request, status) => {
    const asked = given(quick).when(call(request))
    strictEqual(response(asked)?.status, status)
    assertTrue(idle(asked))
  })

  it.each(["", "[]", "{", '{"phone":1}', '{"phone":"01921317475","text":7.5}'])("refuses %j", (text) => {
    const asked = given({ ...quick, latency: exactly(0) }).when(call({ text }))
    strictEqual(response(asked)?.status, 422)
  })

  it.each([
    [{ lost_bp: 10_000 }, 50, "reset"],
    [{ unanswered_bp: 10_000 }, 30_000, "closed"],
    [{ outages: [{ from_ms: 0, for_ms: 1, how: "timeout" as const }] }, 30_000, "closed"],
  ])("that says nothing (%o) breaks the connection off", (profile, due, undelivered) => {
    const asked = given({ ...quick, ...profile }).when(call({ text: body() }))
    const [timer] = timers(asked)
    strictEqual(timer?.due, due)
    strictEqual(response(fires(asked, due, timer?.key ?? ""))?.undelivered, undelivered)
  })

  it("breaks the connection off when its timer is cancelled, or its turn fails", () => {
    const ended = (input: (key: string) => Fact) => {
      const asked = given(quick).when(call({ text: body() }))
      return asked.when(input(timers(asked)[0]?.key ?? ""))
    }
    const failing = (key: string) => ({ cause: 0, data: { key }, subject: "", type: timerFired.type })
    for (const stage of [
      ended((key) => timerCancelled.draft("", { keys: [key] })),
      ended((key) => turnFailed.draft("", { error: "x", input: failing(key) })),
    ]) {
      strictEqual(response(stage)?.undelivered, "closed")
      assertTrue(idle(stage))
    }
  })

  it("is answered 500 where its request made a rule throw", () => {
    const { data, subject, type } = call({ text: body() })
    const failed = given().when(turnFailed.draft("", { error: "x", input: { cause: 0, data, subject, type } }))
    strictEqual(response(failed)?.status, 500)
  })
})
