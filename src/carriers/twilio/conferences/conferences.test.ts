import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  base,
  callees,
  callForm,
  callsPath,
  entriesOf,
  heard,
  lifeOf,
  paramsOf,
  sentBy,
} from "../../../../test/support/calls.ts"
import { at, type Stage } from "../../../../test/support/given.ts"
import { answerOf, asked, get, ranUntil, remove, twilio, update } from "../../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../../clock/timers.machine.ts"
import type { Pair } from "../../../core/entries.ts"
import { callCreated, callHungUp } from "../calls/entries.ts"

const [ann, bob, cyd] = ["+15558880001", "+15558880002", "+15558880003"] as const
const room = (attributes = "", behind = "") =>
  `<Response><Dial action='https://app.test/done'><Conference ${attributes}>Team &amp; friends</Conference></Dial>${behind}</Response>`

/** Calls somebody into the conference. */
const calls = (stage: Stage, To: string, Twiml: string): Stage =>
  stage.when(asked({ path: callsPath, params: callForm({ To, Twiml }) }))

const empty = () => twilio(callees({ number: ann, outcome: "answered" }))
const conferencesOf = (stage: Stage, query: Readonly<Record<string, string>> = {}) =>
  answerOf(stage.when(get(`${base}/Conferences.json`, Object.entries(query)))).body.conferences
const participantsOf = (stage: Stage, sid: string, query: Readonly<Record<string, string>> = {}) =>
  answerOf(stage.when(get(`${base}/Conferences/${sid}/Participants.json`, Object.entries(query)))).body.participants
const callSidsOf = (stage: Stage) => entriesOf(stage).flatMap((entry) => (callCreated.is(entry) ? [entry.subject] : []))

/** Two who talk: the conference, the SIDs of their calls, and all that was made. */
const meeting = (first = "", second = "") => {
  const one = calls(empty(), ann, room(first))
  const annSid = callSidsOf(one)[0] ?? ""
  const waits = ranUntil(one, 10_000)
  const before = conferencesOf(waits)[0].status as string
  const two = calls(waits, bob, room(second))
  const stage = ranUntil(two, 20_000)
  const bobSid = callSidsOf(two).at(-1) ?? ""
  return { before, stage, annSid, bobSid, sid: conferencesOf(stage)[0].sid as string }
}

