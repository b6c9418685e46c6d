import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  callee,
  callees,
  caller,
  callForm,
  callPath,
  callsPath,
  dials,
  entriesOf,
  heard,
  lifeOf,
  paramsOf,
  sentBy,
  sidOf,
  talks,
} from "../../../../test/support/calls.ts"
import { at, type Stage } from "../../../../test/support/given.ts"
import { answerOf, asked, get, ranUntil, remove, twilio, update } from "../../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../../clock/timers.machine.ts"
import { dataCleared } from "../../../core/entries.ts"
import { twilioMachine } from "../twilio.machine.ts"
import type { Callee } from "./callSettings.ts"
import { callHungUp, callPickedUp, callPressed } from "./entries.ts"

const all = "initiated ringing answered completed"
const hears = (changes: Readonly<Record<string, string>> = {}, how: Partial<Callee> = {}) => {
  const made = dials(
    { StatusCallback: "https://app.test/status", ...changes },
    callees({ number: callee, outcome: "answered", ...how }),
  )
  return { sid: sidOf(made), stage: ranUntil(made) }
}

describe("The life of a call", () => {
  it.each([
    [
      { outcome: "answered" as const },
      [
        [2_000, "initiated"],
        [4_000, "ringing"],
        [6_000, "in-progress"],
        [6_000, "completed"],
      ],
    ],
    [
      { outcome: "answered" as const, rings_ms: 10_000 },
      [
        [2_000, "initiated"],
        [4_000, "ringing"],
        [14_000, "in-progress"],
        [14_000, "completed"],
      ],
    ],
    [
      { outcome: "busy" as const, rings_ms: 500 },
      [
        [2_000, "initiated"],
        [4_000, "ringing"],
        [4_500, "busy"],
      ],
    ],
    [
      { outcome: "failed" as const },
      [
        [2_000, "initiated"],
        [4_000, "failed"],
      ],
    ],
    [
      { outcome: "no-answer" as const },
      [
        [2_000, "initiated"],
        [4_000, "ringing"],
        [64_000, "no-answer"],
      ],
    ],
    [
      { outcome: "answered" as const, rings_ms: 60_000 },
      [
        [2_000, "initiated"],
        [4_000, "ringing"],
        [64_000, "no-answer"],
      ],
    ],
  ])("to one who is described as %j", (how, life) => {
    const { stage } = hears({}, how)
    deepStrictEqual(lifeOf(stage), life as never)
    strictEqual(nextTimer(stage.world.slice(timersMachine)), undefined)
  })
  it("fails to a failing number, and is shown by its template", () => {
    const made = dials({}, { failure_numbers: [callee] })
    const stage = ranUntil(made)
    deepStrictEqual(lifeOf(stage).at(-1)?.[1], "failed")
    const { body } = answerOf(stage.when(get(callPath(sidOf(made)))))
    deepStrictEqual([body.status, body.duration, body.price], ["failed", "0", null])
  })
  it("shows when it was answered, how long it was and what it costs", () => {
    const made = dials({ Twiml: "<Response><Pause length='61'/></Response>" })
    const stage = ranUntil(made)
    const { body } = answerOf(stage.when(get(callPath(sidOf(made)))))
    const { date_created, duration, end_time, price, start_time, status } = body
    deepStrictEqual(
      [date_created, start_time, end_time, status, duration, price],
      [
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Thu, 01 Jan 1970 00:00:06 +0000",
        "Thu, 01 Jan 1970 00:01:07 +0000",
        "completed",
        "61",
        "-0.02800",
      ],
    )
  })
  it("ends at its time limit", () => {
    const made = dials({ Twiml: "<Response><Pause length='600'/></Response>", TimeLimit: "30" })
    deepStrictEqual(lifeOf(ranUntil(made)).at(-1), [36_000, "completed"])
  })
})

