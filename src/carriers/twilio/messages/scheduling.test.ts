import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import {
  answerOf,
  type Differently,
  form,
  get,
  messagePath,
  post,
  ranUntil,
  twilio,
  update,
} from "../../../../test/support/twilio.ts"
import { timersMachine } from "../../../clock/timers.machine.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { outboundRequested } from "../../../core/entries.ts"
import { iso, isoSeconds } from "../../../core/Instant.ts"
import { messageStatusChanged } from "../../delivery/entries.ts"

const sid = sidOf("SM", 1, 0)
const service = `MG${"0".repeat(31)}1`
const now = Date.parse("2030-05-01T12:00:00Z")
const minute = 60_000
const day = 24 * 60 * minute

type Changes = Record<string, string | undefined>
const ofService = (changes: Changes = {}) => form({ From: undefined, MessagingServiceSid: service, ...changes })
const schedule = (sendAt: string, changes: Changes = {}) =>
  ofService({ ScheduleType: "fixed", SendAt: sendAt, ...changes })
const asks = (changes: ReturnType<typeof form>, settings?: Differently) =>
  twilio(settings).when({ ...post(changes), at: now })

/** What a message went through: its statuses with the ms since it was sent in, and the ErrorCode of the last. */
const livedIn = ({ made }: Stage, of = sid) =>
  made
    .map(({ entry }) => entry)
    .filter(messageStatusChanged.is)
    .filter(({ subject }) => subject === of)
    .map(({ at, data }) => [data.status, at - now, ...(data.error_code === undefined ? [] : [data.error_code])])
const lived = (stage: Stage, of = sid) => livedIn(ranUntil(stage), of)

const reportsIn = ({ made }: Stage) =>
  made
    .map(({ entry }) => entry)
    .filter(outboundRequested.is)
    .map(({ data }) => new Map(data.params))

describe("a message of a service", () => {
  const sent = () => asks(ofService({ StatusCallback: "https://app.test/s" }))

  it("is accepted without a sender, segments, or a currency", () => {
    const { body, status } = answerOf(sent())
    deepStrictEqual(
      [status, body.status, body.from, body.messaging_service_sid, body.num_segments, body.price, body.price_unit],
      [201, "accepted", null, service, "0", null, null],
    )
  })

  it("has them all once it is queued, which it is at once", () => {
    const { body } = answerOf(sent().when(get(messagePath(sid))))
    deepStrictEqual([body.status, body.num_segments, body.price_unit], ["queued", "1", "USD"])
    strictEqual(/^\+1555\d{7}$/.test(body.from), true)
  })

  it("lives on as any other", () =>
    deepStrictEqual(lived(sent()), [
      ["queued", 0],
      ["sending", 2_000],
      ["sent", 2_000],
      ["delivered", 4_000],
    ]))

  it("reports that it is queued, too, and its service with it", () => {
    const told = reportsIn(ranUntil(sent()))
    deepStrictEqual(
      told.map((params) => params.get("MessageStatus")),
      ["queued", "sent", "delivered"],
    )
    for (const params of told) strictEqual(params.get("MessagingServiceSid"), service)
  })

  it("is sent from the first number that is allowed", () => {
    const stage = asks(ofService(), { allowed_from_numbers: ["+15550000007"] })
    strictEqual(answerOf(stage.when(get(messagePath(sid)))).body.from, "+15550000007")
  })

  it("is sent from the number it names", () => {
    const stage = asks(ofService({ From: "+15550000009" }))
    strictEqual(answerOf(stage).body.from, "+15550000009")
    strictEqual(answerOf(stage).body.status, "accepted")
    strictEqual(answerOf(stage.when(get(messagePath(sid)))).body.from, "+15550000009")
  })
})

