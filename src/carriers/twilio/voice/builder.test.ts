import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js"
import { ordersOf, TestCall } from "../../../../test/support/voice.ts"

/*
 * What twilio-node's own builder writes is understood: no alert, and every attribute it can write reaches its order. What is left out of an
 * order is accepted and has no effect here.
 */

const built = (build: (response: VoiceResponse) => void): TestCall => {
  const response = new VoiceResponse()
  build(response)
  return new TestCall().answers(response.toString())
}

const callback = {
  statusCallback: "/status",
  statusCallbackEvent: ["initiated", "ringing", "answered", "completed"] as Array<"completed">,
  statusCallbackMethod: "GET",
}
const recordingCallback = {
  recordingStatusCallback: "/recording",
  recordingStatusCallbackMethod: "POST",
  recordingStatusCallbackEvent: ["in-progress", "completed", "absent"] as Array<"completed">,
}
const recordingTold = {
  method: "POST",
  url: "https://app.example/recording",
  events: ["in-progress", "completed", "absent"],
} as const
const told = { method: "GET", url: "https://app.example/status", events: callback.statusCallbackEvent } as const
const machineDetection = {
  machineDetection: "Enable",
  machineDetectionTimeout: 10,
  machineDetectionSpeechThreshold: 2_000,
  machineDetectionSpeechEndThreshold: 1_000,
  machineDetectionSilenceTimeout: 3_000,
  amdStatusCallback: "/amd",
  amdStatusCallbackMethod: "GET",
}

const said = (build: (response: VoiceResponse) => void): TestCall => {
  const call = built(build)
  deepStrictEqual(call.alerts, [])
  return call
}

