import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Bounded } from "./bounded.ts"

/** How it became known: a STOP that came in, Twilio's refusal (21610), or the application said so. */
export type OptOutSource = "keyword" | "refused" | "application"

/** Somebody wants no messages from a sender. */
export interface OptOut {
  readonly recipient: string
  /** A number or messaging service (`MG…`) of ours; absent for all of them. */
  readonly sender?: string
  readonly source: OptOutSource
  /** When it became known, in ms since the Unix epoch. */
  readonly since: number
}

/** Whom it is about, and towards whom: a number or messaging service of ours, or all of them. */
export interface OptOutPair {
  readonly recipient: string
  readonly sender?: string | undefined
}

/**
 * Who has opted out of what, as far as this process knows: asked before a message is sent, fed by STOP and START that webhooks
 * see, and by Twilio's refusals (21610).
 *
 * Twilio is who keeps the truth and refuses what is sent in spite of an opt-out; this saves the request. So nothing is lost when
 * an opt-out is forgotten. An application that keeps its own list gives a layer that asks it.
 * Source  specification 10.2; scope of an opt-out: one number of ours, or a messaging service as a whole
 */
export interface OptOuts {
  /** The opt-out that forbids a message to this recipient from any of these senders, if there is one. */
  readonly find: (recipient: string, senders: ReadonlyArray<string>) => Effect.Effect<OptOut | undefined>
  readonly optOut: (pair: OptOutPair, source: OptOutSource) => Effect.Effect<void>
  /** Whether that changed anything. Without a sender every opt-out of the recipient ends. */
  readonly optIn: (pair: OptOutPair) => Effect.Effect<boolean>
  /** All that are known, in the order they became known. */
  readonly list: Effect.Effect<ReadonlyArray<OptOut>>
}
export const OptOuts: Context.Tag<OptOuts, OptOuts> = Context.GenericTag<OptOuts>("ringback/client/OptOuts")

export interface OptOutOptions {
  /** Recipients that are remembered; of more, who was asked for longest ago is forgotten. */
  readonly max?: number
  /** Ms after which an opt-out is forgotten, so that one that ended elsewhere (START seen by another process) is found out. */
  readonly keepMs?: number
}

/** Senders of one recipient that are told apart; one that opted out of more is opted out of all. */
const sendersMax = 100

export const optOutDefaults: { readonly max: number; readonly keepMs: number } = {
  max: 100_000,
  keepMs: 24 * 60 * 60 * 1000,
}

/** Opt-outs in memory. Time is Effect's Clock. */
export const makeOptOuts = ({
  max = optOutDefaults.max,
  keepMs = optOutDefaults.keepMs,
}: OptOutOptions = {}): OptOuts => {
  const known = new Bounded<string, ReadonlyArray<OptOut>>({ max, keepMs })
  const of = (recipient: string, now: number): ReadonlyArray<OptOut> =>
    (known.get(recipient, now) ?? []).filter(({ since }) => since + keepMs > now)
  return {
    find: (recipient, senders) =>
      Effect.map(Clock.currentTimeMillis, (now) =>
        of(recipient, now).find(({ sender }) => sender === undefined || senders.includes(sender)),
      ),
    optOut: ({ recipient, sender }, source) =>
      Effect.map(Clock.currentTimeMillis, (since) => {
        const others = of(recipient, since).filter((each) => each.sender !== sender)
        const optOut: OptOut = { recipient, source, since, ...(sender === undefined ? {} : { sender }) }
        const all: OptOut = { recipient, source, since }
        known.set(recipient, others.length < sendersMax ? [...others, optOut] : [all], since)
      }),
    optIn: ({ recipient, sender }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const before = of(recipient, now)
        const left = sender === undefined ? [] : before.filter((each) => each.sender !== sender)
        if (left.length === 0) known.delete(recipient)
        else if (left.length < before.length) known.set(recipient, left, now)
        return left.length < before.length
      }),
    list: Effect.map(Clock.currentTimeMillis, (now) =>
      known
        .entries(now)
        .flatMap(([, optOuts]) => optOuts)
        .filter(({ since }) => since + keepMs > now)
        .toSorted((a, b) => a.since - b.since),
    ),
  }
}

export const layerOptOuts = (options: OptOutOptions = {}): Layer.Layer<OptOuts> =>
  Layer.sync(OptOuts, () => makeOptOuts(options))