describe("a scheduled message", () => {
  const at = isoSeconds(now + 20 * minute)

  it("is scheduled, and nothing happens before its hour", () => {
    const stage = asks(schedule(at, { StatusCallback: "https://app.test/s" }))
    const { body } = answerOf(stage)
    deepStrictEqual(
      [body.status, body.from, body.num_segments, body.date_sent, body.price_unit],
      ["scheduled", null, "0", null, null],
    )
    const ran = ranUntil(stage)
    deepStrictEqual(livedIn(ran), [
      ["queued", 20 * minute],
      ["sending", 20 * minute + 2_000],
      ["sent", 20 * minute + 2_000],
      ["delivered", 20 * minute + 4_000],
    ])
    deepStrictEqual(
      reportsIn(ran).map((params) => params.get("MessageStatus")),
      ["queued", "sent", "delivered"],
    )
  })

  it("that is canceled reports it, and leaves nothing to do", () => {
    const stage = asks(schedule(at, { StatusCallback: "https://app.test/s" })).when(
      update(messagePath(sid), [["Status", "canceled"]]),
    )
    strictEqual(stage.world.slice(timersMachine).byKey.size, 0)
    deepStrictEqual(
      reportsIn(ranUntil(stage)).map((params) => params.get("MessageStatus")),
      ["canceled"],
    )
  })

  it.each([
    ["15 minutes ahead", iso(now + 15 * minute), undefined],
    ["less", iso(now + 15 * minute - 1), 35114],
    ["35 days ahead", iso(now + 35 * day), undefined],
    ["more", iso(now + 35 * day + 1), 35114],
    ["in the past of the run", "2029-12-31T23:59:59Z", 35114],
    ["at no instant", "tomorrow", 35114],
    ["without a zone", "2030-05-01T13:00:00", 35114],
  ] as const)("%s is taken, or refused (%s)", (_, sendAt, code) =>
    strictEqual(answerOf(asks(schedule(sendAt))).body.code, code),
  )

  it("that is refused tells the window and the run's own time", () =>
    strictEqual(
      answerOf(asks(schedule("2026-01-01T00:00:00Z"))).body.message,
      "SendAt must be at least 15m and at most 35d from now; it is now 2030-05-01T12:00:00Z",
    ))

  it.each([
    ["without SendAt", { SendAt: undefined }, 35111],
    ["without a service", { MessagingServiceSid: undefined, From: "+15550000001" }, 35118],
    ["without ScheduleType", { ScheduleType: undefined }, 20400],
    ["with another ScheduleType", { ScheduleType: "optimize" }, 20400],
    ["on a channel that cannot", { To: "messenger:123" }, 35126],
  ] as const)("%s is refused", (_, changes, code) =>
    deepStrictEqual(answerOf(asks(schedule(at, changes))).body.code, code),
  )

  it("has the window that is set", () => {
    const scheduling = { max_ms: 7 * day, messages_max: 1, min_ms: 5 * minute }
    const code = (sendAt: number) => answerOf(asks(schedule(iso(sendAt)), { scheduling })).body.code
    deepStrictEqual([now + 5 * minute, now + 5 * minute - 1, now + 7 * day, now + 7 * day + 1].map(code), [
      undefined,
      35115,
      undefined,
      35115,
    ])
  })

  it("is one too many when as many wait as may, and not when one has gone", () => {
    const scheduling = { max_ms: 7 * day, messages_max: 1, min_ms: 5 * minute }
    const one = () => asks(schedule(at), { scheduling })
    strictEqual(answerOf(one().when(post(schedule(at)))).body.code, 35125)
    const gone = one().when(update(messagePath(sid), [["Status", "canceled"]]))
    strictEqual(answerOf(gone.when(post(schedule(at)))).body.status, "scheduled")
    const queued = ranUntil(one(), now + 20 * minute)
    strictEqual(answerOf(queued.when(post(schedule(isoSeconds(now + 60 * minute))))).body.status, "scheduled")
  })
})

describe("a message's validity", () => {
  it("that ends before the message is sent makes it fail with 30036", () =>
    deepStrictEqual(lived(asks(form({ ValidityPeriod: "1" }))), [["failed", 1_000, 30036]]))

  it("that is as long as its way takes is long enough", () =>
    deepStrictEqual(lived(asks(form({ ValidityPeriod: "2" }))).at(-1), ["delivered", 4_000]))

  it("counts from its hour when it is scheduled", () =>
    deepStrictEqual(lived(asks(schedule(isoSeconds(now + 20 * minute), { ValidityPeriod: "1" }))), [
      ["queued", 20 * minute],
      ["failed", 20 * minute + 1_000, 30036],
    ]))
})

describe("a sender with a rate", () => {
  const rate = { queue_ms: 3_000, segments_per_second: 1 }
  const send = (stage: Stage, changes: Changes = {}) => stage.when({ ...post(form(changes)), at: now })
  const sidOfNth = (n: number) => sidOf("SM", 1, n)

  it("sends so many segments a second, each message after those before it", () => {
    const stage = send(send(send(twilio({ rate }), { Body: "x".repeat(161) })), { From: "+15550000002" })
    const ran = ranUntil(stage)
    deepStrictEqual(
      [0, 1, 2].map((n) => livedIn(ran, sidOfNth(n)).find(([status]) => status === "sent")?.[1]),
      [2_000, 4_000, 2_000],
    )
  })

  it("refuses with 21611 what its queue cannot hold, and takes it again once there is room", () => {
    const full = send(twilio({ rate }), { Body: "x".repeat(400) })
    strictEqual(answerOf(full).status, 201)
    const refused = answerOf(send(full))
    deepStrictEqual([refused.status, refused.body.code], [429, 21611])
    strictEqual(answerOf(ranUntil(full, now).when({ ...post(form({})), at: now + 1_000 })).status, 201)
  })

  it("of a service whose queue is full lets the message fail with 30001", () => {
    const twice = asks(ofService({ Body: "x".repeat(400) }), { rate }).when({ ...post(ofService()), at: now })
    strictEqual(answerOf(twice).body.status, "accepted")
    deepStrictEqual(livedIn(twice, sidOfNth(1)), [["failed", 0, 30001]])
  })

  it("leaves no place to a message that would expire in the queue", () => {
    const stage = send(send(send(twilio({ rate }), { Body: "x".repeat(161) }), { ValidityPeriod: "3" }), {})
    const ran = ranUntil(stage)
    deepStrictEqual(livedIn(ran, sidOfNth(1)), [["failed", 3_000, 30036]])
    deepStrictEqual(livedIn(ran, sidOfNth(2)).at(-1), ["delivered", 6_000])
  })

  it("bills by the segment, once the message is sent", () => {
    const stage = send(twilio({ price_micros: 7_900 }), { Body: "x".repeat(161) })
    const price = (at: Stage) => answerOf(at.when(get(messagePath(sid)))).body.price
    deepStrictEqual([price(stage), price(ranUntil(stage))], [null, "-0.01580"])
  })
})