describe("A conference", () => {
  it("waits for a second participant, and is in progress with two", () => {
    const { before, sid, stage } = meeting()
    strictEqual(before, "init")
    const [conference] = conferencesOf(stage, { FriendlyName: "Team & friends", Status: "in-progress" })
    deepStrictEqual([conference.sid, conference.region], [sid, "us1"])
    deepStrictEqual(
      participantsOf(stage, sid).map(({ status }: { status: string }) => status),
      ["connected", "connected"],
    )
  })
  it("does not start before one who may start it is there", () => {
    const no = "startConferenceOnEnter='false'"
    const { stage } = meeting(no, no)
    strictEqual(conferencesOf(stage)[0].status, "init")
  })
  it("tells what it is asked to tell, numbered", () => {
    const callback =
      "statusCallback='https://app.test/room' statusCallbackEvent='start end join leave mute hold' endConferenceOnExit='true'"
    const { annSid, sid, stage } = meeting(callback)
    const muted = stage.when(update(`${base}/Conferences/${sid}/Participants/${annSid}.json`, [["Muted", "true"]]))
    const over = muted.when(at(30_000, callHungUp.draft(annSid, {})))
    const told = [...sentBy(stage, "callback"), ...sentBy(muted, "callback"), ...sentBy(over, "callback")].map(paramsOf)
    deepStrictEqual(
      told.map(({ StatusCallbackEvent }) => StatusCallbackEvent),
      [
        "participant-join",
        "conference-start",
        "participant-mute",
        "participant-leave",
        "participant-leave",
        "conference-end",
      ],
    )
    // Behind the first one, who has joined before.
    deepStrictEqual(
      told.map(({ SequenceNumber }) => SequenceNumber),
      ["2", "3", "4", "5", "6", "7"],
    )
    const end = told.at(-1)!
    deepStrictEqual(
      [end.ReasonConferenceEnded, end.CallSidEndingConference, end.ConferenceSid],
      ["participant-with-end-conference-on-exit-left", annSid, sid],
    )
    const [conference] = conferencesOf(over)
    deepStrictEqual([conference.status, conference.call_sid_ending_conference], ["completed", annSid])
  })
  it("in which scripts go on once it has started", () => {
    const script = [{ do: "press", text: "1" }, { do: "speak", text: "Hello" }, { do: "hang up" }] as const
    const one = calls(twilio(callees({ number: ann, outcome: "answered", script })), ann, room())
    const waits = ranUntil(one, 10_000)
    const scripted = (stage: Stage) => heard(stage).filter((line) => /^(pressed|spoke|hung-up)/.test(line))
    deepStrictEqual(scripted(waits), [])
    deepStrictEqual(scripted(ranUntil(calls(waits, bob, room()), 20_000)), ["pressed 1", "spoke Hello", "hung-up"])
  })
  it("numbers each event of one change, whether it is asked for or not", () => {
    const { annSid, sid, stage } = meeting(
      "statusCallback='https://app.test/room' statusCallbackEvent='end mute hold' endConferenceOnExit='true'",
    )
    const changes: ReadonlyArray<Pair> = [
      ["Muted", "true"],
      ["Hold", "true"],
    ]
    const changed = stage.when(update(`${base}/Conferences/${sid}/Participants/${annSid}.json`, changes))
    const over = changed.when(at(30_000, callHungUp.draft(annSid, {})))
    deepStrictEqual(
      [...sentBy(changed, "callback"), ...sentBy(over, "callback")]
        .map(paramsOf)
        .map(({ SequenceNumber, StatusCallbackEvent }) => [SequenceNumber, StatusCallbackEvent]),
      [
        ["4", "participant-mute"],
        ["5", "participant-hold"],
        ["8", "conference-end"],
      ],
    )
  })
  it("ends when the last one leaves, and its calls' actions are told how it was", () => {
    const { annSid, bobSid, sid, stage } = meeting()
    const one = stage.when(at(30_000, callHungUp.draft(bobSid, {})))
    strictEqual(conferencesOf(one)[0].status, "in-progress")
    const { DialCallStatus } = paramsOf(sentBy(one, "twiml")[0]!)
    strictEqual(DialCallStatus, "answered")
    const over = one.when(at(31_000, callHungUp.draft(annSid, {})))
    deepStrictEqual(
      [conferencesOf(over)[0].status, conferencesOf(over)[0].reason_conference_ended],
      ["completed", "last-participant-left"],
    )
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
    deepStrictEqual(participantsOf(over, sid), [])
  })
  it("mutes, holds and removes participants", () => {
    const { annSid, bobSid, sid, stage } = meeting("participantLabel='the host'")
    const path = `${base}/Conferences/${sid}/Participants`
    const muted = stage.when(
      update(`${path}/the%20host.json`, [
        ["Muted", "true"],
        ["Hold", "true"],
      ]),
    )
    const { call_sid, hold, label, muted: isMuted } = answerOf(muted).body
    deepStrictEqual([call_sid, label, isMuted, hold], [annSid, "the host", true, true])
    deepStrictEqual(
      [participantsOf(muted, sid, { Muted: "true" }).length, participantsOf(muted, sid, { Hold: "false" }).length],
      [1, 1],
    )
    const kicked = muted.when(remove(`${path}/${bobSid}.json`))
    strictEqual(answerOf(kicked).status, 204)
    strictEqual(answerOf(kicked.when(get(`${path}/${bobSid}.json`))).status, 404)
    deepStrictEqual(
      sentBy(kicked, "twiml").map(({ subject }) => subject),
      [bobSid],
    )
  })
  it("is ended by the API: everybody goes on with their documents", () => {
    const { annSid, bobSid, sid, stage } = meeting()
    const over = stage.when(update(`${base}/Conferences/${sid}.json`, [["Status", "completed"]]))
    deepStrictEqual(
      [answerOf(over).body.status, answerOf(over).body.reason_conference_ended],
      ["completed", "conference-ended-via-api"],
    )
    deepStrictEqual(
      sentBy(over, "twiml")
        .map(({ subject }) => subject)
        .toSorted(),
      [annSid, bobSid].toSorted(),
    )
    strictEqual(answerOf(over.when(update(`${base}/Conferences/${sid}.json`, [["Status", "x"]]))).body.code, 20400)
  })
  it("that all go on to from another one is one conference", () => {
    const next = "<Dial><Conference>Next</Conference></Dial>"
    const chain = (attributes: string) =>
      `<Response><Dial><Conference ${attributes}>First</Conference></Dial>${next}</Response>`
    const first = calls(empty(), ann, chain("endConferenceOnExit='true'"))
    const [host = ""] = callSidsOf(first)
    const second = calls(ranUntil(first, 10_000), bob, chain(""))
    const third = ranUntil(calls(ranUntil(second, 20_000), cyd, chain("")), 30_000)
    const over = third.when(at(40_000, callHungUp.draft(host, {})))
    const open = conferencesOf(over, { Status: "in-progress" })
    deepStrictEqual(
      open.map(({ friendly_name }: { friendly_name: string }) => friendly_name),
      ["Next"],
    )
    strictEqual(participantsOf(over, open[0].sid).length, 2)
  })
  it("is left when the time of its Dial is over", () => {
    const one = calls(
      empty(),
      ann,
      `<Response><Dial timeLimit='30'><Conference>Short</Conference></Dial><Say>Over</Say></Response>`,
    )
    const over = ranUntil(one)
    deepStrictEqual(lifeOf(over).at(-1), [36_500, "completed"])
    strictEqual(nextTimer(over.world.slice(timersMachine)), undefined)
  })
  it("is recorded from its start where that is asked for", () => {
    const { annSid, bobSid, sid, stage } = meeting(
      "record='record-from-start' recordingStatusCallback='https://app.test/recorded'",
    )
    const over = stage.when(at(30_000, callHungUp.draft(annSid, {}))).when(at(36_000, callHungUp.draft(bobSid, {})))
    const told = paramsOf(sentBy(over, "callback")[0]!)
    deepStrictEqual([told.ConferenceSid, told.RecordingSource, told.RecordingStatus], [sid, "Conference", "completed"])
    const listed = answerOf(over.when(get(`${base}/Conferences/${sid}/Recordings.json`))).body.recordings
    deepStrictEqual([listed.length, listed[0].sid, listed[0].conference_sid], [1, told.RecordingSid, sid])
  })
})

