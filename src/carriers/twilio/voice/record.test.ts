import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { base, callOf, TestCall } from "../../../../test/support/voice.ts"

const recording = { sid: "RE1", url: "https://api.example/RE1", duration: 4 }
const named = (call: TestCall) => call.happens({ type: "recorded", id: call.last("record").id, recording })
const ended = (call: TestCall) => call.last("end-recording")

describe("Record", () => {
  it("begins with its attributes checked", () => {
    const call = callOf(
      "<Record maxLength='30' playBeep='false' transcribe='true' transcribeCallback='/t' trim='do-not-trim' recordingStatusCallback='/r' recordingStatusCallbackMethod='GET' recordingStatusCallbackEvent='completed, absent'/>",
    )
    deepStrictEqual(call.acts, [
      {
        type: "record",
        id: 2,
        beep: false,
        max_length: 30,
        transcribe: true,
        transcribe_callback: "https://app.example/t",
        recording: {
          trim: false,
          callback: { method: "GET", url: "https://app.example/r", events: ["completed", "absent"] },
        },
      },
    ])
    deepStrictEqual(call.lines, [{ what: "recording", beep: false }])
    strictEqual(call.wait, 5_000)
  })

  it("is ended by silence, and tells its action what was recorded without it", () => {
    const call = callOf("<Record/><Say>never</Say>").passes(1_000).says("Hello", 2_000)
    strictEqual(call.wait, 7_000)
    call.passes()
    deepStrictEqual(call.orders, [
      { type: "end-recording", id: 2, ms: 2_000, by: "silence" },
      { type: "line", line: { what: "recorded", ms: 2_000, by: "silence" } },
    ])
    const { method, params, purpose, url } = named(call).fetch
    deepStrictEqual([purpose, method, url], ["record-action", "POST", base])
    deepStrictEqual(params, [
      ["RecordingUrl", recording.url],
      ["RecordingSid", "RE1"],
      ["RecordingDuration", "4"],
    ])
  })

  it("in which nobody speaks is empty, and the next verb follows", () => {
    const call = callOf("<Record/><Hangup/>").passes()
    deepStrictEqual(call.acts, [
      { type: "end-recording", id: 2, ms: 0, by: "silence" },
      { type: "hang-up", reason: "hangup" },
    ])
  })

  it("is ended by a key, which the action is told; without speech all until then counts", () => {
    const call = callOf("<Record action='/done' method='GET'/>").passes(3_000).presses("5")
    deepStrictEqual(ended(call), { type: "end-recording", id: 2, ms: 3_000, by: "key" })
    const { method, params, url } = named(call).fetch
    deepStrictEqual([method, url], ["GET", "https://app.example/done"])
    deepStrictEqual(params.at(-1), ["Digits", "5"])
  })

  it("is ended by those keys only that it names", () => {
    const call = callOf("<Record finishOnKey='#9'/>").passes(1_000).presses("12*")
    deepStrictEqual(call.acts, [])
    deepStrictEqual(ended(call.presses("49")).by, "key")
    deepStrictEqual(named(call).fetch.params.at(-1), ["Digits", "9"])
    deepStrictEqual(callOf("<Record finishOnKey=''/>").presses("#").acts, [])
  })

  it("is ended by its length", () => {
    const call = callOf("<Record maxLength='3'/>").says("A long story", 9_000)
    strictEqual(call.wait, 3_000)
    deepStrictEqual(ended(call.passes()), { type: "end-recording", id: 2, ms: 3_000, by: "max-length" })
  })

  it("that is not trimmed holds its silence too", () => {
    const call = callOf("<Record trim='do-not-trim' timeout='2'/>").passes(1_000).says("Hi", 500).passes()
    strictEqual(ended(call).ms, 3_500)
    const trimmed = callOf("<Record timeout='2'/>")
      .passes(1_000)
      .says("Hi", 500)
      .passes(1_000)
      .says("you", 500)
      .passes()
    strictEqual(ended(trimmed).ms, 1_500)
  })

  it("is ended by the end of the call, and still tells its action", () => {
    const call = callOf("<Record/>").passes(2_000).happens({ type: "hung-up" })
    deepStrictEqual(call.acts, [
      { type: "stop", id: 3, of: "wait", answer: false },
      { type: "end-recording", id: 2, ms: 2_000, by: "hangup" },
    ])
    strictEqual(call.done, false)
    const { final, params } = named(call).fetch
    strictEqual(final, true)
    deepStrictEqual(params.at(-1), ["Digits", "hangup"])
    strictEqual(call.done, true)
  })

  it("that the end of the call finds without a second is empty, and tells nobody", () => {
    const call = callOf("<Record/>").happens({ type: "hung-up" })
    strictEqual(ended(call).ms, 0)
    strictEqual(call.done, true)
  })

  it("waits for its name before its action is told, whatever is pressed meanwhile", () => {
    const call = callOf("<Record/>").passes(1_000).presses("1")
    deepStrictEqual(call.presses("2").acts, [])
    strictEqual(named(call).fetch.purpose, "record-action")
    deepStrictEqual(named(call).orders, [])
  })

  it.each([
    ["timeout='0'", 13611],
    ["maxLength='0'", 13612],
    ["finishOnKey='x'", 13613],
    ["transcribe='yes'", 13614],
    ["playBeep='yes'", 13616],
    ["recordingStatusCallbackEvent='done'", 13621],
    ["recordingStatusCallback='ftp://x'", 13256],
    ["transcribeCallback='ftp://x'", 13257],
    ["recordingTrack='third'", 13622],
    ["trim='all'", 13699],
    ["method='PUT'", 13610],
  ])("with %s warns, and takes it as not given", (attribute, code) => {
    const call = callOf(`<Record ${attribute}/>`)
    deepStrictEqual(call.alerts, [code])
    const { type: _, id: __, ...order } = call.last("record")
    const callback = { trim: true, callback: null }
    deepStrictEqual(order, {
      beep: true,
      max_length: 3_600,
      transcribe: false,
      transcribe_callback: null,
      recording: callback,
    })
  })

  it("in a document without a URL has nowhere to go: the call ends with an apology", () => {
    const twiml = "<Response><Record/></Response>"
    const call = new TestCall({ by: { twiml } })
    call.passes(1_000).presses("1")
    deepStrictEqual(named(call).alerts, [11100])
    deepStrictEqual(call.passes().orders, [{ type: "hang-up", reason: "error" }])
  })
})