describe("Callbacks of a call", () => {
  it("tell what is asked for, numbered from 0", () => {
    const { stage } = hears({ StatusCallbackEvent: all })
    const told = sentBy(stage, "callback").map(paramsOf)
    deepStrictEqual(
      told.map(({ CallDuration, CallStatus, Duration, SequenceNumber }) => [
        CallStatus,
        SequenceNumber,
        CallDuration,
        Duration,
      ]),
      [
        ["initiated", "0", undefined, undefined],
        ["ringing", "1", undefined, undefined],
        ["in-progress", "2", undefined, undefined],
        ["completed", "3", "0", "0"],
      ],
    )
    const { CallbackSource, Direction, FromState, SipResponseCode, Timestamp } = told[3]!
    deepStrictEqual(
      [CallbackSource, Direction, FromState, SipResponseCode, Timestamp],
      ["call-progress-events", "outbound-api", "", "200", "Thu, 01 Jan 1970 00:00:06 +0000"],
    )
  })
  it("tell the end alone where nothing is asked for, whatever it is", () => {
    for (const outcome of ["answered", "busy", "failed", "no-answer"] as const) {
      const told = sentBy(hears({}, { outcome }).stage, "callback").map(paramsOf)
      deepStrictEqual(
        told.map(({ CallStatus, SequenceNumber }) => [CallStatus, SequenceNumber]),
        [[outcome === "answered" ? "completed" : outcome, "0"]],
      )
    }
  })
  it("name the recording of the whole call, whose URL the edge makes absolute", () => {
    const { stage } = hears({
      Record: "true",
      RecordingStatusCallback: "https://app.test/recorded",
      Twiml: "<Response><Pause length='3'/></Response>",
    })
    const [recorded, completed] = ["recorded", "status"].map((path) =>
      sentBy(stage, "callback").find(({ data }) => data.url.endsWith(path)),
    )
    const { RecordingDuration, RecordingSid, RecordingUrl } = paramsOf(completed!)
    deepStrictEqual(completed!.data.absolute, ["RecordingUrl"])
    strictEqual(RecordingUrl?.endsWith(`/Recordings/${RecordingSid}`), true)
    const told = paramsOf(recorded!)
    deepStrictEqual(
      [RecordingDuration, told.RecordingSid, told.RecordingStatus, told.RecordingSource, told.RecordingDuration],
      ["3", RecordingSid, "completed", "OutboundAPI", "3"],
    )
  })
  it("are by GET where that is asked for, and none with callbacks switched off", () => {
    strictEqual(sentBy(hears({ StatusCallbackMethod: "GET" }).stage, "callback")[0]?.data.method, "GET")
    const off = dials({ StatusCallback: "https://app.test/" }, { callbacks: { enabled: false } })
    strictEqual(sentBy(ranUntil(off), "callback").length, 0)
  })
})

