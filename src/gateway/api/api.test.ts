import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  accepted,
  answered,
  answerOf,
  asked,
  dataOf,
  failed,
  gateway,
  type Left,
  leftIn,
  noon,
  providersOf,
  sms,
  typesOf,
} from "../../../test/support/gateway.ts"
import { at, type Stage } from "../../../test/support/given.ts"
import {
  type ApiResponded,
  apiRequested,
  apiResponded,
  dataCleared,
  type OutboundFailed,
  turnFailed,
} from "../../core/entries.ts"
import { requestAccepted } from "../entries.ts"

const first = (stage: Stage): Left => leftIn(stage)[0] as Left
const send = (body: unknown, key?: string) => asked("POST", "/api/sms/send", body, key === undefined ? {} : { key })
const wrongOf = (stage: Stage) =>
  (answerOf(stage).json as { detail: ReadonlyArray<{ loc: ReadonlyArray<string>; type: string }> }).detail.map(
    ({ loc, type }) => `${loc.join(".")} ${type}`,
  )
const errorOf = (stage: Stage) => {
  const { json, status } = answerOf(stage)
  return [status, (json as { detail: { error: string } }).detail.error]
}
const headersOf = (stage: Stage) => dataOf<ApiResponded>(stage, apiResponded)[0]?.headers
const get = (path: string, query: ReadonlyArray<readonly [string, string]> = []) =>
  asked("GET", path, undefined, { query })

describe("a request to send", () => {
  it.each(["/api/sms/send", "/api/sms/", "/api/sms"])("is taken at %s", (path) => {
    const stage = gateway().when(at(noon, asked("POST", path, { phone: "01921317475", text: "Hello" })))
    strictEqual(answerOf(stage).status, 200)
    strictEqual(dataOf(stage, requestAccepted)[0]?.phone, "+8801921317475")
  })

  it.each([
    ["01921317475", "BD", "+8801921317475"],
    ["+8801921317475", "BD", "+8801921317475"],
    ["019 2131-7475", "BD", "+8801921317475"],
    ["(415) 867-5309", "US", "+14158675309"],
    ["+15551234567", "BD", "+15551234567"],
  ])("to %s in %s goes to %s", (phone, country, kept) => {
    const stage = gateway({ country }).when(at(noon, sms({ phone })))
    strictEqual(dataOf(stage, requestAccepted)[0]?.phone, kept)
  })

  it.each([
    [{}, ["body.phone missing", "body.text missing"]],
    [{ phone: 1921317475, text: "x" }, ["body.phone string_type"]],
    [{ phone: "12", text: "x" }, ["body.phone value_error"]],
    [{ phone: "+999123", text: "x" }, ["body.phone value_error"]],
    [{ phone: "01921317475", text: "" }, ["body.text string_too_short"]],
    [{ phone: "01921317475", text: "x".repeat(1_601) }, ["body.text string_too_long"]],
    [{ phone: "01921317475", text: null }, ["body.text missing"]],
    [{ phone: "01921317475", text: "x", priority: "urgent" }, ["body.priority enum"]],
    [{ phone: "01921317475", text: "x", send_at: "tomorrow" }, ["body.send_at datetime_parsing"]],
    [[], ["body model_attributes_type"]],
  ])("of %j is refused with the field", (body, wrong) => {
    const stage = gateway().when(at(noon, send(body)))
    strictEqual(answerOf(stage).status, 422)
    deepStrictEqual(wrongOf(stage), wrong)
    deepStrictEqual(typesOf(stage), ["api.responded"])
  })

  it.each([
    ["{", ["body json_invalid"]],
    ['"text"', ["body model_attributes_type"]],
  ])("of %s is refused as a whole", (body, wrong) =>
    deepStrictEqual(wrongOf(gateway().when(at(noon, send(body)))), wrong),
  )

  it("that is a form, or no UTF-8, or too large, is refused", () => {
    const asForm = apiRequested.draft("", {
      ...{ api: "gateway", method: "POST", params: [["phone", "1"]], path: "/api/sms/send", query: [] },
    })
    deepStrictEqual(wrongOf(gateway().when(at(noon, asForm))), ["body json_expected"])
    const notKept = (why: "bad-encoding" | "too-large") =>
      apiRequested.draft("", {
        ...{
          api: "gateway",
          body: { length: 1, sha256: "", why },
          method: "POST",
          params: [],
          path: "/api/sms/",
          query: [],
        },
      })
    deepStrictEqual(wrongOf(gateway().when(at(noon, notKept("bad-encoding")))), ["body encoding"])
    deepStrictEqual(errorOf(gateway().when(at(noon, notKept("too-large")))), [413, "body_too_large"])
  })

  it("above the limit is answered 429 with what was counted, until the next window", () => {
    const full = [1, 2].reduce((stage) => stage.when(at(noon + 400, sms())), gateway({ limits: { intake: 2 } }))
    const refused = full.when(at(noon + 400, sms()))
    deepStrictEqual(answerOf(refused), {
      status: 429,
      json: {
        detail: {
          error: "rate_limit_exceeded",
          message: "the gateway takes no more requests in this window",
          current_count: 2,
          limit: 2,
          retry_after_ms: 600,
        },
      },
    })
    deepStrictEqual(headersOf(refused), [["Retry-After", "1"]])
    strictEqual(answerOf(refused.when(at(noon + 1_000, sms()))).status, 200)
  })

  it("is turned away while the queue is full", () => {
    const narrow = gateway({ providers: providersOf({ limit: 1 }), queue_max: 1 })
    const full = narrow.when(at(noon, sms())).when(at(noon, sms()))
    deepStrictEqual(errorOf(full.when(at(noon, sms()))), [503, "queue_full"])
  })
})

