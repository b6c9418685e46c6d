import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { caller, callForm, callPath, callsPath, dials, entriesOf, sidOf } from "../../../../test/support/calls.ts"
import { account, answerOf, asked, call, type Differently, get, twilio } from "../../../../test/support/twilio.ts"
import { type AlertRaised, alertRaised } from "../alerts/entries.ts"
import { type CallCreated, callCreated } from "./entries.ts"

const refusedWith = (changes: Readonly<Record<string, string | undefined>>, settings: Differently = {}) => {
  const { body, status } = answerOf(dials(changes, settings))
  return [status, body.code, body.message]
}
const madeBy = (changes: Readonly<Record<string, string | undefined>>, settings: Differently = {}) =>
  entriesOf(dials(changes, settings)).find(callCreated.is)?.data as CallCreated | undefined

describe("A call is refused", () => {
  it.each([
    [{ To: undefined, From: undefined, Twiml: undefined }, 21201, "No 'To' number is specified"],
    [{ To: "" }, 21201, "No 'To' number is specified"],
    [{ From: undefined }, 21213, "From phone number is required."],
    [{ Twiml: undefined }, 21205, "Url parameter is required."],
    [{ Url: "ftp://app.test/" }, 21205, "Url parameter is required."],
    [{ Url: "https://a_b.example/" }, 21205, "Url parameter is required."],
    [{ To: "123" }, 21211, "The 'To' number 123 is not a valid phone number."],
    [
      { From: "abc" },
      21212,
      "The 'From' number abc is not a valid phone number, shortcode, or alphanumeric sender ID.",
    ],
    [{ Twiml: undefined, ApplicationSid: `AP${"1".repeat(32)}` }, 21218, "Invalid ApplicationSid"],
    [{ FallbackUrl: "x" }, 21402, "Invalid Url"],
    [{ Url: "https://app.test/", Method: "PUT" }, 21403, "Invalid Method"],
    [{ StatusCallback: "x" }, 21609, "The 'StatusCallback' URL x is not a valid URL."],
    [{ SendDigits: "12x" }, 21206, "Invalid SendDigits"],
    [{ SendDigits: "1".repeat(33) }, 21206, "Invalid SendDigits"],
    [{ Timeout: "601" }, 21208, "Invalid Timeout"],
    [{ Timeout: "-1" }, 21208, "Invalid Timeout"],
    [{ Twiml: "x".repeat(4001) }, 21658, "Parameter Twiml exceeded the character limit"],
  ])("for %j with %s", (changes, code, message) => {
    deepStrictEqual(refusedWith(changes), [400, code, message])
  })
  it.each([
    { TimeLimit: "0" },
    { TimeLimit: "86401" },
    { MachineDetection: "Maybe" },
    { MachineDetection: "Enable", MachineDetectionTimeout: "2" },
    { MachineDetection: "Enable", MachineDetectionSpeechThreshold: "999" },
  ])("for %j as what cannot be read", (changes) => {
    deepStrictEqual(refusedWith(changes).slice(0, 2), [400, 20400])
  })
  it("from a number the account does not have", () => {
    const settings = { allowed_from_numbers: ["+15550000009"] }
    deepStrictEqual(refusedWith({}, settings), [
      400,
      21210,
      `The source phone number provided, ${caller}, is not yet verified for your account.`,
    ])
    strictEqual(answerOf(dials({ From: "client:ann" }, settings)).status, 201)
    strictEqual(answerOf(dials({}, { ...settings, validation: { check_from_numbers: false } })).status, 201)
  })
  it("with one code for every missing parameter where settings say so", () => {
    deepStrictEqual(refusedWith({ To: undefined }, { missing_parameter_code: 21604 }).slice(0, 2), [400, 21604])
  })
})

