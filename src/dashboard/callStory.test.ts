import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  type CallCreated,
  callCreated,
  callDeleted,
  callPartyDetected,
  callPressed,
  callSpoken,
  callStatusChanged,
  callUpdated,
} from "../carriers/twilio/calls/entries.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import { apiRequested, type Pair } from "../core/entries.ts"
import { callCopiesOf } from "./callCopies.ts"
import { callStory } from "./callStory.ts"
import { firstLines, lastLines } from "./transcriptLines.ts"

const sid = `CA${"1".repeat(32)}`
const account = `AC${"2".repeat(32)}`
const created: CallCreated = {
  account_sid: account,
  direction: "outbound-api",
  from: "+15550000001",
  instructions: { method: "POST", url: "https://app.test/voice" },
  price_micros: 14_000,
  status: "queued",
  time_limit_ms: 14_400_000,
  timeout_ms: 60_000,
  to: "+15551234567",
}

const entries = (...drafts: ReadonlyArray<Draft>): ReadonlyArray<Entry<unknown>> =>
  drafts.map(({ data, subject, type }, i) => ({
    seq: i + 5,
    at: i * 1_500,
    cause: 4,
    kind: "outcome",
    type,
    subject,
    data,
  }))
const story = (made: Partial<CallCreated>, ...drafts: ReadonlyArray<Draft>) =>
  callStory(entries(callCreated.draft(sid, { ...created, ...made }), ...drafts))

describe("the story of a call", () => {
  it("is its statuses with the time between them, how long it lasted, who answered, and what it cost", () => {
    const told = story(
      {},
      callStatusChanged.draft(sid, { status: "ringing" }),
      callStatusChanged.draft(sid, { status: "in-progress" }),
      callPartyDetected.draft(sid, { answered_by: "human", ms: 0 }),
      callStatusChanged.draft(sid, { price_micros: 14_000, sip_code: 200, status: "completed" }),
    )
    deepStrictEqual(
      told?.history.map(({ after, seq, status }) => [seq, status, after]),
      [
        [5, "queued", undefined],
        [6, "ringing", 1_500],
        [7, "in-progress", 1_500],
        [9, "completed", 3_000],
      ],
    )
    deepStrictEqual(
      [told?.seconds, told?.answeredBy, told?.priceMicros, told?.sipCode, told?.running, told?.deleted],
      [3, "human", 14_000, 200, false, false],
    )
  })
  it("can be told up to any entry", () => {
    const told = story({}, callStatusChanged.draft(sid, { status: "ringing" }))
    deepStrictEqual([told?.status, told?.seconds, told?.running], ["ringing", undefined, true])
  })
  it("knows what its application changed, and of a deletion", () => {
    const told = story(
      {},
      callUpdated.draft(sid, { instructions: { twiml: "<Response/>" } }),
      callDeleted.draft(sid, {}),
    )
    deepStrictEqual([told?.made.instructions, told?.deleted], [{ twiml: "<Response/>" }, true])
  })
  it("is none of what is no call", () =>
    strictEqual(callStory(entries(callStatusChanged.draft(sid, { status: "busy" }))), undefined))
})

describe("a call to copy", () => {
  const asking = (path: string, params: ReadonlyArray<Pair>): Entry<unknown> => ({
    seq: 4,
    at: 0,
    cause: 0,
    kind: "input",
    type: apiRequested.type,
    subject: "",
    data: { api: "twilio", method: "POST", params, path, query: [] },
  })
  const params: ReadonlyArray<Pair> = [
    ["To", "+15551234567"],
    ["From", "+15550000001"],
    ["Twiml", '<Response><Say>It\'s "on"</Say></Response>'],
    ["StatusCallbackEvent", "ringing"],
    ["Record", "true"],
  ]
  const texts = (made: Partial<CallCreated>, by?: Entry<unknown>) => {
    const told = story(made)
    return new Map(told && callCopiesOf(told, by, "http://127.0.0.1:8080").map(({ label, text }) => [label, text]))
  }
  const calls = `/2010-04-01/Accounts/${account}/Calls.json`
  it("is a line of curl with what was asked, and no token", () => {
    const text = texts({}, asking(calls, params)).get("curl") ?? ""
    deepStrictEqual(text.split(" \\\n  "), [
      `curl http://127.0.0.1:8080${calls}`,
      `-u "${account}:$TWILIO_AUTH_TOKEN"`,
      "--data-urlencode 'To=+15551234567'",
      "--data-urlencode 'From=+15550000001'",
      `--data-urlencode 'Twiml=<Response><Say>It'\\''s "on"</Say></Response>'`,
      "--data-urlencode 'StatusCallbackEvent=ringing'",
      "--data-urlencode 'Record=true'",
    ])
  })
  it("is a call of the SDK, in which events are a list", () =>
    deepStrictEqual((texts({}, asking(calls, params)).get("SDK call") ?? "").split("\n"), [
      "await client.calls.create({",
      '  to: "+15551234567",',
      '  from: "+15550000001",',
      '  twiml: "<Response><Say>It\'s \\"on\\"</Say></Response>",',
      '  statusCallbackEvent: ["ringing"],',
      '  record: "true",',
      "})",
    ]))
  it("is a step of a scenario", () =>
    deepStrictEqual((texts({}, asking(calls, params)).get("scenario step") ?? "").split("\n"), [
      "- call:",
      '    to: "+15551234567"',
      '    from: "+15550000001"',
      '    twiml: "<Response><Say>It\'s \\"on\\"</Say></Response>"',
      '    status_callback_event: ["ringing"]',
      '    params: {"Record":"true"}',
    ]))
  it("of a phone is what the phone did", () => {
    const all = texts({ direction: "inbound", script: [{ do: "press", text: "1#" }, { do: "hang up" }] })
    strictEqual(
      all.get("command"),
      "ringback call --from '+15550000001' --to '+15551234567' --then 'press 1#' --then 'hang up'",
    )
    strictEqual(all.get("curl")?.endsWith(`"then":["press 1#","hang up"]}'`), true)
    strictEqual(all.get("scenario step")?.startsWith('- ring:\n    from: "+15550000001"'), true)
  })
  it("is nothing where another call or a conference made it", () => {
    strictEqual(texts({ direction: "outbound-dial" }).size, 0)
    strictEqual(texts({}, asking(`/2010-04-01/Accounts/${account}/Conferences/x/Participants.json`, [])).size, 0)
  })
})

describe("lines of a transcript", () => {
  const long = (words: string) => callSpoken.draft(sid, { confidence_bp: 9_000, text: words })
  it("are the first ones, and how many follow; or the last ones", () => {
    const all = entries(...Array.from({ length: 200 }, (_, i) => callPressed.draft(sid, { digits: String(i) })))
    const { lines, moreLines } = firstLines(all)
    deepStrictEqual([lines.length, lines.at(-1)?.digits, moreLines], [150, "149", 50])
    deepStrictEqual(
      lastLines(all, 2).map(({ digits, what }) => [what, digits]),
      [
        ["pressed", "198"],
        ["pressed", "199"],
      ],
    )
  })
  it("are shortened where they are long", () => {
    const [whole, cut] = firstLines(entries(long("x".repeat(600)), long("x".repeat(601)))).lines
    deepStrictEqual([whole?.text?.length, cut?.text?.length, cut?.text?.at(-1)], [600, 601, "…"])
  })
})
