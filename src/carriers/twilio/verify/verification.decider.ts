import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type { Draft } from "../../../core/Entry.ts"
import {
  type VerificationCreated,
  type VerificationSent,
  verificationChecked,
  verificationCreated,
  verificationSent,
  verificationStatusChanged,
} from "./entries.ts"

/*
 * The life of a verification.
 *
 *   Absent ──Send──> Pending ──Check, right──> approved, gone
 *                    │  │  └──Check, wrong for the 5th time──> Locked until it expires
 *                    │  └──Send again, up to 5 times
 *                    └──End──> approved or canceled, gone; also from Locked
 *
 * 1. What has ended or expired is Absent: nothing is sent, checked or ended then.
 * 2. It expires by the instant it was given, without a timer: at pace `fast` time would jump there before anybody could answer.
 */

export type VerificationState =
  | { readonly _tag: "Absent" }
  | { readonly _tag: "Pending"; readonly code: string; readonly sends: number; readonly checks: number }
  | { readonly _tag: "Locked" }

export type VerificationCommand =
  /** A code is wanted: for a new verification (`created`), or the one there is once more. */
  | {
      readonly _tag: "Send"
      readonly sid: string
      readonly created: VerificationCreated
      readonly sent: VerificationSent
    }
  | { readonly _tag: "Check"; readonly sid: string; readonly code: string }
  | { readonly _tag: "End"; readonly sid: string; readonly status: "approved" | "canceled" }

/** Why a command is not obeyed. */
export class NotNow extends Data.TaggedError("NotNow")<{ readonly why: "absent" | "sends" | "checks" }> {}

/** Source: errors 60203 and 60202. */
export const sendsMax = 5
export const checksMax = 5

/**
 * Decides what becomes of a verification.
 *
 * Shape   `verification.created` and `sent`, `sent`, `checked`, or `status-changed`
 * Refuses `NotNow`: there is none, its code was sent 5 times, or wrong codes were shown 5 times
 * Source  Verify API, errors 60202 and 60203, "Service rate limits and timeouts"; unconfirmed on the wire
 */
export const decide = (
  state: VerificationState,
  command: VerificationCommand,
): Either.Either<ReadonlyArray<Draft>, NotNow> => {
  switch (command._tag) {
    case "Send": {
      const { created, sent, sid } = command
      if (state._tag === "Locked") return notNow("checks")
      if (state._tag === "Absent")
        return Either.right([verificationCreated.draft(sid, created), verificationSent.draft(sid, sent)])
      if (state.sends >= sendsMax) return notNow("sends")
      return Either.right([verificationSent.draft(sid, sent)])
    }
    case "Check": {
      if (state._tag === "Locked") return notNow("checks")
      if (state._tag === "Absent") return notNow("absent")
      const valid = command.code === state.code
      const status = valid ? "approved" : state.checks + 1 >= checksMax ? "max_attempts_reached" : "pending"
      return Either.right([verificationChecked.draft(command.sid, { status, valid })])
    }
    case "End":
      return state._tag === "Absent"
        ? notNow("absent")
        : Either.right([verificationStatusChanged.draft(command.sid, { status: command.status })])
  }
}

const notNow = (why: NotNow["why"]) => Either.left(new NotNow({ why }))
