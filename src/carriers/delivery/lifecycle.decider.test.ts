import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { given } from "../../../test/support/given.ts"
import { MessageStatus, messageStatusChanged, type Plan } from "./entries.ts"
import { decide, type MessageCommand, type MessageState, NotInState, terminal } from "./lifecycle.decider.ts"

const sid = "SM1"
const handOver: MessageCommand = { _tag: "HandOver", sid }
const land: MessageCommand = { _tag: "Land", sid }
const message = given(decide)

const plan = (outcome: Plan["outcome"], error_code?: number): Plan => ({
  delay_ms: 2_000,
  outcome,
  ...(error_code === undefined ? {} : { error_code }),
})
const queued = (...about: Parameters<typeof plan>): MessageState => ({ _tag: "Queued", plan: plan(...about) })
const sent = (...about: Parameters<typeof plan>): MessageState => ({ _tag: "Sent", plan: plan(...about) })
const done = (status: MessageStatus): MessageState => ({ _tag: "Done", status })
const becomes = (status: MessageStatus, error_code?: number) =>
  messageStatusChanged.draft(sid, error_code === undefined ? { status } : { error_code, status })

describe("handing a message over", () => {
  it("to be delivered sends it", () =>
    message(queued("delivered")).when(handOver).then(becomes("sending"), becomes("sent")))

  it("to be undelivered sends it, and tells no error yet", () =>
    message(queued("undelivered", 30003)).when(handOver).then(becomes("sending"), becomes("sent")))

  it("that is planned to fail fails at once, with its error", () =>
    message(queued("failed", 30008)).when(handOver).then(becomes("failed", 30008)))

  it("that is planned to fail without a code fails without one", () =>
    message(queued("failed")).when(handOver).then(becomes("failed")))

  it.each([
    ["Sent", sent("delivered")],
    ["Sent", sent("failed", 30008)],
    ...MessageStatus.literals.map((status) => ["Done", done(status)] as const),
  ] as const)("is refused when it is %s (%j)", (actual, state) =>
    message(state)
      .when(handOver)
      .refused(new NotInState({ wanted: ["Queued"], actual })),
  )
})

describe("a message's landing", () => {
  it("delivers it", () => message(sent("delivered")).when(land).then(becomes("delivered")))

  it("that is planned to go wrong leaves it undelivered, with its error", () =>
    message(sent("undelivered", 30003)).when(land).then(becomes("undelivered", 30003)))

  it("that is planned to go wrong without a code leaves it undelivered without one", () =>
    message(sent("undelivered")).when(land).then(becomes("undelivered")))

  it("of one that was to fail before it was sent leaves it undelivered", () =>
    message(sent("failed", 30008)).when(land).then(becomes("undelivered", 30008)))

  it.each([
    ["Queued", queued("delivered")],
    ["Queued", queued("failed", 30008)],
    ...MessageStatus.literals.map((status) => ["Done", done(status)] as const),
  ] as const)("is refused when it is %s (%j)", (actual, state) =>
    message(state)
      .when(land)
      .refused(new NotInState({ wanted: ["Sent"], actual })),
  )
})

describe("a message of a service", () => {
  const queuedWith = { from: "+15550000001", num_segments: 2, plan: plan("delivered") }
  const enqueue: MessageCommand = { _tag: "Enqueue", sid, queued: queuedWith }
  const giveUp: MessageCommand = { _tag: "GiveUp", sid, errorCode: 30001 }
  const cancel: MessageCommand = { _tag: "Cancel", sid }
  const accepted: MessageState = { _tag: "Accepted", plan: plan("delivered") }
  const scheduled: MessageState = { _tag: "Scheduled", plan: plan("delivered") }
  const elsewhere = [
    queued("delivered"),
    sent("delivered"),
    ...MessageStatus.literals.map((status) => done(status)),
  ] as const

  it.each([accepted, scheduled])("that waits joins its sender's queue, or fails (%j)", (state) => {
    message(state)
      .when(enqueue)
      .then(messageStatusChanged.draft(sid, { ...queuedWith, status: "queued" }))
    message(state).when(giveUp).then(becomes("failed", 30001))
  })

  it("that is scheduled can be canceled", () => message(scheduled).when(cancel).then(becomes("canceled")))

  it.each([accepted, ...elsewhere])("that is not scheduled cannot (%j)", (state) =>
    message(state)
      .when(cancel)
      .refused(new NotInState({ wanted: ["Scheduled"], actual: state._tag })),
  )

  it.each(elsewhere)("that no longer waits joins no queue (%j)", (state) =>
    message(state)
      .when(enqueue)
      .refused(new NotInState({ wanted: ["Accepted", "Scheduled"], actual: state._tag })),
  )

  it("that is queued can be given up", () => message(queued("delivered")).when(giveUp).then(becomes("failed", 30001)))

  it.each(elsewhere.slice(1))("that is on its way or has ended cannot be given up (%j)", (state) =>
    message(state)
      .when(giveUp)
      .refused(new NotInState({ wanted: ["Accepted", "Scheduled", "Queued"], actual: state._tag })),
  )

  it.each([accepted, scheduled])("that waits is neither handed over nor lands (%j)", (state) => {
    message(state)
      .when(handOver)
      .refused(new NotInState({ wanted: ["Queued"], actual: state._tag }))
    message(state)
      .when(land)
      .refused(new NotInState({ wanted: ["Sent"], actual: state._tag }))
  })
})

describe("refusals", () => {
  it("say what was wrong, so that one is not taken for another", () => {
    const outcome = decide(queued("delivered"), land)
    assertTrue(Either.isLeft(outcome))
    for (const other of [
      new NotInState({ wanted: ["Sent"], actual: "Done" }),
      new NotInState({ wanted: ["Queued"], actual: "Queued" }),
    ]) {
      let same = true
      try {
        message(queued("delivered")).when(land).refused(other)
      } catch {
        same = false
      }
      assertFalse(same)
    }
  })
})

describe("a terminal status", () => {
  it("is one that nothing follows", () => {
    const ends = new Set<string>(["delivered", "undelivered", "failed", "received", "read", "canceled"])
    for (const status of MessageStatus.literals) assertTrue(terminal.has(status) === ends.has(status), status)
  })

  it("is where every plan ends", () => {
    for (const outcome of ["delivered", "undelivered", "failed"] as const) {
      const handed = Either.getOrThrow(decide(queued(outcome), handOver))
      const last = handed.at(-1)?.data as { status: MessageStatus }
      if (terminal.has(last.status)) continue
      const landed = Either.getOrThrow(decide(sent(outcome), land))
      assertTrue(terminal.has((landed.at(-1)!.data as { status: MessageStatus }).status))
    }
  })
})