describe("an Idempotency-Key", () => {
  const body = { phone: "01921317475", text: "Hello" }

  it("makes a repeat the same request, with the same answer, at either path", () => {
    const once = gateway().when(at(noon, send(body, "k1")))
    const answer = answerOf(once)
    const again = once.when(at(noon + 5_000, asked("POST", "/api/sms/", body, { key: "k1" })))
    deepStrictEqual(typesOf(again), ["api.responded"])
    deepStrictEqual(answerOf(again), answer)
    deepStrictEqual(headersOf(again), [["Idempotent-Replayed", "true"]])
  })

  it("with another request is refused, and after a day a new one", () => {
    const once = gateway().when(at(noon, send(body, "k1")))
    const { message_id } = answerOf(once).json as { message_id: string }
    const other = once.when(at(noon, send({ ...body, text: "other" }, "k1")))
    deepStrictEqual(errorOf(other), [422, "idempotency_key_reused"])
    const nextDay = other.when(at(noon + 86_400_000, send({ ...body, text: "other" }, "k1")))
    strictEqual((answerOf(nextDay).json as { message_id: string }).message_id === message_id, false)
  })

  it("of a request that was refused is free again", () => {
    const refused = gateway().when(at(noon, send({ ...body, phone: "1" }, "k1")))
    strictEqual(answerOf(refused.when(at(noon, send(body, "k1")))).status, 200)
  })

  it("that is too long or holds blanks is refused", () => {
    for (const key of ["", "a b", "x".repeat(256), "é"])
      deepStrictEqual(wrongOf(gateway().when(at(noon, send(body, key)))), ["header.idempotency-key value_error"])
  })
})

describe("a direct send", () => {
  const direct = (key?: string) =>
    asked("POST", "/api/sms/provider2", { phone: "01921317475", text: "Hello" }, key === undefined ? {} : { key })
  const leave = (key?: string) => gateway().when(at(noon, direct(key)))

  it("goes to its provider alone, and is answered when that has answered", () => {
    const stage = leave()
    deepStrictEqual(typesOf(stage), ["gateway-request.accepted", "gateway-attempt.chosen", "outbound.requested"])
    const left = first(stage)
    strictEqual(left.request.url.includes("provider2"), true)
    const done = stage.when(at(noon + 50, accepted(left, "p2-1")))
    deepStrictEqual(answerOf(done), {
      status: 200,
      json: {
        success: true,
        message_id: left.id,
        message: "SMS sent by provider2",
        provider: "provider2",
        queued: false,
        provider_message_id: "p2-1",
      },
    })
  })

  it("is not tried again, and says what went wrong", () => {
    const outcome = (reply: (left: Left) => ReturnType<typeof accepted>) => {
      const stage = leave()
      return errorOf(stage.when(at(noon + 50, reply(first(stage)))))
    }
    const failure = (reason: OutboundFailed["reason"]) => outcome((left) => failed(left, reason))
    deepStrictEqual(
      outcome((left) => answered(left, 422, { error: "no such phone" })),
      [502, "provider_refused"],
    )
    deepStrictEqual(
      outcome((left) => answered(left, 429)),
      [503, "provider_limited"],
    )
    deepStrictEqual(failure("connect"), [502, "provider_failed"])
    deepStrictEqual(failure("interrupted"), [504, "provider_unsure"])
  })

  it("with a key is not sent twice: not while it is under way, nor after", () => {
    const stage = leave("k1")
    const left = first(stage)
    const meanwhile = stage.when(at(noon + 10, direct("k1")))
    deepStrictEqual(errorOf(meanwhile), [409, "request_in_progress"])
    const answer = answerOf(meanwhile.when(at(noon + 50, accepted(left))))
    const again = meanwhile.when(at(noon + 60, direct("k1")))
    deepStrictEqual(answerOf(again), answer)
    deepStrictEqual(leftIn(again), [])
  })

  it("above its provider's limit is answered 429", () => {
    const narrow = gateway({ providers: providersOf({ limit: 1 }) })
    const post = asked("POST", "/api/sms/p1", { phone: "01921317475", text: "Hello" })
    const full = narrow.when(at(noon, post)).when(at(noon + 100, post))
    const { json, status } = answerOf(full)
    strictEqual(status, 429)
    deepStrictEqual((json as { detail: object }).detail, {
      error: "rate_limit_exceeded",
      message: "p1 may have no more requests in this window",
      provider: "p1",
      current_count: 1,
      limit: 1,
      retry_after_ms: 900,
    })
  })

  it("is answered when everything is cleared while it is under way", () => {
    const cleared = leave().when(at(noon + 10, dataCleared.draft("", { what: "all" })))
    deepStrictEqual(errorOf(cleared), [409, "cleared"])
  })
})

