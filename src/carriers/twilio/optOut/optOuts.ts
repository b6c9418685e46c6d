import type { Entry } from "../../../core/Entry.ts"
import type { RecipientAndSender } from "./entries.ts"

/*
 * Who wants no messages from whom.
 *
 * 1. Of a number that stands alone: that number. Of one in a messaging service: the whole service.
 * 2. A recipient that is opted out gets nothing more: 21610 where a number sends, `failed` with 21610 where a service does.
 * 3. What was accepted before goes on: a scheduled message stays scheduled, and fails in its hour.
 *
 * Source  Twilio help, "Twilio support for opt-out keywords"; "Message Scheduling" FAQ
 */

/** An opt-out. */
export interface OptOut extends RecipientAndSender {
  /** Its place among all opt-outs of the run, from 1. */
  readonly n: number
  readonly since: number
}

export interface OptOuts {
  /** By `sender recipient`, oldest first. */
  readonly byPair: Map<string, OptOut>
  /** Opt-outs there ever were. */
  ever: number
}

export const noOptOuts = (): OptOuts => ({ byPair: new Map(), ever: 0 })

const keyOf = ({ recipient, sender }: RecipientAndSender): string => `${sender} ${recipient}`

/** Whether a recipient is opted out of exactly this sender. */
export const isOptedOut = ({ byPair }: OptOuts, pair: RecipientAndSender): boolean => byPair.has(keyOf(pair))

export const optOut = (optOuts: OptOuts, { at, data }: Entry<RecipientAndSender>): void => {
  if (isOptedOut(optOuts, data)) return
  optOuts.byPair.set(keyOf(data), { ...data, n: ++optOuts.ever, since: at })
}

export const optIn = ({ byPair }: OptOuts, pair: RecipientAndSender): void => {
  byPair.delete(keyOf(pair))
}
