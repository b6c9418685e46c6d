import type { SeenMessage } from "../carriers/delivery/seen.ts"
import type { MessagesSource } from "./Shown.ts"

/* What two numbers have said to each other. Pure; walks over the messages of one of them alone. */

/** A phone, and the number of the exchange that it talks to. */
export interface Pair {
  readonly phone: string
  readonly number: string
}

/** Bubbles that are shown, and messages of the phone that are looked at for them. */
const bubblesMax = 100
const lookedMax = 5_000

/** The messages between a phone and a number, oldest first; the newest of them. */
export const conversation = (source: MessagesSource, { number, phone }: Pair): ReadonlyArray<SeenMessage> => {
  const toPhone = some(source.newest(undefined, { to: phone }), ({ from }) => from === number)
  const fromPhone = some(source.newest(undefined, { from: phone }), ({ to }) => to === number)
  // Of one instant the phone's come first: what answers them is made later in the same turn.
  return [...fromPhone, ...toPhone].toSorted((a, b) => a.created - b.created).slice(-bubblesMax)
}

const some = (
  messages: Iterable<SeenMessage> | undefined,
  fits: (message: SeenMessage) => boolean,
): ReadonlyArray<SeenMessage> => {
  const found: Array<SeenMessage> = []
  let looked = 0
  for (const message of messages ?? []) {
    if (found.length === bubblesMax || looked++ === lookedMax) break
    if (fits(message)) found.push(message)
  }
  return found.reverse()
}

/** Messages that are looked at for who has talked lately, and how many pairs are named. */
const latelyLooked = 1_000
const pairsMax = 12

/** Who has talked lately, newest first, with what was said last. */
export const latePairs = (source: MessagesSource): ReadonlyArray<Pair & { readonly last: SeenMessage }> => {
  const pairs = new Map<string, Pair & { readonly last: SeenMessage }>()
  let looked = 0
  for (const last of source.newest() ?? []) {
    if (looked++ === latelyLooked || pairs.size === pairsMax) break
    const pair = pairOf(last)
    const key = `${pair.phone} ${pair.number}`
    if (pair.number !== "" && !pairs.has(key)) pairs.set(key, { ...pair, last })
  }
  return [...pairs.values()]
}

const pairOf = ({ direction, from, to }: SeenMessage): Pair =>
  direction === "inbound" ? { phone: from, number: to } : { phone: to, number: from }