describe("TwiML of the official builder", () => {
  it("Say, with its markup", () => {
    const { lines } = said((response) => {
      const say = response.say({ voice: "Polly.Joanna", language: "en-US", loop: 2 }, "Hello ")
      say.break({ strength: "weak", time: "100ms" })
      say.emphasis({ level: "strong" }, "dear ")
      say.lang({ "xml:lang": "it-IT" }, "amico ")
      say.p("one")
      say.phoneme({ alphabet: "ipa", ph: "x" }, "two ")
      say.prosody({ pitch: "high", rate: "slow", volume: "loud" }, "three ")
      say.s("four")
      say.sayAs({ "interpret-as": "date", format: "mdy" }, "five ")
      say.sub({ alias: "World Wide Web" }, "WWW")
      say.w({ role: "ivona:VB" }, " six")
    })
    const [line] = lines
    strictEqual(line?.what === "said" && line.text, "Hello dear amico one two three four five World Wide Web six")
  })

  it("Play and Pause", () => {
    deepStrictEqual(said((response) => response.play({ loop: 2 }, "https://b.example/a.mp3")).lines[0], {
      what: "played",
      url: "https://b.example/a.mp3",
      ms: 10_000,
      loop: 2,
    })
    strictEqual(said((response) => response.play({ digits: "ww12" })).lines[0]?.what, "tones")
    deepStrictEqual(said((response) => response.pause({ length: 3 })).lines[0], { what: "paused", ms: 3_000 })
  })

  it("Gather, with all its attributes and prompts", () => {
    const call = said((response) => {
      const gather = response.gather({
        action: "/gathered",
        actionOnEmptyResult: true,
        bargeIn: false,
        debug: true,
        enhanced: true,
        finishOnKey: "*",
        hints: "yes, no",
        input: ["dtmf", "speech"],
        language: "en-GB",
        maxSpeechTime: 20,
        method: "GET",
        numDigits: 4,
        partialResultCallback: "/partial",
        partialResultCallbackMethod: "GET",
        profanityFilter: false,
        speechModel: "phone_call",
        speechTimeout: "auto",
        timeout: 7,
      })
      gather.say("Press a key")
      gather.pause({ length: 1 })
      gather.play({ loop: 1 }, "/a.mp3")
    })
    const doing = call.step.state.frames[0]?.doing
    deepStrictEqual(doing?.what === "gathering" && doing.verb, {
      action: { method: "GET", url: "https://app.example/gathered" },
      action_on_empty: true,
      barge_in: false,
      dtmf: true,
      finish_on_key: "*",
      num_digits: 4,
      partial: { method: "GET", url: "https://app.example/partial" },
      speech: true,
      speech_max: 20_000,
      speech_timeout: 1_000,
      timeout: 7_000,
    })
    call.passes().passes().passes()
    strictEqual(call.wait, 7_000)
  })

  it("Record", () => {
    const call = said((response) =>
      response.record({
        action: "/recorded",
        finishOnKey: "#",
        maxLength: 20,
        method: "GET",
        playBeep: false,
        recordingConfigurationId: "RC1",
        ...recordingCallback,
        timeout: 8,
        transcribe: true,
        transcribeCallback: "/transcribed",
        trim: "do-not-trim",
      }),
    )
    deepStrictEqual(call.last("record"), {
      type: "record",
      id: 2,
      beep: false,
      max_length: 20,
      transcribe: true,
      transcribe_callback: "https://app.example/transcribed",
      recording: { trim: false, callback: recordingTold },
    })
    strictEqual(call.wait, 8_000)
  })

  it("Dial, with all its nouns", () => {
    const call = said((response) => {
      const dial = response.dial({
        action: "/dialed",
        answerOnBridge: true,
        callerId: "+14155550199",
        events: "call-progress-event",
        hangupOnStar: true,
        method: "GET",
        record: "record-from-answer-dual",
        recordingConfigurationId: "RC1",
        ...recordingCallback,
        recordingTrack: "both",
        referMethod: "GET",
        referUrl: "/refer",
        ringTone: "de",
        sequential: true,
        timeLimit: 100,
        timeout: 20,
        trim: "trim-silence",
      })
      dial.number(
        { ...callback, ...machineDetection, byoc: "BY1", method: "GET", sendDigits: "1", url: "/whisper" } as never,
        "+14155550100",
      )
      const client = dial.client({ ...callback, method: "GET", url: "/whisper" })
      client.identity("bob")
      client.parameter({ name: "a", value: "b" })
      const sip = dial.sip(
        { ...callback, method: "GET", password: "p", url: "/whisper", username: "u" },
        "sip:a@b.example",
      )
      sip.headers().header({ name: "X-A", value: "b" })
      dial.queue({ method: "GET", postWorkActivitySid: "WA1", reservationSid: "WR1", url: "/whisper" }, "support")
      dial.sim("DE1")
      dial.whatsApp({ ...callback, method: "GET", url: "/whisper" }, "+14155550101")
      const application = dial.application({
        ...callback,
        copyParentTo: true,
        customerId: "c",
        method: "GET",
        url: "/whisper",
      })
      application.applicationSid("AP1")
      application.parameter({ name: "c", value: "d" })
    })
    const { targets, ...dial } = call.last("dial")
    deepStrictEqual(dial, {
      type: "dial",
      id: 2,
      sequential: true,
      timeout: 20,
      time_limit: 100,
      caller_id: "+14155550199",
      answer_on_bridge: true,
      ring_tone: "de",
      record: "record-from-answer",
      dual: true,
      recording_track: "both",
      recording: { trim: true, callback: recordingTold },
    })
    const whisper = { method: "GET", url: "https://app.example/whisper" } as const
    const target = { url: whisper, send_digits: null, callback: told, machine_detection: null, parameters: [] }
    deepStrictEqual(targets, [
      {
        ...target,
        kind: "number",
        to: "+14155550100",
        send_digits: "1",
        machine_detection: {
          mode: "Enable",
          timeout: 10,
          speech_threshold: 2_000,
          speech_end_threshold: 1_000,
          silence_timeout: 3_000,
          callback: { method: "GET", url: "https://app.example/amd" },
        },
      },
      { ...target, kind: "client", to: "bob", parameters: [["a", "b"]] },
      { ...target, kind: "sip", to: "sip:a@b.example" },
      { ...target, kind: "queue", to: "support", callback: null },
      { ...target, kind: "sim", to: "DE1", callback: null, url: null },
      { ...target, kind: "whatsapp", to: "whatsapp:+14155550101" },
      { ...target, kind: "application", to: "AP1", parameters: [["c", "d"]] },
    ])
  })

  it("Dial of a Conference", () => {
    const call = said((response) =>
      response.dial({ timeLimit: 60, record: "record-from-ringing" }).conference(
        {
          beep: "onEnter",
          coach: `CA${"0".repeat(32)}`,
          endConferenceOnExit: true,
          eventCallbackUrl: "/events",
          jitterBufferSize: "small",
          maxParticipants: 5,
          muted: true,
          participantLabel: "agent",
          record: "record-from-start",
          recordingConfigurationId: "RC1",
          ...recordingCallback,
          region: "ie1",
          startConferenceOnEnter: false,
          statusCallback: "/status",
          statusCallbackEvent: ["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"],
          statusCallbackMethod: "GET",
          trim: "do-not-trim",
          waitMethod: "GET",
          waitUrl: "/wait",
        },
        "Room 1",
      ),
    )
    deepStrictEqual(call.last("join-conference"), {
      type: "join-conference",
      id: 2,
      name: "Room 1",
      start_on_enter: false,
      end_on_exit: true,
      muted: true,
      beep: "onEnter",
      max_participants: 5,
      label: "agent",
      coach: `CA${"0".repeat(32)}`,
      record: true,
      recording: { trim: false, callback: recordingTold },
      callback: {
        method: "GET",
        url: "https://app.example/status",
        events: ["start", "end", "join", "leave", "mute", "hold", "modify", "speaker", "announcement"],
      },
      time_limit: 60,
      dial_record: "record-from-ringing",
    })
    const { url } = call.happens({ type: "conference-waits", id: 2 }).fetch
    strictEqual(url, "https://app.example/wait")
  })

  it("Enqueue, with a task, and Leave", () => {
    const call = said((response) => {
      const enqueue = response.enqueue(
        {
          action: "/queued",
          maxQueueSize: 3,
          method: "GET",
          waitUrl: "/wait",
          waitUrlMethod: "GET",
          workflowSid: "WW1",
        },
        "support",
      )
      enqueue.task({ priority: 1, timeout: 30 }, '{"a":1}')
    })
    deepStrictEqual(call.last("enqueue"), {
      type: "enqueue",
      id: 2,
      name: "support",
      workflow_sid: "WW1",
      task: '{"a":1}',
      max_size: 3,
    })
    call.happens({ type: "queue-entered", id: 2 })
    const wait = new VoiceResponse()
    wait.leave()
    deepStrictEqual(call.answers(wait.toString()).acts, [{ type: "leave", id: 2 }])
  })

  it("Redirect, Sms, Hangup and Reject", () => {
    strictEqual(said((response) => response.redirect({ method: "GET" }, "/more")).fetch.url, "https://app.example/more")
    const sms = said((response) =>
      response.sms(
        { action: "/sent", from: "+14155550101", method: "GET", statusCallback: "/s", to: "+14155550100" },
        "Hello",
      ),
    ).last("send-sms")
    deepStrictEqual([sms.to, sms.from, sms.body], ["+14155550100", "+14155550101", "Hello"])
    deepStrictEqual(said((response) => response.hangup()).acts, [{ type: "hang-up", reason: "hangup" }])
    const response = new VoiceResponse()
    response.reject({ reason: "busy" })
    const rejected = new TestCall({ answered: false }).answers(response.toString())
    deepStrictEqual(rejected.acts, [{ type: "reject", reason: "busy" }])
  })

  it("with what is not carried out here says so, verb by verb, and no more", () => {
    const call = built((response) => {
      response.connect().stream({ url: "wss://a.example" })
      response.echo()
      response.pay()
      response.prompt().say("Hi")
      response.queue("support")
      response.refer().sip("sip:a@b.example")
      response.start().stream({ url: "wss://a.example" })
      response.stop().stream({ name: "a" })
      response.comment("nothing")
    })
    deepStrictEqual(
      ordersOf(call, "alert").map(({ code, detail }) => [code, detail]),
      [[13750, "<Connect> is not carried out here (and 7 more)"]],
    )
    deepStrictEqual(
      call.lines.map((line) => line.what === "not-carried-out" && line.verb),
      ["Connect", "Echo", "Pay", "Prompt", "Queue", "Refer", "Start", "Stop"],
    )
  })
})
