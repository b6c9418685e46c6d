import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  alerts,
  answer,
  arrived,
  asked,
  codes,
  created,
  hook,
  inboundSid,
  params,
  says,
  twiml,
} from "../../../../test/support/phones.ts"
import { type OutboundRequested, outboundAnswered, outboundFailed } from "../../../core/entries.ts"

describe("a webhook that fails", () => {
  const fallback = "https://fallback.test/"
  const config = { sms_fallback_method: "GET", sms_fallback_url: fallback, sms_url: hook } as const

  it.each([
    ["another status than 2xx", "", "text/xml", 500, 11200],
    ["a redirect of HTTP", "", "", 302, 11200],
    ["another content type", "{}", "application/json", 200, 12300],
    ["no content type", "<Response/>", "", 200, 12300],
    ["no XML", "Hello & goodbye", "text/xml", 200, 12100],
    ["another version", "<?xml version='3.0'?><Response/>", "text/xml", 200, 12101],
    ["another root", "<response/>", "text/xml", 200, 12102],
  ])("by %s raises an alert", (_, body, type, status, code) => {
    const after = says(arrived(), body, type, status)
    const [alert, ...more] = alerts(after)
    deepStrictEqual(more, [])
    deepStrictEqual(
      [alert?.data.error_code, alert?.data.log_level, alert?.data.request_url, alert?.subject],
      [code, "error", hook, inboundSid],
    )
    deepStrictEqual(asked(after), [])
  })

  it.each([
    [{ reason: "timeout" }, 11200],
    [{ after_ms: 5_000, detail: "connect", reason: "timeout" }, 11201],
    [{ detail: "not-sent", reason: "timeout" }, 11205],
    [{ detail: "ECONNREFUSED", reason: "connect" }, 11202],
    [{ detail: "ETIMEDOUT", reason: "connect" }, 11201],
    [{ detail: "ENOTFOUND", reason: "connect" }, 11210],
    [{ detail: "DEPTH_ZERO_SELF_SIGNED_CERT", reason: "connect" }, 11220],
    [{ reason: "connect" }, 11205],
    [{ detail: "not-allowed", reason: "refused" }, 11205],
    [{ detail: "ECONNRESET", reason: "reset" }, 11206],
  ] as const)("by %j raises an alert", (failure, code) =>
    deepStrictEqual(codes(answer(arrived(), (seq, subject) => outboundFailed.draft(subject, failure, seq))), [code]),
  )

  it.each([
    [{ cut: true, length: 65_536 }, 11750],
    [{ base64: "/w==" }, 12100],
    [{ length: 60_000, sha256: "0".repeat(64) }, 12100],
  ] as const)("by a body %j raises an alert", (body, code) =>
    deepStrictEqual(
      codes(
        answer(arrived(), (seq, subject) =>
          outboundAnswered.draft(subject, { body, content_type: "text/xml", status: 200 } as never, seq),
        ),
      ),
      [code],
    ),
  )

  it("has its fallback asked, once, with the parameters and what was wrong", () => {
    const stage = arrived({ config })
    const after = says(stage, "", "", 503)
    const [request] = asked(after)
    deepStrictEqual(
      [request?.data.url, request?.data.method, request?.data.purpose],
      [fallback, "GET", "webhook-fallback"],
    )
    deepStrictEqual(request?.data.params, [
      ...(asked(stage)[0]?.data.params ?? []),
      ["ErrorCode", "11200"],
      ["ErrorUrl", hook],
    ])
    const replied = twiml(after, "<Message>Sorry</Message>")
    strictEqual(created(replied)[0]?.data.body, "Sorry")
    const failed = says(says(arrived({ config }), "", "", 503), "", "", 503)
    deepStrictEqual([asked(failed).length, codes(failed)], [0, [11200]])
  })

  it("behind a redirect has its fallback asked, too; that may redirect, without ErrorCode and ErrorUrl", () => {
    const failed = says(twiml(arrived({ config }), "<Redirect>b</Redirect>"), "x", "image/png")
    strictEqual(params(asked(failed)[0]?.data).ErrorUrl, "https://app.test/b")
    const [request] = asked(twiml(failed, "<Redirect>https://c.test/</Redirect>"))
    deepStrictEqual([request?.data.url, "ErrorCode" in params(request?.data)], ["https://c.test/", false])
  })

  it("of a service falls back on the service's", () => {
    const how = { service: { fallback_url: fallback, inbound_request_url: hook } }
    strictEqual(asked(says(arrived(how), "", "", 404))[0]?.data.url, fallback)
  })
})

