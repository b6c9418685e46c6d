import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  base,
  callee,
  callees,
  callPath,
  dials,
  paramsOf,
  sentBy,
  sidOf,
  talks,
} from "../../../../test/support/calls.ts"
import { at, type Stage } from "../../../../test/support/given.ts"
import { answerOf, asked, get, ranUntil, remove, update } from "../../../../test/support/twilio.ts"
import type { ApiResponded, Pair } from "../../../core/entries.ts"
import { mp3, wav } from "./sound.ts"

const list = (stage: Stage, query: Readonly<Record<string, string>> = {}) =>
  answerOf(stage.when(get(`${base}/Recordings.json`, Object.entries(query)))).body.recordings

const records = (verb: string, words = "A message of some length") => talks(verb, [{ do: "speak", text: words }])

describe("A recording by <Record>", () => {
  it("holds what was said, and is told to the action and to its callback", () => {
    const stage = records(
      "<Record action='https://app.test/recorded' recordingStatusCallback='https://app.test/status'/>",
    )
    const { RecordingDuration, RecordingSid, RecordingUrl, Digits } = paramsOf(sentBy(stage, "twiml")[0]!)
    const told = paramsOf(sentBy(stage, "callback")[0]!)
    deepStrictEqual(
      [told.RecordingSid, told.RecordingStatus, told.RecordingDuration],
      [RecordingSid, "completed", RecordingDuration],
    )
    strictEqual(Number(RecordingDuration) > 0, true)
    strictEqual(RecordingUrl, `${base}/Recordings/${RecordingSid}`)
    deepStrictEqual(sentBy(stage, "twiml")[0]?.data.absolute, ["RecordingUrl"])
    strictEqual(Digits === "" || Digits === undefined, true)
    const [listed] = list(stage)
    deepStrictEqual(
      [listed.sid, listed.duration, listed.source, listed.status, listed.channels],
      [RecordingSid, RecordingDuration, "RecordVerb", "completed", 1],
    )
  })
  it("is absent where nothing is said, and the next verb follows", () => {
    const stage = talks(
      "<Record timeout='2' action='https://app.test/recorded' recordingStatusCallback='https://app.test/s' recordingStatusCallbackEvent='absent'/><Say>x</Say>",
    )
    deepStrictEqual(sentBy(stage, "twiml").length, 0)
    strictEqual(paramsOf(sentBy(stage, "callback")[0]!).RecordingStatus, "absent")
  })
})

