import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Bounded } from "./bounded.ts"
import { OptOuts } from "./TwilioClient.ts"

export interface OptOutOptions {
  /** Recipients that are remembered; of more, who was asked for longest ago is forgotten. */
  readonly max?: number
  /** Ms after which an opt-out is forgotten, so that one that ended elsewhere (START seen by another process) is found out. */
  readonly keepMs?: number
}

export const optOutDefaults = { max: 100_000, keepMs: 24 * 60 * 60 * 1000 } as const

/** Senders of one recipient that are told apart; who opted out of more is opted out of all. */
const sendersMax = 100

/** When each sender was opted out of, in ms; null stands for all senders. */
type Since = ReadonlyMap<string | null, number>

/**
 * Opt-outs in memory. Time is Effect's Clock.
 *
 * Twilio is who keeps the truth, and refuses what is sent in spite of an opt-out: this saves the request. So nothing is lost
 * when one is forgotten.
 * Source  specification 10.2; an opt-out is from one number of ours, or from a messaging service as a whole
 */
export const makeOptOuts = ({
  max = optOutDefaults.max,
  keepMs = optOutDefaults.keepMs,
}: OptOutOptions = {}): OptOuts => {
  const known = new Bounded<string, Since>({ max, keepMs })
  const valid = (all: Since, now: number): Since => new Map([...all].filter(([, since]) => since + keepMs > now))
  const of = (recipient: string, now: number): Since => valid(known.get(recipient, now) ?? new Map(), now)
  const now = <A>(then: (now: number) => A): Effect.Effect<A> => Effect.map(Clock.currentTimeMillis, then)
  return {
    isOptedOut: (recipient, sender) =>
      now((at) => {
        const all = of(recipient, at)
        return all.has(null) || all.has(sender)
      }),
    optOut: (recipient, sender) =>
      now((at) => {
        const all = new Map(of(recipient, at)).set(sender ?? null, at)
        known.set(recipient, all.size > sendersMax ? new Map([[null, at]]) : all, at)
      }),
    optIn: (recipient, sender) =>
      now((at) => {
        const left = new Map(of(recipient, at))
        if (sender !== undefined && left.delete(sender) && left.size > 0) known.set(recipient, left, at)
        else if (sender === undefined || left.size === 0) known.delete(recipient)
      }),
    list: now((at) =>
      known
        .entries(at)
        .flatMap(([recipient, all]) =>
          [...valid(all, at)].map(([sender, since]) => ({ recipient, sender, since: new Date(since) })),
        )
        .toSorted((a, b) => b.since.getTime() - a.since.getTime()),
    ),
  }
}

export const layerOptOuts = (options: OptOutOptions = {}): Layer.Layer<OptOuts> =>
  Layer.sync(OptOuts, () => makeOptOuts(options))
