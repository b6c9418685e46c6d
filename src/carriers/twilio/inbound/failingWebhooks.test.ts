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
import { outboundAnswered, outboundFailed } from "../../../core/entries.ts"

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
