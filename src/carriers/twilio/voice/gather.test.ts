import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { base, callOf } from "../../../../test/support/voice.ts"
import type { Pair } from "../../../core/entries.ts"

const menu = "<Gather numDigits='1' action='/menu'><Say>ten chars!</Say><Pause/></Gather><Hangup/>"
const action = "https://app.example/menu"

describe("Gather", () => {
  it("lets its prompts be heard, then waits", () => {
    const call = callOf(menu)
    strictEqual(call.wait, 650)
    deepStrictEqual(call.passes().lines, [{ what: "paused", ms: 1_000 }])
    deepStrictEqual(call.passes().orders, [{ type: "wait", id: 4, ms: 5_000 }])
    deepStrictEqual(call.passes().lines, [{ what: "gathered", digits: "", speech: "" }])
    deepStrictEqual(call.acts, [{ type: "hang-up", reason: "hangup" }])
  })

  it("tells its action the digits once there are enough, and breaks its prompt off", () => {
    const call = callOf(menu).passes(300).presses("7")
    deepStrictEqual(call.orders, [
      { type: "line", line: { what: "pressed", digits: "7" } },
      { type: "stop", id: 2, of: "wait", answer: false },
      { type: "line", line: { what: "broken-off" } },
      { type: "line", line: { what: "gathered", digits: "7", speech: "" } },
      {
        type: "fetch",
        id: 3,
        purpose: "gather-action",
        method: "POST",
        url: action,
        params: [["Digits", "7"]],
        final: false,
      },
    ])
  })

  it("without an action asks its own document again", () => {
    const call = callOf("<Gather method='GET'/>").presses("12").passes()
    deepStrictEqual([call.fetch.method, call.fetch.url], ["GET", base])
    deepStrictEqual(call.fetch.params, [["Digits", "12"]])
    strictEqual(call.now, 5_000)
  })

  it("counts its timeout from each key, and from the end of the prompts", () => {
    const call = callOf("<Gather timeout='3'><Pause/></Gather>").passes(1_000)
    strictEqual(call.wait, 3_000)
    call.passes(2_999).presses("1")
    strictEqual(call.wait, 3_000)
    call.passes(2_999).presses("2")
    deepStrictEqual(call.passes().fetch.params, [["Digits", "12"]])
    strictEqual(call.now, 9_998)
  })

  it("ends at its finish key, which is none of the digits; the other keys are digits", () => {
    deepStrictEqual(callOf("<Gather/>").presses("1*2#3").fetch.params, [["Digits", "1*2"]])
    deepStrictEqual(callOf("<Gather finishOnKey='*'/>").presses("#1*").fetch.params, [["Digits", "#1"]])
    deepStrictEqual(callOf("<Gather finishOnKey=''/>").presses("#1*").passes().fetch.params, [["Digits", "#1*"]])
  })

  it("ends at a thousand digits, if not before", () => {
    const call = callOf("<Gather/>")
    for (let i = 0; i < 4; i++) call.presses("0".repeat(200))
    deepStrictEqual(call.presses("0".repeat(200)).fetch.params, [["Digits", "0".repeat(1_000)]])
  })

  it("takes a finish key without digits for no input", () => {
    const call = callOf("<Gather/><Hangup/>").passes(1_000).presses("#")
    strictEqual(call.wait, 4_000)
    deepStrictEqual(call.passes().acts, [{ type: "hang-up", reason: "hangup" }])
  })

  it("without input goes to its action if it is told to", () => {
    deepStrictEqual(callOf("<Gather actionOnEmptyResult='true'/>").passes().fetch.params, [["Digits", ""]])
    const speech = callOf("<Gather input='speech' actionOnEmptyResult='true'/>")
    deepStrictEqual(speech.passes().fetch.params, [["SpeechResult", ""]])
  })

  it("hears speech where it is told to, until it has been silent for speechTimeout", () => {
    const call = callOf("<Gather input='speech' speechTimeout='2' hints='a, b' language='de-DE'/>")
    call.passes(1_000).says("I want sales", 800)
    strictEqual(call.wait, 2_800)
    call.passes(2_500).says("please", 500)
    strictEqual(call.wait, 2_500)
    call.passes()
    deepStrictEqual(call.fetch.params, [
      ["SpeechResult", "I want sales please"],
      ["Confidence", "0.9"],
    ])
    deepStrictEqual(call.lines, [{ what: "gathered", digits: "", speech: "I want sales please" }])
  })

  it.each([
    ["", 5_000],
    ["timeout='9'", 9_000],
    ["speechTimeout='auto'", 1_000],
  ])("with %s waits for speech to go on for %i ms", (attribute, ms) => {
    const call = callOf(`<Gather input='speech' ${attribute}/>`).says("Hello", 700)
    strictEqual(call.wait, 700 + ms)
  })

  it("hears speech during a prompt unless bargeIn is false; keys always", () => {
    const call = callOf("<Gather input='speech dtmf'><Pause length='4'/></Gather>").says("Hi", 500)
    deepStrictEqual(call.lines, [{ what: "spoke", text: "Hi" }, { what: "broken-off" }])
    const deaf = callOf("<Gather input='speech dtmf' bargeIn='false'><Pause length='4'/></Gather>").says("Hi", 500)
    deepStrictEqual(deaf.lines, [{ what: "spoke", text: "Hi" }])
    strictEqual(deaf.wait, 4_000)
    deepStrictEqual(deaf.presses("1").lines.at(-1), { what: "broken-off" })
  })

  it("has digits or speech, whichever comes first", () => {
    const keys = callOf("<Gather input='dtmf speech'/>").presses("1").says("Hi").passes()
    deepStrictEqual(keys.fetch.params, [["Digits", "1"]])
    const words = callOf("<Gather input='dtmf speech'/>").says("Hi").presses("1").passes()
    deepStrictEqual(words.fetch.params[0], ["SpeechResult", "Hi"])
  })

  it("is deaf to what it is not told to hear", () => {
    const hungUp = [{ type: "hang-up", reason: "hangup" }] as const
    deepStrictEqual(callOf("<Gather/><Hangup/>").says("Hi").passes().acts, hungUp)
    deepStrictEqual(callOf("<Gather input='speech'/><Hangup/>").presses("1").passes().acts, hungUp)
  })

  it("tells partial results to who wants them", () => {
    const call = callOf("<Gather input='speech' partialResultCallback='/partial'/>").says("one", 500)
    const first = {
      type: "notify",
      purpose: "partial-result",
      method: "POST",
      url: "https://app.example/partial",
    } as const
    const params = (n: string, text: string): ReadonlyArray<Pair> => [
      ["SequenceNumber", n],
      ["StableSpeechResult", text],
      ["UnstableSpeechResult", ""],
    ]
    deepStrictEqual(call.acts.at(-1), { ...first, params: params("0", "one") })
    deepStrictEqual(call.says("two", 500).acts.at(-1), { ...first, params: params("1", "one two") })
  })

  it("hears at most maxSpeechTime of what is said at once", () => {
    strictEqual(callOf("<Gather input='speech' maxSpeechTime='10'/>").says("long", 99_000).wait, 15_000)
  })

  it("begins to listen at once when no prompt can be heard", () => {
    const call = callOf("<Gather><Say/><Play/></Gather>")
    deepStrictEqual(call.alerts, [13520, 11100])
    strictEqual(call.wait, 5_000)
  })

  it("with a prompt without end is ended by a key", () => {
    const call = callOf("<Gather numDigits='1'><Play loop='0'>/a.mp3</Play></Gather>")
    strictEqual(call.wait, undefined)
    deepStrictEqual(call.presses("5").fetch.params, [["Digits", "5"]])
  })

  it("is over when the call is, and tells nobody", () => {
    const call = callOf(menu).happens({ type: "hung-up" })
    deepStrictEqual(call.orders, [
      { type: "stop", id: 2, of: "wait", answer: false },
      { type: "line", line: { what: "broken-off" } },
    ])
    strictEqual(call.done, true)
  })

  it.each([
    ["timeout='0'", 13313],
    ["timeout='x'", 13313],
    ["numDigits='0'", 13314],
    ["finishOnKey='x'", 13310],
    ["finishOnKey='12'", 13311],
    ["method='PUT'", 13312],
    ["input='touch'", 13326],
    ["speechTimeout='0'", 13327],
    ["maxSpeechTime='0'", 13328],
    ["partialResultCallbackMethod='PUT'", 13329],
    ["bargeIn='maybe'", 13332],
    ["profanityFilter='some'", 13333],
    ["actionOnEmptyResult='1'", 13338],
    ["action='ftp://x'", 11100],
    ["Timeout='3'", 12200],
  ])("with %s warns, and takes it as not given", (attribute, code) => {
    const call = callOf(`<Gather ${attribute}/>`)
    deepStrictEqual(call.alerts, [code])
    strictEqual(call.wait, 5_000)
  })

  it("holds only prompts", () => {
    deepStrictEqual(callOf("<Gather><Hangup/></Gather>").alerts, [13320])
    deepStrictEqual(callOf("<Gather><Say loop='x'>Hi</Say></Gather>").alerts, [13322])
  })

  it("whose action is none cannot tell its input: the call ends with an apology", () => {
    const call = callOf("<Gather action='ftp://x'/>").presses("1#")
    deepStrictEqual(call.alerts, [11100])
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
  })
})