describe("what is only looked at", () => {
  const sent = () => {
    const stage = gateway().when(at(noon, sms()))
    return { id: first(stage).id, stage: stage.when(at(noon + 80, accepted(first(stage), "p1-1"))) }
  }

  it.each([
    "/api/sms/rate-limits",
    "/api/sms/health",
    "/api/sms/health/provider1",
    "/api/sms/distribution-stats",
    "/api/sms/requests",
    "/api/sms/dead-letters",
    "/api/sms/providers",
    "/api/sms/provider3/status",
  ])("%s is there, and is kept as a hash", (path) => {
    const stage = sent().stage.when(at(noon + 100, get(path)))
    strictEqual(answerOf(stage).status, 200)
    const [data] = dataOf<ApiResponded>(stage, apiResponded)
    strictEqual(data !== undefined && "sha256" in data, true)
  })

  it("counts in windows", () => {
    const { stage } = sent()
    const limits = (when: number) => {
      const shown = answerOf(stage.when(at(when, get("/api/sms/rate-limits")))).json as {
        global: { current_count: number }
        providers: Readonly<Record<string, { current_count: number; is_limited: boolean }>>
      }
      return [
        shown.global.current_count,
        shown.providers.provider1?.current_count,
        shown.providers.provider2?.current_count,
      ]
    }
    deepStrictEqual(limits(noon + 999), [1, 1, 0])
    deepStrictEqual(limits(noon + 1_000), [0, 0, 0])
  })

  it("tells all of one request", () => {
    const { id, stage } = sent()
    const { json, status } = answerOf(stage.when(at(noon + 100, get(`/api/sms/requests/${id}`))))
    strictEqual(status, 200)
    const { responses, ...request } = json as { responses: ReadonlyArray<object> }
    deepStrictEqual(request, {
      id,
      phone: "+8801921317475",
      text: "Hello",
      status: "sent",
      priority: "normal",
      provider: "provider1",
      provider_message_id: "p1-1",
      attempts: 1,
      cost: { amount: "0.005000", currency: "USD" },
      error: null,
      direct: null,
      idempotency_key: null,
      created_at: "2026-01-01T12:00:00.000Z",
      updated_at: "2026-01-01T12:00:00.080Z",
      send_at: null,
      sent_at: "2026-01-01T12:00:00.080Z",
    } as never)
    deepStrictEqual(responses, [
      {
        attempt: 1,
        provider: "provider1",
        outcome: "accepted",
        status: 200,
        provider_message_id: "p1-1",
        code: null,
        reason: null,
        cost: { amount: "0.005000", currency: "USD" },
        requested_at: "2026-01-01T12:00:00.000Z",
        responded_at: "2026-01-01T12:00:00.080Z",
        latency_ms: 80,
        entry: 5,
        receipts: [],
      },
    ])
  })

  it("lists requests newest first, by what is asked for, page by page", () => {
    let stage = gateway({ providers: providersOf({ limit: 2 }) })
    const ids: Array<string> = []
    for (const phone of ["01921317475", "01921317476", "01921317475"]) {
      stage = stage.when(at(noon, sms({ phone })))
      ids.push((answerOf(stage).json as { message_id: string }).message_id)
    }
    const listed = (...query: ReadonlyArray<readonly [string, string]>) => {
      const page = answerOf(stage.when(at(noon, get("/api/sms/requests", query)))).json as {
        requests: ReadonlyArray<{ id: string }>
        next_cursor: string | null
      }
      return { places: page.requests.map(({ id }) => ids.indexOf(id)), next: page.next_cursor }
    }
    deepStrictEqual(listed().places, [2, 1, 0])
    deepStrictEqual(listed(["status", "pending"]).places, [2])
    deepStrictEqual(listed(["phone", "01921317475"]).places, [2, 0])
    const page = listed(["limit", "2"])
    deepStrictEqual(page.places, [2, 1])
    deepStrictEqual(listed(["cursor", page.next ?? ""]), { places: [0], next: null })
  })

  it("refuses filters that mean nothing", () => {
    const wrong = (name: string, value: string) =>
      wrongOf(gateway().when(at(noon, get("/api/sms/requests", [[name, value]]))))
    deepStrictEqual(wrong("limit", "0"), ["query.limit int_range"])
    deepStrictEqual(wrong("status", "lost"), ["query.status enum"])
    deepStrictEqual(wrong("provider", "p9"), ["query.provider value_error"])
    deepStrictEqual(wrong("phone", "x"), ["query.phone value_error"])
    deepStrictEqual(wrong("cursor", "x"), ["query.cursor value_error"])
  })

  it("counts the distribution, and begins anew when told to", () => {
    const { stage } = sent()
    const counts = () => {
      const shown = answerOf(stage.when(at(noon + 100, get("/api/sms/distribution-stats")))).json as {
        total_requests: number
        providers: Readonly<Record<string, { chosen: number; share: number; cost: object }>>
      }
      return [shown.total_requests, shown.providers.provider1?.share, shown.providers.provider1?.cost]
    }
    deepStrictEqual(counts(), [1, 1, { USD: "0.005000" }])
    strictEqual(answerOf(stage.when(at(noon + 100, asked("POST", "/api/sms/distribution-stats/reset")))).status, 200)
    deepStrictEqual(counts(), [0, 0, {}])
  })
})