describe("A call is made", () => {
  it("with the answer that Twilio gives", () => {
    const { body, status } = answerOf(dials())
    strictEqual(status, 201)
    const {
      account_sid,
      answered_by,
      date_created,
      direction,
      duration,
      from_formatted,
      price,
      queue_time,
      trunk_sid,
    } = body
    deepStrictEqual(
      [account_sid, answered_by, date_created, direction, duration, from_formatted, price, queue_time, trunk_sid],
      [account, null, null, "outbound-api", null, "(555) 000-0001", null, "0", ""],
    )
    strictEqual(body.uri, callPath(body.sid))
  })
  it("and can be fetched and found", () => {
    const made = dials({ To: "(415) 555-0100" })
    const sid = sidOf(made)
    const fetched = answerOf(made.when(get(callPath(sid)))).body
    deepStrictEqual([fetched.sid, fetched.status, fetched.to], [sid, "queued", "+14155550100"])
    const found = (query: Readonly<Record<string, string>>) =>
      answerOf(made.when(get(callsPath, Object.entries(query)))).body.calls.length
    deepStrictEqual([{}, { To: "415-555-0100" }, { From: caller }, { Status: "queued" }].map(found), [1, 1, 1, 1])
    deepStrictEqual(
      [
        { To: caller },
        { Status: "ringing" },
        { ParentCallSid: sid },
        { StartTime: "1970-01-01" },
        { "EndTime>": "1970-01-01" },
      ].map(found),
      [0, 0, 0, 0, 0],
    )
    strictEqual(answerOf(made.when(get(callPath(`CA${"0".repeat(32)}`)))).body.code, 20404)
    strictEqual(answerOf(made.when(get(callsPath, [["StartTime", "soon"]]))).body.code, 20400)
  })
  it("by its URL even if a document comes with it", () => {
    const url = "https://app.test/voice"
    deepStrictEqual(madeBy({ Url: url, Method: "get" })?.instructions, { method: "GET", url })
    deepStrictEqual(madeBy({ Url: url, Twiml: undefined, FallbackUrl: "https://app.test/f" })?.instructions, {
      fallback_method: "POST",
      fallback_url: "https://app.test/f",
      method: "POST",
      url,
    })
  })
  it("with alerts for events that are none, and the others asked for", () => {
    const stage = dials({ StatusCallback: "https://app.test/s", StatusCallbackEvent: "answered nonsense" })
    const alert = entriesOf(stage).find(alertRaised.is)?.data as AlertRaised
    deepStrictEqual([alert.error_code, alert.detail], [21626, "nonsense"])
    deepStrictEqual(
      madeBy({ StatusCallback: "https://app.test/s", StatusCallbackEvent: "answered nonsense" })?.reports,
      {
        events: ["answered"],
        method: "POST",
        url: "https://app.test/s",
      },
    )
  })
  it("without finding out who answers where it sends digits", () => {
    strictEqual(madeBy({ MachineDetection: "Enable", SendDigits: "1w2" })?.machine_detection, undefined)
    deepStrictEqual(madeBy({ MachineDetection: "Enable" })?.machine_detection, { mode: "Enable", timeout_ms: 30_000 })
  })
  it("in its turn where an account begins so many in a second", () => {
    let stage = twilio({ calls: { per_second: 2 } })
    const waits = [0, 1, 2].map(() => {
      stage = stage.when(asked({ path: callsPath, params: callForm() }))
      return answerOf(stage).body.queue_time
    })
    deepStrictEqual(waits, ["0", "500", "1000"])
  })
})

describe("Test credentials", () => {
  const test = { account_sid: `AC${"7".repeat(32)}`, auth_token: { secret: "twilio.auth_token.test" } }
  const auth = { password: test.auth_token, user: test.account_sid }
  const path = `/2010-04-01/Accounts/${test.account_sid}/Calls.json`
  const asks = (From: string, To: string) =>
    twilio({ test }).when(call("POST", path, { From, To, Url: "https://app.test/" }, auth))
  it.each([
    ["+15005550006", "+14155550100", 201, undefined],
    ["+15005550001", "+14155550100", 400, 21212],
    ["+14155550101", "+14155550100", 400, 21210],
    ["+15005550006", "+15005550001", 400, 21217],
    ["+15005550006", "+15005550002", 400, 21214],
    ["+15005550006", "+15005550003", 400, 21215],
    ["+15005550006", "+15005550004", 400, 21216],
  ])("call from %s to %s: %s %s, and nothing comes of it", (from, to, status, code) => {
    const stage = asks(from, to)
    const answer = answerOf(stage)
    deepStrictEqual([answer.status, answer.body.code], [status, code])
    strictEqual(entriesOf(stage).some(callCreated.is), false)
  })
})
