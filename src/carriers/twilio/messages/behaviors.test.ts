import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { answerOf, form, get, messagePath, post, ranUntil, remove, twilio } from "../../../../test/support/twilio.ts"
import type { MessageStatusChanged } from "../../delivery/entries.ts"
import { messageStatusChanged } from "../../delivery/entries.ts"
import type { Behavior, CarrierProfile } from "../../delivery/profiles.ts"
import { twilioMachine } from "../twilio.machine.ts"

const number = "+15559999999"

/** The statuses of a message to the number, each with when it came and its error code. */
const life = (behavior: Omit<Behavior, "number">, differently: Parameters<typeof twilio>[0] = {}) => {
  const sent = twilio({ behaviors: [{ number, ...behavior }], ...differently }).when(post(form({ To: number })))
  const ran = ranUntil(sent)
  const changes = ran.made.flatMap(({ entry }) =>
    messageStatusChanged.is(entry) ? [[entry.at, ...Object.values(entry.data as MessageStatusChanged)] as const] : [],
  )
  return { changes, sid: answerOf(sent).body.sid as string, ran }
}

describe("a number with a fate of its own", () => {
  it("takes the time it says for each status", () =>
    deepStrictEqual(
      life({ error_code: 30005, landing_ms: 40_000, outcome: "undelivered", sending_ms: 1_000 }).changes,
      [
        [1_000, "sending"],
        [1_000, "sent"],
        [41_000, 30005, "undelivered"],
      ],
    ))

  it("fails before it is sent", () =>
    deepStrictEqual(life({ error_code: 30003, outcome: "failed", sending_ms: 3_000 }).changes, [
      [3_000, 30003, "failed"],
    ]))

  it("wins over the list of failing numbers", () =>
    deepStrictEqual(life({ outcome: "delivered" }, { failure_numbers: [number] }).changes.at(-1), [4_000, "delivered"]))

  it("whose receipt never comes stays sent, leaves no timer, and is deleted like any other", () => {
    const { changes, ran, sid } = life({ outcome: "sent" })
    deepStrictEqual(changes, [
      [2_000, "sending"],
      [2_000, "sent"],
    ])
    strictEqual(answerOf(ran.when(get(messagePath(sid)))).body.status, "sent")
    strictEqual(ran.world.slice(twilioMachine).messages.bySid.get(sid)?.plan, undefined)
    strictEqual(answerOf(ran.when(remove(messagePath(sid)))).status, 204)
  })
})

describe("a carrier's throughput", () => {
  const slow: CarrierProfile = { filters: [], loss_bp: 0, name: "slow", segments_per_second: 2, to: ["+1555"] }
  const plans = (...recipients: ReadonlyArray<string>) => {
    let stage = twilio({ carriers: [slow], allowed_from_numbers: [] })
    return recipients.map((to, i) => {
      stage = stage.when(post(form({ To: to, From: `+1555000000${i}` })))
      const created = stage.made.find(({ entry }) => entry.type === "message.created")
      return (created?.entry.data as { plan: { wait_ms?: number } } | undefined)?.plan.wait_ms
    })
  }

  it("makes messages of all senders wait for each other, those of other carriers not", () =>
    deepStrictEqual(plans("+15551234567", "+15551234568", "+447700900123", "+15551234569"), [0, 500, undefined, 1_000]))

  it("is not used by a message that would expire before", () => {
    const sent = twilio({ carriers: [{ ...slow, segments_per_second: 1 }] })
      .when(post(form({ Body: "x".repeat(1_500) })))
      .when(post(form({ ValidityPeriod: "5" })))
    const busy = sent.world.slice(twilioMachine).messages.carriersBusyUntil
    deepStrictEqual([...busy], [["slow", 10_000]])
    const end = ranUntil(sent).made.flatMap(({ entry }) =>
      messageStatusChanged.is(entry) ? [entry.data.error_code] : [],
    )
    strictEqual(end.includes(30036), true)
  })
})
