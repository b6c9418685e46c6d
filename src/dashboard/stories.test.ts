import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  type MessageCreated,
  messageCreated,
  messageDeleted,
  messageRedacted,
  messageStatusChanged,
} from "../carriers/delivery/entries.ts"
import type { SeenMessage } from "../carriers/delivery/seen.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import { apiRequested } from "../core/entries.ts"
import { conversation, latePairs } from "./conversation.ts"
import { copiesOf } from "./copies.ts"
import { faultSwitches } from "./faultSwitches.ts"
import { messageStory } from "./messageStory.ts"
import type { MessagesSource } from "./Shown.ts"

const sid = `SM${"1".repeat(32)}`
const account = `AC${"2".repeat(32)}`
const created: MessageCreated = {
  account_sid: account,
  body: 'It\'s "on" its way',
  direction: "outbound-api",
  from: "",
  num_media: 0,
  num_segments: 1,
  status: "accepted",
  to: "+15551234567",
}

const entries = (...drafts: ReadonlyArray<Draft>): ReadonlyArray<Entry<unknown>> =>
  drafts.map(({ data, subject, type }, i) => ({
    seq: i + 5,
    at: i * 1_000,
    cause: 4,
    kind: "outcome",
    type,
    subject,
    data,
  }))
const story = (...drafts: ReadonlyArray<Draft>) => messageStory(entries(messageCreated.draft(sid, created), ...drafts))

describe("the story of a message", () => {
  it("is its statuses with the time between them, its sender as it was chosen, and its error", () => {
    const told = story(
      messageStatusChanged.draft(sid, { from: "+15550000001", status: "queued" }),
      messageStatusChanged.draft(sid, { error_code: 30005, status: "failed" }),
    )
    deepStrictEqual(
      told?.history.map(({ after, errorCode, seq, status }) => [seq, status, after, errorCode]),
      [
        [5, "accepted", undefined, undefined],
        [6, "queued", 1_000, undefined],
        [7, "failed", 1_000, 30005],
      ],
    )
    deepStrictEqual([told?.from, told?.status, told?.errorCode], ["+15550000001", "failed", 30005])
  })
  it("keeps no text that was taken out, and knows of a deletion", () => {
    const told = story(messageRedacted.draft(sid, {}), messageDeleted.draft(sid, {}))
    deepStrictEqual([told?.body, told?.deleted], [undefined, true])
  })
  it("is none of what is no message", () =>
    strictEqual(messageStory(entries(messageRedacted.draft(sid, {}))), undefined))
})

describe("a message to copy", () => {
  const asking: Entry<unknown> = {
    seq: 4,
    at: 0,
    cause: 0,
    kind: "input",
    type: apiRequested.type,
    subject: "",
    data: {
      api: "twilio",
      method: "POST",
      params: [
        ["To", "+15551234567"],
        ["Body", created.body],
        ["MediaUrl", "https://a.example/1.png"],
        ["MediaUrl", "https://a.example/2.png"],
        ["StatusCallback", "https://app.test/x"],
        ["ProvideFeedback", "true"],
      ],
      path: "",
      query: [],
    },
  }
  const texts = (direction: MessageCreated["direction"], by: Entry<unknown> | undefined) => {
    const told = messageStory(entries(messageCreated.draft(sid, { ...created, direction })))
    return new Map(told && copiesOf(told, by, "http://127.0.0.1:8080").map(({ label, text }) => [label, text]))
  }
  it("is a line of curl with what was asked, quoted for a shell, and no token", () => {
    const text = texts("outbound-api", asking).get("curl") ?? ""
    strictEqual(text.includes(`--data-urlencode 'Body=It'\\''s "on" its way'`), true)
    strictEqual(text.split("--data-urlencode").length, 7)
    strictEqual(text.includes(`-u "${account}:$TWILIO_AUTH_TOKEN"`), true)
  })
  it("is a call of the SDK that parses", () => {
    const text = texts("outbound-api", asking).get("SDK call") ?? ""
    strictEqual(text.includes('  mediaUrl: ["https://a.example/1.png","https://a.example/2.png"],'), true)
    strictEqual(text.includes('  body: "It\'s \\"on\\" its way",'), true)
  })
  it("is a step of a scenario", () => {
    const text = texts("outbound-api", asking).get("scenario step") ?? ""
    deepStrictEqual(text.split("\n"), [
      "- send:",
      '    to: "+15551234567"',
      '    body: "It\'s \\"on\\" its way"',
      '    status_callback: "https://app.test/x"',
      '    media: ["https://a.example/1.png","https://a.example/2.png"]',
      '    params: {"ProvideFeedback":"true"}',
    ])
  })
  it("of a phone is what the phone did", () => {
    const all = texts("inbound", undefined)
    deepStrictEqual([...all.keys()], ["curl", "command", "scenario step"])
    strictEqual(all.get("curl")?.includes("/admin/inbound"), true)
  })
  it("of a reply is what it would be to send it", () =>
    strictEqual(texts("outbound-reply", undefined).get("curl")?.includes("'To=+15551234567'"), true))
})

