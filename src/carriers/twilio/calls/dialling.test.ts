import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  answers,
  callee,
  callees,
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
import { answerOf, get, ranUntil, update } from "../../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../../clock/timers.machine.ts"
import { outboundAnswered } from "../../../core/entries.ts"
import { messageCreated } from "../../delivery/entries.ts"
import { type CallCreated, type CalleeStep, callCreated, callHungUp } from "./entries.ts"

const friend = "+15558880001"
const other = "+15558880002"
const done = "action='https://app.test/done'"

const children = (stage: Stage): ReadonlyArray<{ readonly sid: string; readonly made: CallCreated }> =>
  entriesOf(stage).flatMap((entry) =>
    callCreated.is(entry) && entry.data.parent_call_sid !== undefined
      ? [{ sid: entry.subject, made: entry.data as CallCreated }]
      : [],
  )
/** Somebody is dialled who is to hear something first. */
const whispers = (script: ReadonlyArray<CalleeStep>): Stage =>
  dials(
    {
      Twiml: `<Response><Dial ${done}><Number url='https://app.test/whisper'>${friend}</Number></Dial></Response>`,
    },
    callees({ number: callee, outcome: "answered" }, { number: friend, outcome: "answered", script }),
  )
const document = (verbs: string) => ({ body: `<Response>${verbs}</Response>`, content_type: "text/xml", status: 200 })
/** The seq of the last request for a call's instructions. */
const lastAsked = (stage: Stage, sid: string) => sentBy(stage, "twiml").findLast(({ subject }) => subject === sid)!.seq
/** What the action of a Dial is told. */
const told = (stage: Stage) => {
  const { DialBridged, DialCallDuration, DialCallSid, DialCallStatus, RecordingUrl } = paramsOf(
    sentBy(stage, "twiml").find(({ data }) => data.url.endsWith("/done"))!,
  )
  return { DialBridged, DialCallDuration, DialCallSid, DialCallStatus, RecordingUrl }
}

