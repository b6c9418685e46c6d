import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { callOf, type TestCall } from "../../../../test/support/voice.ts"
import type { ChildEnded, ConferenceLeft } from "./events.ts"

const ended = (call: TestCall, more: Partial<ChildEnded> = {}) =>
  call.happens({
    type: "child-ended",
    id: call.last("dial").id,
    status: "completed",
    sid: "CA2",
    duration: 42,
    bridged: true,
    recording: null,
    ...more,
  })
const left = (call: TestCall, more: Partial<ConferenceLeft> = {}) =>
  call.happens({
    type: "conference-left",
    id: call.last("join-conference").id,
    sid: "CF1",
    duration: 60,
    recording: null,
    ...more,
  })

const order = {
  type: "dial",
  id: 2,
  sequential: false,
  timeout: 30,
  time_limit: 14_400,
  caller_id: null,
  answer_on_bridge: false,
  ring_tone: null,
  record: "do-not-record",
  dual: false,
  recording_track: "both",
  recording: { trim: false, callback: null },
} as const
const target = {
  kind: "number",
  to: "+14155550100",
  url: null,
  send_digits: null,
  callback: null,
  machine_detection: null,
  parameters: [],
} as const

describe("Dial", () => {
  it("calls a number, and the next verb follows when that has ended", () => {
    const call = callOf("<Dial>415-555-0100</Dial><Hangup/>")
    deepStrictEqual(call.acts, [{ ...order, targets: [target] }])
    deepStrictEqual(call.lines, [{ what: "dialed", to: ["+14155550100"] }])
    deepStrictEqual(ended(call).acts, [{ type: "hang-up", reason: "hangup" }])
    deepStrictEqual(call.lines, [{ what: "dial-ended", status: "completed" }])
  })

  it("tells its action how that ended, and what was recorded", () => {
    const call = callOf("<Dial action='/after' method='GET'>+14155550100</Dial><Say>never</Say>").passes(50_000)
    const recording = { sid: "RE1", url: "https://api.example/RE1", duration: 41 }
    const { method, params, purpose, url } = ended(call, { recording }).fetch
    deepStrictEqual([purpose, method, url], ["dial-action", "GET", "https://app.example/after"])
    deepStrictEqual(params, [
      ["DialCallStatus", "completed"],
      ["DialCallSid", "CA2"],
      ["DialCallDuration", "42"],
      ["DialBridged", "true"],
      ["RecordingUrl", recording.url],
      ["RecordingSid", "RE1"],
      ["RecordingDuration", "41"],
    ])
  })

  it.each(["busy", "no-answer", "failed", "canceled"] as const)("that ends as %s has no duration", (status) => {
    const call = callOf("<Dial action='/after'>+14155550100</Dial>")
    const { params } = ended(call, { status, duration: 0, bridged: false }).fetch
    deepStrictEqual(params, [
      ["DialCallStatus", status],
      ["DialCallSid", "CA2"],
      ["DialBridged", "false"],
    ])
  })

  it("has attributes, and nouns with theirs", () => {
    const call =
      callOf(`<Dial timeout="10" timeLimit="60" callerId="+14155550199" answerOnBridge="true" ringTone="de" sequential="true"
      record="record-from-ringing-dual" recordingTrack="inbound" trim="trim-silence" recordingStatusCallback="/rec"
      recordingStatusCallbackEvent="in-progress completed">
      <Number url="/whisper" method="GET" sendDigits="ww12" statusCallback="/status" statusCallbackEvent="answered initiated"
        machineDetection="Enable" machineDetectionTimeout="20" amdStatusCallback="/amd">+14155550100</Number>
      <Client><Identity>bob</Identity><Parameter name="a" value="b"/></Client>
      <Sip username="u" password="p">sip:alice@example.com</Sip>
      <Queue url="/q">support</Queue>
      <WhatsApp>+14155550102</WhatsApp>
      <Application><ApplicationSid>AP1</ApplicationSid></Application>
      <Sim>DE1</Sim>
    </Dial>`)
    deepStrictEqual(call.alerts, [])
    const { targets, ...attributes } = call.last("dial")
    deepStrictEqual(attributes, {
      ...order,
      timeout: 10,
      time_limit: 60,
      caller_id: "+14155550199",
      answer_on_bridge: true,
      ring_tone: "de",
      sequential: true,
      record: "record-from-ringing",
      dual: true,
      recording_track: "inbound",
      recording: {
        trim: true,
        callback: { method: "POST", url: "https://app.example/rec", events: ["in-progress", "completed"] },
      },
    })
    deepStrictEqual(targets, [
      {
        ...target,
        url: { method: "GET", url: "https://app.example/whisper" },
        send_digits: "ww12",
        callback: { method: "POST", url: "https://app.example/status", events: ["initiated", "answered"] },
        machine_detection: {
          mode: "Enable",
          timeout: 20,
          speech_threshold: 2_400,
          speech_end_threshold: 1_200,
          silence_timeout: 5_000,
          callback: { method: "POST", url: "https://app.example/amd" },
        },
      },
      { ...target, kind: "client", to: "bob", parameters: [["a", "b"]] },
      { ...target, kind: "sip", to: "sip:alice@example.com" },
      { ...target, kind: "queue", to: "support", url: { method: "POST", url: "https://app.example/q" } },
      { ...target, kind: "whatsapp", to: "whatsapp:+14155550102" },
      { ...target, kind: "application", to: "AP1" },
      { ...target, kind: "sim", to: "DE1" },
    ])
  })

  it("is ended by the star where it is told to, and tells its action all the same", () => {
    const call = callOf("<Dial hangupOnStar='true' action='/after'>+14155550100</Dial>").presses("1*2*")
    deepStrictEqual(call.acts, [{ type: "stop", id: 2, of: "dial", answer: true }])
    deepStrictEqual(call.presses("*").acts, [])
    strictEqual(ended(call).fetch.purpose, "dial-action")
    deepStrictEqual(callOf("<Dial>+14155550100</Dial>").presses("*").acts, [])
  })

  it("of nobody who can be called has failed", () => {
    const call = callOf("<Dial action='/after'>nobody</Dial>")
    deepStrictEqual(call.alerts, [13223])
    deepStrictEqual(call.fetch.params, [["DialCallStatus", "failed"]])
    deepStrictEqual(callOf("<Dial/><Hangup/>").acts.at(-1), { type: "hang-up", reason: "hangup" })
  })

  it("calls those it can, and ten at most", () => {
    const number = "<Number>+14155550100</Number>"
    const call = callOf(`<Dial><Number>none</Number>${number.repeat(10)}</Dial>`)
    deepStrictEqual(call.alerts, [13215, 13223])
    strictEqual(call.last("dial").targets.length, 9)
  })

  it("calls the number of its text beside its nouns", () => {
    const call = callOf("<Dial>+14155550101<Number>+14155550100</Number></Dial>")
    deepStrictEqual(
      call.last("dial").targets.map(({ to }) => to),
      ["+14155550101", "+14155550100"],
    )
  })

  it("goes on when the call does not: the child ends, and the action is told", () => {
    const call = callOf("<Dial action='/after'>+14155550100</Dial>").happens({ type: "hung-up" })
    deepStrictEqual(call.orders, [{ type: "stop", id: 2, of: "dial", answer: true }])
    strictEqual(call.done, false)
    const { final, purpose } = ended(call).fetch
    deepStrictEqual([purpose, final], ["dial-action", true])
    strictEqual(call.done, true)
    deepStrictEqual(ended(call).orders, [])
  })

  it("without an action is over with the call", () => {
    const call = callOf("<Dial>+14155550100</Dial>").happens({ type: "hung-up" })
    deepStrictEqual(call.orders, [{ type: "stop", id: 2, of: "dial", answer: false }])
    strictEqual(call.done, true)
  })

  it.each([
    ["method='PUT'", 13210],
    ["timeout='0'", 13212],
    ["timeout='601'", 13212],
    ["hangupOnStar='yes'", 13213],
    ["callerId='???'", 13214],
    ["timeLimit='x'", 13216],
    ["record='always'", 13217],
    ["sequential='1'", 13218],
    ["answerOnBridge='1'", 13219],
    ["ringTone='loud'", 13220],
    ["recordingTrack='x'", 13622],
    ["trim='x'", 13699],
    ["recordingStatusCallback='ftp://x'", 13256],
    ["recordingStatusCallbackEvent='x'", 13621],
    ["colour='red'", 12200],
  ])("with %s warns, and takes it as not given", (attribute, code) => {
    const call = callOf(`<Dial action='/after' ${attribute}>+14155550100</Dial>`)
    deepStrictEqual(call.alerts, [code])
    deepStrictEqual(call.last("dial"), { ...order, targets: [target] })
  })

  it.each([
    ["<Number method='PUT'>+14155550100</Number>", 13221],
    ["<Number sendDigits='x'>+14155550100</Number>", 13222],
    ["<Number url='ftp://x'>+14155550100</Number>", 11100],
    ["<Number>+1</Number>", 13223],
    ["<Sip>alice</Sip>", 13243],
    ["<Queue/>", 14212],
    [`<Queue>${"a".repeat(65)}</Queue>`, 14213],
    ["<Queue method='PUT'>q</Queue>", 14210],
    ["<Queue url='ftp://x'>q</Queue>", 14211],
    ["<Say>Hi</Say>", 13215],
  ])("warns of %s", (noun, code) => strictEqual(callOf(`<Dial>${noun}</Dial>`).alerts[0], code))

  it("is not for who is called, before the parties are connected", () => {
    const call = callOf("<Dial>+14155550100</Dial><Say>ten chars!</Say>", { role: "whisper", answered: false })
    deepStrictEqual(call.alerts, [13201])
    deepStrictEqual(call.lines[0], { what: "not-carried-out", verb: "Dial" })
    deepStrictEqual(call.passes().orders, [{ type: "bridge" }])
    strictEqual(call.done, true)
  })

  it("lets who is called decline", () => {
    const call = callOf("<Gather numDigits='1'><Say>Press 1</Say></Gather><Hangup/>", { role: "whisper" })
    call.passes().passes()
    deepStrictEqual(call.acts, [{ type: "hang-up", reason: "hangup" }])
  })
})