describe("A recording by the API", () => {
  const talking = () => {
    const made = dials(
      { Twiml: "<Response><Pause length='600'/></Response>" },
      callees({ number: callee, outcome: "answered" }),
    )
    const sid = sidOf(made)
    return { sid, path: callPath(sid).replace(".json", "/Recordings"), stage: ranUntil(made, 10_000) }
  }
  it("begins, pauses, goes on and ends", () => {
    const { path, sid, stage } = talking()
    const begun = stage.when(at(10_000, asked({ path: `${path}.json`, params: [["RecordingChannels", "dual"]] })))
    const { body, status } = answerOf(begun)
    deepStrictEqual(
      [status, body.status, body.channels, body.source, body.duration, body.track],
      [201, "in-progress", 2, "StartCallRecordingAPI", null, "both"],
    )
    const paused = begun.when(
      at(
        13_000,
        update(`${path}/Twilio.CURRENT.json`, [
          ["Status", "paused"],
          ["PauseBehavior", "skip"],
        ]),
      ),
    )
    strictEqual(answerOf(paused).body.status, "paused")
    const on = paused.when(at(20_000, update(`${path}/${body.sid}.json`, [["Status", "in-progress"]])))
    const over = on.when(at(22_000, update(`${path}/${body.sid}.json`, [["Status", "stopped"]])))
    deepStrictEqual([answerOf(over).body.status, answerOf(over).body.duration], ["completed", "5"])
    strictEqual(answerOf(over.when(update(`${path}/${body.sid}.json`, [["Status", "paused"]]))).body.code, 21220)
    deepStrictEqual(list(over, { CallSid: sid }).length, 1)
    deepStrictEqual(list(over, { ConferenceSid: "CF1" }).length, 0)
    deepStrictEqual(list(over, { "DateCreated>": "1970-01-02" }).length, 0)
    strictEqual(answerOf(over.when(remove(`${path}/${body.sid}.json`))).status, 204)
    strictEqual(
      answerOf(over.when(remove(`${path}/${body.sid}.json`)).when(get(`${base}/Recordings/${body.sid}.json`))).status,
      404,
    )
  })
  it("tells each of its statuses once, however often it pauses", () => {
    const { path, stage } = talking()
    const params: ReadonlyArray<Pair> = [
      ["RecordingStatusCallback", "https://app.test/status"],
      ["RecordingStatusCallbackEvent", "in-progress completed absent"],
    ]
    let here = stage.when(at(10_000, asked({ path: `${path}.json`, params })))
    const told = [...sentBy(here, "callback")]
    for (const [i, Status] of ["paused", "in-progress", "paused", "in-progress", "stopped"].entries()) {
      here = here.when(at(11_000 + 1_000 * i, update(`${path}/Twilio.CURRENT.json`, [["Status", Status]])))
      told.push(...sentBy(here, "callback"))
    }
    deepStrictEqual(
      told.map((each) => paramsOf(each).RecordingStatus),
      ["in-progress", "completed"],
    )
    strictEqual(new Set(told.map(({ data }) => data.token)).size, 2)
  })
  it("is refused of a call that is not in progress", () => {
    const made = dials()
    const path = callPath(sidOf(made)).replace(".json", "/Recordings.json")
    strictEqual(answerOf(made.when(asked({ path }))).body.code, 21220)
  })
  it.each([[["Status", "x"]], [["Nothing", ""]]] as const)("is refused what is no change: %j", (pair) => {
    const { path, stage } = talking()
    const begun = stage.when(asked({ path: `${path}.json` }))
    strictEqual(answerOf(begun.when(update(`${path}/${answerOf(begun).body.sid}.json`, [pair]))).body.code, 20400)
  })
  it("ends with its call, and its bytes are a WAV of its length, or an MP3", () => {
    const { path, sid, stage } = talking()
    const begun = stage.when(at(10_000, asked({ path: `${path}.json` })))
    const recording = answerOf(begun).body.sid
    const live = begun.when(get(`${base}/Recordings/${recording}`))
    strictEqual(answerOf(live).status, 404)
    const over = begun.when(at(12_500, update(callPath(sid), [["Status", "completed"]])))
    const bytesAt = (suffix: string) => {
      const { aside = "", entry } = over.when(get(`${base}/Recordings/${recording}${suffix}`)).made.at(-1)!
      const { content_type } = entry.data as Extract<ApiResponded, { rendered_at: number }>
      return { bytes: Buffer.from(aside, "latin1"), content_type }
    }
    const sound = bytesAt("")
    deepStrictEqual(bytesAt(".wav").bytes.equals(sound.bytes), true)
    deepStrictEqual(
      [sound.content_type, sound.bytes.toString("latin1", 0, 4), sound.bytes.length],
      ["audio/x-wav", "RIFF", 44 + 40_000],
    )
    strictEqual(bytesAt(".mp3").content_type, "audio/mpeg")
  })
})

describe("The sound of a recording", () => {
  it.each([
    [1, 1, 8_000],
    [60_000, 2, 8_000],
    [1_048_573, 1, 8_000],
    [1_048_574, 1, 4_000],
    [24 * 3_600_000, 2, 31],
  ] as const)("of %s ms in %s channels has %s samples a second", (ms, channels, rate) => {
    const bytes = Buffer.from(wav("RE0a", ms, channels))
    const [size, found, perSecond] = [4, 24, 28].map((offset) => bytes.readUInt32LE(offset))
    deepStrictEqual([size, found, perSecond], [bytes.length - 8, rate, rate * channels * 2])
    strictEqual(bytes.length <= 16 * 1024 * 1024, true)
  })
  it("is a row of MP3 frames that last as long", () => {
    const bytes = mp3(1_000)
    strictEqual(bytes.length % 72, 0)
    strictEqual(bytes.length >= 1_000, true)
    for (let at = 0; at < bytes.length; at += 72) deepStrictEqual([...bytes.slice(at, at + 2)], [0xff, 0xe3])
  })
})
