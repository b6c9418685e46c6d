import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { answers, entriesOf, heard, lifeOf, paramsOf, sentBy } from "../../../../test/support/calls.ts"
import { at, givenEntries, type Stage } from "../../../../test/support/given.ts"
import { account, answerOf, get, ranUntil, started } from "../../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../../clock/timers.machine.ts"
import { outboundFailed } from "../../../core/entries.ts"
import { type AlertRaised, alertRaised } from "../alerts/entries.ts"
import { type NumberConfig, numberBought } from "../senders/entries.ts"
import { twilioMachine } from "../twilio.machine.ts"
import { type CallArrived, callArrived, callHungUp, callPressed } from "./entries.ts"

const number = "+14155550100"
const phone = "+12125550123"
const hook = "https://app.test/voice?x=1"

const calls = (config: NumberConfig = { voice_url: hook }, call: Partial<CallArrived> = {}): Stage =>
  givenEntries(
    twilioMachine,
    started(),
    numberBought.draft("PN1", { account_sid: account, config, phone_number: number }),
  ).when(at(1_000, callArrived.draft("", { from: phone, to: number, ...call })))

const sidOf = (stage: Stage) => entriesOf(stage).find(({ type }) => type === "call.created")?.subject ?? ""
const codes = (stage: Stage) =>
  entriesOf(stage).flatMap((entry) => (alertRaised.is(entry) ? [(entry.data as AlertRaised).error_code] : []))

describe("A phone calls a number", () => {
  it("whose VoiceUrl is asked with what is known of the call, while it rings", () => {
    const stage = calls()
    const [asked] = sentBy(stage, "twiml")
    deepStrictEqual([asked?.data.url, asked?.data.method, asked?.data.sign, asked?.at], [hook, "POST", "twilio", 1_000])
    const { ApiVersion, CallSid, CallStatus, Called, Caller, CallerCity, CallerState, Direction, From, To, ToState } =
      paramsOf(asked!)
    deepStrictEqual(
      [ApiVersion, CallStatus, Called, Caller, CallerState, Direction, From, To, ToState],
      ["2010-04-01", "ringing", number, phone, "NY", "inbound", phone, number, "CA"],
    )
    deepStrictEqual([CallSid, CallerCity], [sidOf(stage), "NEW YORK"])
  })
  it("which answers, speaks, and hangs up at the end of its document", () => {
    const stage = ranUntil(answers(calls(), "<Say>Hello there</Say>"))
    deepStrictEqual(heard(stage), ["answered", "said Hello there", "in-progress", "completed"])
    strictEqual(nextTimer(stage.world.slice(timersMachine)), undefined)
  })
  it.each([
    ["<Reject/>", "no-answer"],
    ["<Reject reason='busy'/>", "busy"],
  ])("which turns it away by %s", (verbs, status) => {
    deepStrictEqual(lifeOf(answers(calls(), verbs)), [[1_000, status]])
  })
  it("whose application is told the end of the call, once", () => {
    const stage = calls({ status_callback: "https://app.test/over", status_callback_method: "GET", voice_url: hook })
    const over = ranUntil(answers(stage, "<Hangup/>"))
    const told = sentBy(over, "callback")
    deepStrictEqual([told.length, told[0]?.data.method, paramsOf(told[0]!).CallStatus], [1, "GET", "completed"])
  })
  it("which has no VoiceUrl: the call fails, and its transcript says why", () => {
    deepStrictEqual(lifeOf(calls({})), [[1_000, "failed"]])
    deepStrictEqual(heard(calls({})), ["failed the number has no VoiceUrl"])
  })
  it("which nobody has: nothing comes of it", () => {
    const stage = givenEntries(twilioMachine, started({ allowed_from_numbers: ["+15550000001"] }))
    stage.when(callArrived.draft("", { from: phone, to: number })).then()
  })
  it("whose caller presses keys, one after the other, in the menu", () => {
    let stage = answers(calls(), "<Gather numDigits='1' action='/menu'><Say>Press one</Say></Gather>")
    const sid = sidOf(calls())
    stage = stage.when(at(3_000, callPressed.draft(sid, { digits: "9" })))
    const [menu] = sentBy(stage, "twiml")
    deepStrictEqual([menu?.data.url, paramsOf(menu!).Digits], ["https://app.test/menu", "9"])
    stage = answers(stage, "<Say>Wrong</Say><Redirect>/voice</Redirect>")
    const again = sentBy(ranUntil(stage), "twiml")
    deepStrictEqual(
      again.map(({ data }) => data.url),
      ["https://app.test/voice"],
    )
  })
  it("and hangs up before it is answered", () => {
    const stage = calls()
    const sid = sidOf(stage)
    const over = stage.when(at(2_000, callHungUp.draft(sid, {})))
    deepStrictEqual(lifeOf(over), [[2_000, "no-answer"]])
    // The answer comes too late.
    const asked = sentBy(stage, "twiml")[0]!
    over.when(at(2_500, { ...outboundFailed.draft(sid, { reason: "timeout" }, asked.seq) })).then()
    strictEqual(answerOf(over.when(get(`/2010-04-01/Accounts/${account}/Calls/${sid}.json`))).body.status, "no-answer")
  })
})

describe("What is wrong with a document", () => {
  it.each([
    ["<Say>Hi", {}, 12100],
    ["nonsense", { status: 500 }, 11200],
    ["{}", { type: "application/json" }, 12300],
    [`<Say>${"x".repeat(70_000)}</Say>`, {}, 11750],
  ])("is told by Twilio's code, and ends the call: %s %j", (body, how, code) => {
    const stage = ranUntil(answers(calls(), body, how))
    deepStrictEqual(codes(stage), [code])
    strictEqual(lifeOf(stage).at(-1)?.[1], "completed")
    strictEqual(nextTimer(stage.world.slice(timersMachine)), undefined)
  })
  it("is told of one that would take too much of the log, and the call ends", () => {
    const quotes = '"'.repeat(26)
    const stage = ranUntil(answers(calls(), `<Say>${quotes}</Say>`.repeat(1_700)))
    deepStrictEqual(codes(stage), [11750])
    strictEqual(nextTimer(stage.world.slice(timersMachine)), undefined)
  })
  it("is asked of the fallback first", () => {
    const stage = answers(calls({ voice_fallback_url: "https://app.test/sorry", voice_url: hook }), "x", {
      status: 404,
    })
    const [asked] = sentBy(stage, "twiml")
    const { ErrorCode, ErrorUrl } = paramsOf(asked!)
    deepStrictEqual([asked?.data.url, ErrorCode, ErrorUrl], ["https://app.test/sorry", "11200", hook])
  })
  it("is told of a URL where nobody answers", () => {
    const stage = calls()
    const asked = sentBy(stage, "twiml")[0]!
    const failed = stage.when(at(16_000, outboundFailed.draft(asked.subject, { reason: "timeout" }, asked.seq)))
    deepStrictEqual(codes(failed), [11200])
    strictEqual(lifeOf(ranUntil(failed)).at(-1)?.[1], "completed")
  })
  it("is bounded where documents redirect for ever", () => {
    let stage = calls()
    let documents = 0
    while (sentBy(stage, "twiml").length > 0 && documents < 100) {
      documents++
      stage = answers(stage, "<Redirect>https://app.test/again</Redirect>")
    }
    deepStrictEqual([documents, codes(stage)], [20, [11215]])
    strictEqual(lifeOf(ranUntil(stage)).at(-1)?.[1], "completed")
  })
})