describe("A call dials", () => {
  it("somebody, who answers, talks and hangs up", () => {
    const script = [{ do: "wait", ms: 5_000 } as const, { do: "hang up" } as const]
    const stage = talks(`<Dial ${done}>${friend}</Dial>`, [], [{ number: friend, outcome: "answered", script }])
    const [child] = children(stage)
    const parent = child?.made.parent_call_sid ?? ""
    deepStrictEqual(
      [child?.made.direction, child?.made.to, child?.made.from],
      ["outbound-dial", friend, "+15550000001"],
    )
    deepStrictEqual(lifeOf(stage, child?.sid), [
      [8_000, "initiated"],
      [10_000, "ringing"],
      [12_000, "in-progress"],
      [17_000, "completed"],
    ])
    const { DialCallDuration, DialCallSid, DialCallStatus } = told(stage)
    deepStrictEqual([DialCallStatus, DialCallDuration, DialCallSid], ["completed", "5", child?.sid])
    deepStrictEqual(heard(stage, parent).slice(3, 6), [`dialed ${friend}`, "bridged", "dial-ended completed"])
    const listed = answerOf(stage.when(get(callsPath, [["ParentCallSid", parent]]))).body.calls
    deepStrictEqual(
      listed.map(({ parent_call_sid, sid }: Record<string, string>) => [sid, parent_call_sid]),
      [[child?.sid, parent]],
    )
  })
  it.each(["busy", "failed", "no-answer"] as const)("somebody who is %s, and its action is told", (outcome) => {
    const stage = talks(`<Dial timeout='10' ${done}>${friend}</Dial>`, [], [{ number: friend, outcome }])
    strictEqual(told(stage).DialCallStatus, outcome)
    strictEqual(told(stage).DialBridged, "false")
  })
  it("and goes on with the next verb without an action", () => {
    const stage = talks(`<Dial>${friend}</Dial><Say>Nobody is there</Say>`, [], [{ number: friend, outcome: "busy" }])
    deepStrictEqual(
      heard(stage).filter((line) => line.startsWith("said")),
      ["said Nobody is there"],
    )
  })
  it("several at once: the first to answer is connected, the others are canceled", () => {
    const stage = talks(
      `<Dial ${done}><Number>${friend}</Number><Number>${other}</Number></Dial>`,
      [],
      [
        { number: friend, outcome: "answered", rings_ms: 9_000 },
        { number: other, outcome: "answered", rings_ms: 1_000, script: [{ do: "hang up" }] },
      ],
    )
    const [first, second] = children(stage)
    deepStrictEqual(
      [lifeOf(stage, first?.sid).at(-1)?.[1], lifeOf(stage, second?.sid).at(-1)?.[1]],
      ["canceled", "completed"],
    )
    strictEqual(told(stage).DialCallSid, second?.sid)
  })
  it("several one after the other where it says so", () => {
    const stage = talks(
      `<Dial sequential='true' ${done}><Number>${friend}</Number><Number>${other}</Number></Dial>`,
      [],
      [
        { number: friend, outcome: "busy" },
        { number: other, outcome: "answered", script: [{ do: "hang up" }] },
      ],
    )
    const [first, second] = children(stage)
    deepStrictEqual([lifeOf(stage, first?.sid).at(-1)?.[1], told(stage).DialCallSid], ["busy", second?.sid])
  })
  it("and hangs up on whom it is connected with when its other end does", () => {
    const made = dials(
      { Twiml: `<Response><Dial ${done}>${friend}</Dial></Response>` },
      callees({ number: callee, outcome: "answered" }, { number: friend, outcome: "answered" }),
    )
    const talking = ranUntil(made, 20_000)
    const over = talking.when(at(30_000, callHungUp.draft(sidOf(made), {})))
    const [child] = children(talking)
    deepStrictEqual(
      lifeOf(over).map(([, status]) => status),
      ["completed", "completed"],
    )
    strictEqual(lifeOf(over, child?.sid)[0]?.[0], 30_000)
    deepStrictEqual([told(over).DialCallStatus, told(over).DialCallDuration], ["completed", "18"])
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
  })
  it("somebody whom other instructions take away: that Dial is over, and both go their own ways", () => {
    const made = dials(
      { Twiml: `<Response><Dial record='record-from-answer' ${done}>${friend}</Dial></Response>` },
      callees({ number: callee, outcome: "answered" }, { number: friend, outcome: "answered" }),
    )
    const talking = ranUntil(made, 20_000)
    const child = children(talking)[0]?.sid ?? ""
    const room = "<Response><Dial><Conference>Team</Conference></Dial></Response>"
    const moved = talking.when(at(30_000, update(callPath(child), [["Twiml", room]])))
    strictEqual(answerOf(moved).status, 200)
    const { DialBridged, DialCallDuration, DialCallStatus, RecordingUrl = "" } = told(moved)
    deepStrictEqual([DialCallStatus, DialCallDuration, DialBridged], ["completed", "18", "true"])
    strictEqual(RecordingUrl.includes("/Recordings/RE"), true)
    deepStrictEqual(
      heard(moved, child).filter((line) => line.startsWith("conference")),
      ["conference Team"],
    )
    const over = moved.when(at(31_000, callHungUp.draft(sidOf(made), {})))
    deepStrictEqual([lifeOf(over, sidOf(made)).length, lifeOf(over, child).length], [1, 0])
    deepStrictEqual(lifeOf(over.when(at(32_000, callHungUp.draft(child, {})))), [[32_000, "completed"]])
  })
  it("somebody who has heard something first, and is then given other instructions", () => {
    const asked = ranUntil(whispers([]), 12_000)
    const talking = ranUntil(answers(asked, "<Say>Hello</Say>"), 20_000)
    const child = children(asked)[0]?.sid ?? ""
    const moved = talking.when(at(30_000, update(callPath(child), [["Url", "https://app.test/next"]])))
    deepStrictEqual(
      sentBy(moved, "twiml").map(({ data, subject }) => [subject === child, data.url]),
      [
        [true, "https://app.test/next"],
        [false, "https://app.test/done"],
      ],
    )
    const over = ranUntil(
      moved.when(at(30_000, outboundAnswered.draft(child, document("<Say>Moved</Say>"), lastAsked(moved, child)))),
    )
    deepStrictEqual(heard(over, child).slice(-2), ["said Moved", "completed"])
  })
  it("somebody who hears something first, and is then given other instructions", () => {
    const asked = ranUntil(whispers([]), 12_000)
    const whispering = answers(asked, "<Pause length='30'/>")
    const child = children(asked)[0]?.sid ?? ""
    const moved = whispering.when(at(20_000, update(callPath(child), [["Url", "https://app.test/next"]])))
    deepStrictEqual(told(moved), {
      DialBridged: "false",
      DialCallDuration: undefined,
      DialCallSid: child,
      DialCallStatus: "no-answer",
      RecordingUrl: undefined,
    })
    const next = outboundAnswered.draft(child, document("<Say>Moved</Say>"), lastAsked(moved, child))
    const over = ranUntil(moved.when(at(20_000, next)))
    deepStrictEqual(heard(over, child).slice(-2), ["said Moved", "completed"])
    strictEqual(heard(over).includes("bridged"), false)
    // Who dialled is told once, and hangs up by itself.
    deepStrictEqual(sentBy(over, "twiml").filter(({ data }) => data.url.endsWith("/done")).length, 0)
  })
  it("several, of whom one that hears something first goes its own way while the other one rings on", () => {
    const other = "+15558880009"
    const made = dials(
      {
        Twiml: `<Response><Dial ${done}><Number url='https://app.test/whisper'>${friend}</Number><Number>${other}</Number></Dial></Response>`,
      },
      callees(
        { number: callee, outcome: "answered" },
        { number: friend, outcome: "answered" },
        { number: other, outcome: "answered", rings_ms: 15_000 },
      ),
    )
    const asked = ranUntil(made, 12_000)
    const first = children(asked).find(({ made: { to } }) => to === friend)?.sid ?? ""
    const moved = answers(asked, "<Pause length='30'/>").when(
      at(14_000, update(callPath(first), [["Twiml", "<Response><Pause length='60'/></Response>"]])),
    )
    strictEqual(sentBy(moved, "twiml").length, 0)
    const talking = ranUntil(moved, 40_000)
    strictEqual(heard(talking).includes("bridged"), true)
    deepStrictEqual(lifeOf(talking, first), [])
  })
  it("somebody who is given nothing but another time limit, and stays", () => {
    const made = dials(
      { Twiml: `<Response><Dial ${done}>${friend}</Dial></Response>` },
      callees({ number: callee, outcome: "answered" }, { number: friend, outcome: "answered" }),
    )
    const talking = ranUntil(made, 20_000)
    const child = children(talking)[0]?.sid ?? ""
    const limited = talking.when(at(20_000, update(callPath(child), [["TimeLimit", "60"]])))
    strictEqual(sentBy(limited, "twiml").length, 0)
    deepStrictEqual(lifeOf(ranUntil(limited), child), [[72_000, "completed"]])
  })
  it("somebody, and its script goes on once they talk", () => {
    const script = [
      { do: "press", text: "1" },
      { do: "speak", text: "Hello" },
      { do: "press", text: "*" },
    ] as const
    const stage = talks(`<Dial hangupOnStar='true' ${done}>${friend}</Dial>`, script, [
      { number: friend, outcome: "answered" },
    ])
    const parent = children(stage)[0]?.made.parent_call_sid ?? ""
    deepStrictEqual(heard(stage, parent).slice(3, 9), [
      `dialed ${friend}`,
      "bridged",
      "pressed 1",
      "spoke Hello",
      "pressed *",
      "dial-ended completed",
    ])
  })
  it("with events of its own about the called party", () => {
    const stage = talks(
      `<Dial><Number statusCallback='https://app.test/child' statusCallbackEvent='ringing answered completed'>${friend}</Number></Dial>`,
      [],
      [{ number: friend, outcome: "answered", script: [{ do: "hang up" }] }],
    )
    deepStrictEqual(
      sentBy(stage, "callback").map((each) => [paramsOf(each).CallStatus, paramsOf(each).SequenceNumber]),
      [
        ["ringing", "0"],
        ["in-progress", "1"],
        ["completed", "2"],
      ],
    )
    strictEqual(paramsOf(sentBy(stage, "callback")[0]!).ParentCallSid, children(stage)[0]?.made.parent_call_sid)
  })
  it("and is recorded from the answer", () => {
    const stage = talks(
      `<Dial record='record-from-answer-dual' recordingStatusCallback='https://app.test/recorded' ${done}>${friend}</Dial>`,
      [],
      [{ number: friend, outcome: "answered", script: [{ do: "wait", ms: 3_000 }, { do: "hang up" }] }],
    )
    const recorded = paramsOf(sentBy(stage, "callback")[0]!)
    deepStrictEqual(
      [recorded.RecordingSource, recorded.RecordingChannels, recorded.RecordingDuration],
      ["DialVerb", "2", "3"],
    )
    strictEqual(told(stage).RecordingUrl, recorded.RecordingUrl)
  })
  it("with something to be heard by the called party first", () => {
    const stage = talks(
      `<Dial ${done}><Number url='https://app.test/whisper'>${friend}</Number></Dial>`,
      [],
      [{ number: friend, outcome: "answered", script: [{ do: "wait", ms: 9_000 }, { do: "hang up" }] }],
    )
    const whisper = sentBy(stage, "twiml").find(({ data }) => data.url.endsWith("/whisper"))
    strictEqual(whisper?.subject, children(stage)[0]?.sid)
    // Nobody answers here: the party hangs up before it was connected.
    strictEqual(told(stage).DialBridged, "false")
  })
  it("somebody whose keys and words wait for what is to be heard first", () => {
    const asked = ranUntil(whispers([{ do: "press", text: "1" }]), 12_000)
    const menu = answers(asked, "<Gather numDigits='1' action='/key'><Say>Press one</Say></Gather>")
    const [key] = sentBy(ranUntil(menu, 30_000), "twiml")
    deepStrictEqual([key?.data.url, paramsOf(key!).Digits], ["https://app.test/key", "1"])
  })
  it("somebody whose keys and words wait for the connection where nobody asks for them before", () => {
    const asked = ranUntil(
      whispers([{ do: "press", text: "1" }, { do: "speak", text: "Hello" }, { do: "hang up" }]),
      12_000,
    )
    const stage = ranUntil(answers(asked, "<Say>A call for you</Say>"), 30_000)
    deepStrictEqual(heard(stage).slice(-7, -1), [
      "bridged",
      "pressed 1",
      "spoke Hello",
      "hung-up",
      "completed",
      "dial-ended completed",
    ])
  })
  it("somebody of whom it is found out who picks up", () => {
    const stage = talks(
      `<Dial><Number machineDetection='Enable' amdStatusCallback='https://app.test/party'>${friend}</Number></Dial>`,
      [],
      [
        {
          answered_by: "machine",
          number: friend,
          outcome: "answered",
          script: [{ do: "wait", ms: 9_000 }, { do: "hang up" }],
        },
      ],
    )
    const [told] = sentBy(stage, "callback").map(paramsOf)
    deepStrictEqual([told?.AnsweredBy, told?.CallSid], ["machine_start", children(stage)[0]?.sid])
  })
  it("a client", () => {
    const stage = talks(
      "<Dial><Client>ann</Client></Dial>",
      [],
      [{ number: "client:ann", outcome: "answered", script: [{ do: "hang up" }] }],
    )
    strictEqual(children(stage)[0]?.made.to, "client:ann")
  })
  it("nobody it can reach: an application", () => {
    const stage = talks(`<Dial ${done}><Application>AP1</Application></Dial>`)
    strictEqual(told(stage).DialCallStatus, "failed")
  })
})

describe("A call sends a message", () => {
  it("to whoever is called, from the number it is made from", () => {
    const stage = talks("<Sms>Bye</Sms>")
    const message = entriesOf(stage).find(messageCreated.is)
    deepStrictEqual(
      [message?.data.body, message?.data.direction, message?.data.from, message?.data.to],
      ["Bye", "outbound-call", "+15550000001", callee],
    )
  })
  it("and tells its action", () => {
    const stage = talks("<Sms action='https://app.test/sent'>Bye</Sms>")
    const { MessageStatus, SmsSid, SmsStatus } = paramsOf(sentBy(stage, "twiml")[0]!)
    strictEqual(SmsSid?.startsWith("SM"), true)
    strictEqual(MessageStatus ?? SmsStatus, "queued")
  })
})