describe("A call that its application changes", () => {
  const talking = (changes: Readonly<Record<string, string>> = {}) => {
    const made = dials({ Twiml: "<Response><Pause length='600'/></Response>", ...changes })
    return { sid: sidOf(made), stage: ranUntil(made, 10_000) }
  }
  it("is canceled in the queue without any callback, and told later", () => {
    const made = dials({ StatusCallback: "https://app.test/" })
    const canceled = made.when(update(callPath(sidOf(made)), [["Status", "canceled"]]))
    deepStrictEqual([answerOf(canceled).status, answerOf(canceled).body.status], [200, "canceled"])
    strictEqual(sentBy(ranUntil(canceled), "callback").length, 0)
    const rings = ranUntil(dials({ StatusCallback: "https://app.test/" }), 4_000)
    const sid = entriesOf(rings).find(({ subject }) => subject.startsWith("CA"))?.subject ?? ""
    const late = rings.when(update(callPath(sid), [["Status", "completed"]]))
    strictEqual(answerOf(late).body.status, "canceled")
    deepStrictEqual(
      sentBy(late, "callback").map((each) => paramsOf(each).CallStatus),
      ["canceled"],
    )
    strictEqual(nextTimer(late.world.slice(timersMachine)), undefined)
  })
  it("is hung up, and may be ended again", () => {
    const { sid, stage } = talking()
    const over = stage.when(at(12_500, update(callPath(sid), [["Status", "completed"]])))
    const { duration, status } = answerOf(over).body
    deepStrictEqual([status, duration], ["completed", "7"])
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
    strictEqual(answerOf(over.when(update(callPath(sid), [["Status", "completed"]]))).status, 200)
    strictEqual(answerOf(over.when(update(callPath(sid), [["Status", "canceled"]]))).body.code, 21220)
  })
  it("goes on with another document", () => {
    const { sid, stage } = talking()
    const changed = stage.when(update(callPath(sid), [["Twiml", "<Response><Say>Goodbye</Say></Response>"]]))
    strictEqual(answerOf(changed).body.status, "in-progress")
    const told = heard(ranUntil(changed), sid)
    deepStrictEqual(
      told.filter((line) => line.startsWith("said")),
      ["said Goodbye"],
    )
    strictEqual(told.at(-1), "completed")
  })
  it("is asked for where another URL is given", () => {
    const { sid, stage } = talking()
    const changed = stage.when(update(callPath(sid), [["Url", "https://app.test/next"]]))
    deepStrictEqual(
      sentBy(changed, "twiml").map(({ data }) => data.url),
      ["https://app.test/next"],
    )
  })
  it("cannot be redirected before it is in progress", () => {
    const made = dials()
    const { body, status } = answerOf(made.when(update(callPath(sidOf(made)), [["Url", "https://app.test/next"]])))
    deepStrictEqual([status, body.code, body.message], [400, 21220, "Call is not in-progress. Cannot redirect."])
  })
  it.each([[["Status", "busy"]], [["Method", "GET"]], [["TimeLimit", "x"]]] as const)(
    "is refused what cannot be read: %j",
    (pair) => {
      const made = dials()
      strictEqual(answerOf(made.when(update(callPath(sidOf(made)), [pair]))).body.code, 20400)
    },
  )
  it("lasts as long as it says anew", () => {
    const { sid, stage } = talking()
    const changed = ranUntil(stage.when(update(callPath(sid), [["TimeLimit", "20"]])))
    deepStrictEqual(lifeOf(changed).at(-1), [26_000, "completed"])
  })
  it("is deleted once it is over, with its recordings", () => {
    const { sid, stage } = talking({ Record: "true" })
    strictEqual(answerOf(stage.when(remove(callPath(sid)))).body.code, 20009)
    const gone = stage.when(update(callPath(sid), [["Status", "completed"]])).when(remove(callPath(sid)))
    strictEqual(answerOf(gone).status, 204)
    strictEqual(answerOf(gone.when(get(callPath(sid)))).body.code, 20404)
    const recordings = answerOf(gone.when(get(callPath(sid).replace(/Calls.*/, "Recordings.json"))))
    strictEqual(recordings.body.recordings.length, 0)
  })
  it("is forgotten with everything that was due", () => {
    const { sid, stage } = talking()
    const cleared = stage.when(dataCleared.draft("", { what: "calls" }))
    strictEqual(nextTimer(cleared.world.slice(timersMachine)), undefined)
    strictEqual(answerOf(cleared.when(get(callPath(sid)))).body.code, 20404)
  })
})