const seen = (n: number, from: string, to: string, direction: SeenMessage["direction"]): SeenMessage => ({
  sid: `SM${n}`,
  accountSid: account,
  serviceSid: undefined,
  direction,
  from,
  to,
  body: String(n),
  status: "delivered",
  errorCode: undefined,
  numMedia: 0,
  numSegments: 1,
  created: n,
  updated: n,
  sent: n,
})
const all = [
  seen(1, "+1A", "+1N", "inbound"),
  seen(2, "+1N", "+1A", "outbound-reply"),
  seen(3, "+1M", "+1A", "outbound-api"),
  seen(4, "+1N", "+1B", "outbound-api"),
  seen(5, "+1A", "+1N", "inbound"),
].reverse()
const source: MessagesSource = {
  count: () => all.length,
  newest: (_, { from, to } = {}) =>
    all.filter((each) => (to ?? each.to) === each.to && (from ?? each.from) === each.from),
  bySid: (wanted) => all.find((each) => each.sid === wanted),
}

describe("a conversation", () => {
  it("is what two numbers said to each other, oldest first", () =>
    deepStrictEqual(
      conversation(source, { phone: "+1A", number: "+1N" }).map(({ sid: each }) => each),
      ["SM1", "SM2", "SM5"],
    ))
  it("is listed by who talked last", () =>
    deepStrictEqual(
      latePairs(source).map(({ last, number, phone }) => [phone, number, last.sid]),
      [
        ["+1A", "+1N", "SM5"],
        ["+1B", "+1N", "SM4"],
        ["+1A", "+1M", "SM3"],
      ],
    ))
})

describe("switches of faults", () => {
  const own = { percent: 5, status: 500 }
  const switched = (settings: Parameters<typeof faultSwitches>[0], label: string) =>
    faultSwitches(settings).find((each) => each.label === label)
  it("leave faults of the settings file as they are", () => {
    const off = switched({ twilio: { faults: [own] } }, "API answers 429")
    const fault = { path: "/2010-04-01/*", status: 429 }
    deepStrictEqual([off?.on, off?.patch], [false, { twilio: { faults: [own, fault] } }])
    const on = switched({ twilio: { faults: [own, fault] } }, "API answers 429")
    deepStrictEqual([on?.on, on?.patch], [true, { twilio: { faults: [own] } }])
    deepStrictEqual(switched({ twilio: { faults: [fault] } }, "API answers 429")?.patch, { twilio: { faults: null } })
  })
  it("turn the rates of callbacks", () => {
    deepStrictEqual(switched({}, "Callbacks get lost")?.patch, { callbacks: { faults: { lost_percent: 50 } } })
    const on = switched({ callbacks: { faults: { lost_percent: 3 } } }, "Callbacks get lost")
    deepStrictEqual([on?.on, on?.patch], [true, { callbacks: { faults: { lost_percent: null } } }])
  })
})