const room = {
  type: "join-conference",
  id: 2,
  name: "Room 1",
  start_on_enter: true,
  end_on_exit: false,
  muted: false,
  beep: "true",
  max_participants: 250,
  label: null,
  coach: null,
  record: false,
  recording: { trim: true, callback: null },
  callback: null,
  time_limit: 14_400,
  dial_record: "do-not-record",
} as const

describe("Conference", () => {
  it("is joined, and the next verb follows when the call is out of it", () => {
    const call = callOf("<Dial><Conference>Room 1</Conference></Dial><Hangup/>", { answered: false })
    deepStrictEqual(call.acts, [{ type: "answer" }, room])
    deepStrictEqual(left(call).acts, [{ type: "hang-up", reason: "hangup" }])
  })

  it("has attributes", () => {
    const call =
      callOf(`<Dial timeLimit="600" record="record-from-answer"><Conference muted="true" beep="onExit" startConferenceOnEnter="false"
      endConferenceOnExit="true" maxParticipants="3" participantLabel="agent" coach="CA${"0".repeat(32)}" record="record-from-start"
      trim="do-not-trim" statusCallback="/c" statusCallbackEvent="start join leave" statusCallbackMethod="GET">Room 1</Conference></Dial>`)
    deepStrictEqual(call.last("join-conference"), {
      ...room,
      start_on_enter: false,
      end_on_exit: true,
      muted: true,
      beep: "onExit",
      max_participants: 3,
      label: "agent",
      coach: `CA${"0".repeat(32)}`,
      record: true,
      recording: { trim: false, callback: null },
      callback: { method: "GET", url: "https://app.example/c", events: ["start", "join", "leave"] },
      time_limit: 600,
      dial_record: "record-from-answer",
    })
  })

  it("tells its action that it was answered", () => {
    const { params } = left(callOf("<Dial action='/a'><Conference>Room 1</Conference></Dial>").passes(60_000)).fetch
    deepStrictEqual(params, [
      ["DialCallStatus", "answered"],
      ["DialCallDuration", "60"],
      ["DialBridged", "true"],
    ])
  })

  it("lets who waits in it hear a document, again and again, until it starts", () => {
    const call = callOf("<Dial><Conference waitUrl='/music' waitMethod='GET'>Room 1</Conference></Dial>")
    const { id } = call.last("join-conference")
    call.happens({ type: "conference-waits", id })
    deepStrictEqual([call.fetch.purpose, call.fetch.method], ["conference-wait", "GET"])
    call.gets("<Play>/a.mp3</Play>").passes()
    strictEqual(call.fetch.purpose, "conference-wait")
    call.gets("<Say>Still waiting</Say>")
    deepStrictEqual(call.happens({ type: "conference-started", id }).acts, [
      { type: "stop", id: 6, of: "wait", answer: false },
    ])
    deepStrictEqual(call.happens({ type: "conference-waits", id }).fetch.purpose, "conference-wait")
    strictEqual(left(call).acts[0]?.type, "stop")
  })

  it("with nothing to hear while waiting is silent", () => {
    const silent = callOf("<Dial><Conference waitUrl=''>Room 1</Conference></Dial>")
    deepStrictEqual(silent.happens({ type: "conference-waits", id: 2 }).orders, [])
    const empty = callOf("<Dial><Conference waitUrl='/w'>Room 1</Conference></Dial>")
    deepStrictEqual(empty.happens({ type: "conference-waits", id: 2 }).gets("").orders, [])
  })

  it("has only Say, Play, Pause and Redirect for who waits; and a document that cannot be had is silence", () => {
    const call = callOf("<Dial><Conference waitUrl='/w'>Room 1</Conference></Dial>")
    call.happens({ type: "conference-waits", id: 2 }).gets("<Gather/><Hangup/><Redirect>/other</Redirect>")
    deepStrictEqual(call.alerts, [13238])
    strictEqual(call.fetch.purpose, "conference-wait")
    call.happens({ type: "document-failed", id: call.fetch.id, code: 11200, detail: "500" })
    deepStrictEqual(call.orders, [{ type: "alert", code: 11200, detail: "500", url: "https://app.example/other" }])
    deepStrictEqual(left(call).acts, [{ type: "hang-up", reason: "end-of-document" }])
  })

  it("is left by the star where the Dial is told to", () => {
    const call = callOf("<Dial hangupOnStar='true'><Conference waitUrl='/w'>Room 1</Conference></Dial>")
    call.happens({ type: "conference-waits", id: 2 }).gets("<Play loop='0'>/a.mp3</Play>")
    deepStrictEqual(call.presses("*").acts, [{ type: "stop", id: 2, of: "conference", answer: true }])
    deepStrictEqual(left(call).acts, [{ type: "hang-up", reason: "end-of-document" }])
  })

  it.each([
    ["muted='1'", 13230],
    ["endConferenceOnExit='1'", 13231],
    ["startConferenceOnEnter='1'", 13232],
    ["waitUrl='ftp://x'", 13233],
    ["waitMethod='PUT'", 13234],
    ["beep='loud'", 13235],
    ["trim='x'", 13239],
    ["coach='me'", 13240],
    ["maxParticipants='251'", 16002],
    ["statusCallbackEvent='x'", 16002],
    ["participantLabel='a/b'", 16023],
  ])("with %s warns, and takes it as not given", (attribute, code) => {
    const call = callOf(`<Dial><Conference ${attribute}>Room 1</Conference></Dial>`)
    deepStrictEqual(call.alerts, [code])
    deepStrictEqual(call.last("join-conference"), room)
  })

  it.each(["", "a".repeat(129)])("without a fitting name is not joined", (name) => {
    const call = callOf(`<Dial action='/a'><Conference>${name}</Conference></Dial>`)
    deepStrictEqual(call.alerts, [13237])
    deepStrictEqual(call.fetch.params, [["DialCallStatus", "failed"]])
  })
})