describe("A participant that the API adds", () => {
  const adds = (stage: Stage, sid: string, changes: Readonly<Record<string, string>> = {}) =>
    stage.when(
      asked({
        path: `${base}/Conferences/${sid}/Participants.json`,
        params: callForm({ Twiml: undefined, To: cyd, ...changes }),
      }),
    )
  it("is called, and joins on answering", () => {
    const { sid, stage } = meeting()
    const added = adds(stage, sid, { Label: "guest", Muted: "true", EndConferenceOnExit: "true" })
    const { body, status } = answerOf(added)
    deepStrictEqual(
      [status, body.status, body.label, body.muted, body.conference_sid],
      [201, "queued", "guest", true, sid],
    )
    const there = ranUntil(added, 30_000)
    deepStrictEqual(lifeOf(there, body.call_sid).at(-1)?.[1], "in-progress")
    const [guest] = participantsOf(there, sid, { Muted: "true" })
    deepStrictEqual([guest.call_sid, guest.label, guest.end_conference_on_exit], [body.call_sid, "guest", true])
  })
  it("makes the conference of a name", () => {
    const added = adds(empty(), "Team%20%22A%22%20%3C1%3E")
    const there = ranUntil(added, 30_000)
    const [conference] = conferencesOf(there)
    deepStrictEqual([conference.friendly_name, conference.sid], ['Team "A" <1>', answerOf(added).body.conference_sid])
    deepStrictEqual(
      heard(there).filter((line) => line.startsWith("conference")),
      ['conference Team "A" <1>'],
    )
  })
  it("is refused as a call is, and where there is no such conference", () => {
    const { sid, stage } = meeting()
    strictEqual(answerOf(adds(stage, sid, { To: "1" })).body.code, 21211)
    strictEqual(answerOf(adds(stage, `CF${"0".repeat(32)}`)).body.code, 20404)
  })
})