describe("A list of calls", () => {
  const [ann, bob] = ["+15558880001", "+15558880002"] as const
  const order = [callee, ann, callee, bob, callee, ann]
  const made = () =>
    order.reduce((stage, To) => stage.when(asked({ path: callsPath, params: callForm({ To }) })), twilio())
  const listed = (stage: Stage, query: Readonly<Record<string, string>>) => {
    const { body } = answerOf(stage.when(get(callsPath, Object.entries(query))))
    return { next: body.next_page_uri, to: body.calls.map(({ to }: { to: string }) => to) }
  }
  it("of one number is that number's, newest first and page by page", () => {
    const stage = made()
    deepStrictEqual(listed(stage, { To: callee }).to, [callee, callee, callee])
    deepStrictEqual(listed(stage, { From: caller }).to, order.toReversed())
    deepStrictEqual(listed(stage, { From: caller, To: ann }).to, [ann, ann])
    deepStrictEqual(listed(stage, { ParentCallSid: "CA1" }).to, [])
    const first = listed(stage, { PageSize: "2", To: callee })
    const next = new URL(first.next, "https://api.test").searchParams
    deepStrictEqual(listed(stage, Object.fromEntries(next)), { next: null, to: [callee] })
  })
  it("of one number is the same from a snapshot, and empty once calls are forgotten", () => {
    const stage = made()
    const { load, save } = twilioMachine.snapshot!
    const again = load(structuredClone([...save(stage.world.slice(twilioMachine))]))
    deepStrictEqual(again.calls, stage.world.slice(twilioMachine).calls)
    deepStrictEqual(listed(stage.when(dataCleared.draft("", { what: "calls" })), { To: callee }).to, [])
  })
})

describe("Whoever is called", () => {
  it("picks up by an order, and hangs up by one", () => {
    const made = dials(
      { Twiml: "<Response><Pause length='600'/></Response>" },
      callees({ number: callee, outcome: "no-answer" }),
    )
    const sid = sidOf(made)
    const rings = ranUntil(made, 10_000)
    const talking = rings.when(at(20_000, callPickedUp.draft(sid, {})))
    deepStrictEqual(lifeOf(talking), [[20_000, "in-progress"]])
    const over = talking.when(at(25_000, callHungUp.draft(sid, {})))
    deepStrictEqual(lifeOf(over), [[25_000, "completed"]])
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
    over.when(callPressed.draft(sid, { digits: "1" })).then()
  })
  it("presses when it is asked to, waits and hangs up by itself", () => {
    const stage = talks("<Say>Hi</Say><Gather numDigits='1' action='https://app.test/menu'/>", [
      { do: "press", text: "1" },
      { do: "wait", ms: 2_000 },
      { do: "hang up" },
    ])
    deepStrictEqual(heard(stage), [
      "initiated",
      "ringing",
      "in-progress",
      "said Hi",
      "pressed 1",
      "gathered 1",
      "asked POST",
      "hung-up",
      "completed",
    ])
    const { CallStatus, Digits, Direction } = paramsOf(sentBy(stage, "twiml")[0]!)
    deepStrictEqual([CallStatus, Digits, Direction], ["in-progress", "1", "outbound-api"])
  })
  it.each([
    ["human", "Enable", "human", 2_000],
    ["machine", "Enable", "machine_start", 4_000],
    ["machine", "DetectMessageEnd", "machine_end_beep", 10_000],
    ["fax", "Enable", "fax", 3_000],
    ["unknown", "Enable", "unknown", 30_000],
  ] as const)("is found out to be %s by %s before its document is asked for", (answered_by, mode, says, ms) => {
    const { stage } = hears(
      { MachineDetection: mode, Url: "https://app.test/voice", StatusCallbackEvent: "completed" },
      { answered_by },
    )
    const [asked] = sentBy(stage, "twiml")
    deepStrictEqual([asked?.at, paramsOf(asked!).AnsweredBy], [6_000 + ms, says])
  })
  it("is told aside where its document does not wait for that", () => {
    const { stage } = hears(
      {
        MachineDetection: "Enable",
        AsyncAmd: "true",
        AsyncAmdStatusCallback: "https://app.test/party",
        Twiml: "<Response><Pause length='10'/></Response>",
      },
      { answered_by: "machine" },
    )
    const told = sentBy(stage, "callback").map(paramsOf)
    deepStrictEqual(
      [told[0]?.AnsweredBy, told[0]?.MachineDetectionDuration, told[1]?.AnsweredBy, told[1]?.CallDuration],
      ["machine_start", "4000", "machine_start", "10"],
    )
  })
})
