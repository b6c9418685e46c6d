import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type { Draft } from "../../core/Entry.ts"
import { type MessageStatus, type MessageStatusChanged, messageStatusChanged, type Plan } from "./entries.ts"

/*
 * The life of an outbound message.
 *
 *   accepted | scheduled ──Enqueue──> queued ──HandOver──> sending ──> sent ──Land──> delivered | undelivered
 *      │            └──Cancel──> canceled  └────HandOver (the plan says failed)──> failed
 *      └────GiveUp, also from queued──> failed
 *
 * 1. A terminal status is terminal.
 * 2. Of a message that is planned to end as sent no receipt ever comes.
 * 3. `sending` lasts no virtual time: it is the instant the carrier takes the message over, and is never reported.
 */

/** Where a message stands; its plan was fixed when it was created. */
export type MessageState =
  | { readonly _tag: "Accepted"; readonly plan: Plan }
  | { readonly _tag: "Scheduled"; readonly plan: Plan }
  | { readonly _tag: "Queued"; readonly plan: Plan }
  | { readonly _tag: "Sent"; readonly plan: Plan }
  | { readonly _tag: "Done"; readonly status: MessageStatus }

export type MessageCommand =
  /** A sender is chosen: the message joins its queue. */
  | { readonly _tag: "Enqueue"; readonly sid: string; readonly queued: Omit<MessageStatusChanged, "status"> }
  /** There is no sender to be had, a medium is none, or its account does not send any more. */
  | { readonly _tag: "GiveUp"; readonly sid: string; readonly errorCode: number }
  /** The application takes a scheduled message back. */
  | { readonly _tag: "Cancel"; readonly sid: string }
  /** The carrier takes the message over, or cannot. */
  | { readonly _tag: "HandOver"; readonly sid: string }
  /** The carrier's receipt is due. */
  | { readonly _tag: "Land"; readonly sid: string }

export class NotInState extends Data.TaggedError("NotInState")<{
  readonly wanted: ReadonlyArray<MessageState["_tag"]>
  readonly actual: MessageState["_tag"]
}> {}

/**
 * Decides what a carrier does with one message.
 *
 * Shape   `queued`; `sending` and `sent`, or `failed`; then `delivered` or `undelivered`; an error code where one is planned
 * Refuses `NotInState` when the message is not where the command expects it
 * Source  Twilio docs, "Outbound message status in status callbacks", read 2026
 */
export const decide = (
  state: MessageState,
  command: MessageCommand,
): Either.Either<ReadonlyArray<Draft>, NotInState> => {
  switch (command._tag) {
    case "Enqueue":
      return state._tag === "Accepted" || state._tag === "Scheduled"
        ? Either.right([messageStatusChanged.draft(command.sid, { ...command.queued, status: "queued" })])
        : notIn(state, "Accepted", "Scheduled")
    case "GiveUp":
      return state._tag === "Accepted" || state._tag === "Scheduled" || state._tag === "Queued"
        ? Either.right([messageStatusChanged.draft(command.sid, { error_code: command.errorCode, status: "failed" })])
        : notIn(state, "Accepted", "Scheduled", "Queued")
    case "Cancel":
      return state._tag === "Scheduled" ? Either.right([changed(command.sid, "canceled")]) : notIn(state, "Scheduled")
    case "HandOver": {
      if (state._tag !== "Queued") return notIn(state, "Queued")
      return Either.right(
        state.plan.outcome === "failed"
          ? [changed(command.sid, "failed", state.plan)]
          : [changed(command.sid, "sending"), changed(command.sid, "sent")],
      )
    }
    case "Land": {
      if (state._tag !== "Sent") return notIn(state, "Sent")
      if (state.plan.outcome === "sent") return Either.right([])
      return Either.right([
        changed(command.sid, state.plan.outcome === "failed" ? "undelivered" : state.plan.outcome, state.plan),
      ])
    }
  }
}

const notIn = (state: MessageState, ...wanted: ReadonlyArray<MessageState["_tag"]>) =>
  Either.left(new NotInState({ wanted, actual: state._tag }))

const changed = (sid: string, status: MessageStatus, plan?: Plan): Draft =>
  messageStatusChanged.draft(sid, plan?.error_code === undefined ? { status } : { error_code: plan.error_code, status })

/** The statuses nothing follows. */
export const terminal: ReadonlySet<MessageStatus> = new Set<MessageStatus>([
  "delivered",
  "undelivered",
  "failed",
  "received",
  "read",
  "canceled",
])