describe("a webhook whose URL says how its connection is treated", () => {
  const asksFor = (url: string, more = {}) => arrived({ config: { sms_url: url, ...more } })
  const policyIn = (stage: ReturnType<typeof arrived>): Partial<Record<keyof OutboundRequested, unknown>> => {
    const { connect_ms, read_ms, retry, timeout_ms } = asked(stage)[0]?.data ?? {}
    return { connect_ms, read_ms, retry, timeout_ms }
  }
  const reset = (stage: ReturnType<typeof arrived>) =>
    answer(stage, (seq, subject) => outboundFailed.draft(subject, { reason: "reset" }, seq))

  it.each<readonly [string, Partial<OutboundRequested>]>([
    ["", { timeout_ms: 15_000 }],
    ["#ct=2000&rt=3000&tt=9000", { connect_ms: 2_000, read_ms: 3_000, timeout_ms: 9_000 }],
    ["#rc=2", { retry: { attempts: 3, gap_ms: 0, on: ["ct"] }, timeout_ms: 15_000 }],
    ["#rp=5xx,rt", { retry: { attempts: 2, gap_ms: 0, on: ["5xx", "rt"] }, timeout_ms: 15_000 }],
    ["#rc=0", { retry: { attempts: 1, gap_ms: 0, on: ["ct"] }, timeout_ms: 15_000 }],
  ])("%s", (fragment, policy) => {
    const none = { connect_ms: undefined, read_ms: undefined, retry: undefined }
    deepStrictEqual(policyIn(asksFor(`${hook}${fragment}`)), { ...none, ...policy })
  })

  it("with a retry policy that is none is asked all the same, with an alert, once", () => {
    const stage = asksFor(`${hook}#rc=1&rp=never`)
    const [alert, ...more] = alerts(stage)
    deepStrictEqual(
      [alert?.data.error_code, alert?.data.log_level, alert?.subject, more],
      [11243, "warning", inboundSid, []],
    )
    deepStrictEqual(policyIn(stage).retry, { attempts: 2, gap_ms: 0, on: ["ct"] })
    const again = reset(stage)
    deepStrictEqual([asked(again)[0]?.data.attempt, codes(again)], [2, []])
  })

  it("is asked again as it was, and only then has its alert and its fallback", () => {
    const first = asksFor(`${hook}#rc=2`, { sms_fallback_url: "https://fallback.test/#tt=100" })
    const second = reset(first)
    deepStrictEqual(asked(second)[0]?.data, { ...asked(first)[0]?.data, attempt: 2 })
    const third = reset(second)
    strictEqual(asked(third)[0]?.data.attempt, 3)
    deepStrictEqual([...codes(second), ...codes(third)], [])
    const over = reset(third)
    deepStrictEqual(codes(over), [11206])
    const [fallback] = asked(over)
    deepStrictEqual([fallback?.data.purpose, fallback?.data.timeout_ms], ["webhook-fallback", 100])
  })

  it("is carried out when a later attempt is answered well", () =>
    strictEqual(created(twiml(reset(asksFor(`${hook}#rc=1`)), "<Message>Hi</Message>"))[0]?.data.body, "Hi"))

  it("is not asked again after what its policy leaves out", () => {
    const stage = says(asksFor(`${hook}#rc=2&rp=ct`), "", "", 503)
    deepStrictEqual([asked(stage).length, codes(stage)], [0, [11200]])
    strictEqual(asked(says(asksFor(`${hook}#rp=5xx`), "", "", 503))[0]?.data.attempt, 2)
  })

  it("counts as one of its message's requests, however often it is tried", () => {
    let stage = reset(asksFor(`${hook}#rc=1`))
    for (let i = 0; i < 10; i++) stage = twiml(stage, "<Redirect/>")
    strictEqual(asked(stage).length, 1)
    deepStrictEqual(codes(twiml(stage, "<Redirect/>")), [11215])
  })
})