describe("what is not there", () => {
  it.each([
    ["POST", "/api/sms/nobody", 404, "unknown_provider"],
    ["GET", "/api/sms/health/nobody", 404, "unknown_provider"],
    ["GET", "/api/sms/requests/nothing", 404, "unknown_request"],
    ["POST", "/api/sms/dead-letters/nothing/resend", 404, "unknown_request"],
    ["GET", "/api/sms/a/b/c", 404, "not_found"],
    ["GET", "/api/sms/send", 405, "method_not_allowed"],
    ["GET", "/api/sms/nobody", 405, "method_not_allowed"],
    ["GET", "/api/sms/requests/nothing/cancel", 405, "method_not_allowed"],
    ["DELETE", "/api/sms/requests/nothing", 405, "method_not_allowed"],
    ["DELETE", "/api/sms/rate-limits", 405, "method_not_allowed"],
    ["POST", "/api/sms/health", 405, "method_not_allowed"],
  ])("%s %s is answered %i %s", (method, path, status, error) => {
    const stage = gateway().when(at(noon, asked(method, path)))
    deepStrictEqual(errorOf(stage), [status, error])
    if (status === 405) deepStrictEqual(headersOf(stage), [["Allow", method === "GET" ? "POST" : "GET"]])
  })

  it("is the answer to a turn that failed: 500", () => {
    const input = { cause: 0, data: { api: "gateway" }, subject: "", type: "api.requested" }
    const stage = gateway().when(at(noon, turnFailed.draft("", { error: "x", input })))
    deepStrictEqual(errorOf(stage), [500, "internal_error"])
  })
})

describe("a receipt", () => {
  it("in another dialect than the provider's is refused, and of a message nobody knows is kept", () => {
    const post = (body: unknown) => gateway().when(at(noon, asked("POST", "/api/sms/provider1/receipts", body)))
    deepStrictEqual(wrongOf(post({ MessageSid: "SM1" })), ["body receipt"])
    deepStrictEqual(answerOf(post({ message_id: "p1-9", status: "delivered" })).json, { success: true, known: false })
  })
})
