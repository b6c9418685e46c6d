import { cancelling, forgets } from "../core/cleared.ts"
import type { Entry } from "../core/Entry.ts"
import {
  type CallbackHeld,
  callbackHeld,
  dataCleared,
  type OutboundRequested,
  outboundRequested,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { evolves, type Machine, reacts } from "../core/Machine.ts"

/*
 * Callbacks that a simulated fault holds back.
 *
 *   held ──> timer ──────────────────────────────────> requested
 *      └──> (behind) the next about its subject is ──> timer cancelled, requested
 */

interface Waiting extends CallbackHeld {
  readonly subject: string
}

/** By the key of their timer, in the order they were held. */
export type Held = Map<string, Waiting>

const keyOf = ({ copy, token }: OutboundRequested): string =>
  copy === undefined ? `held ${token}` : `held ${token} copy ${copy}`

/** Those that go behind this request, which is the first attempt of another callback about the same subject. */
const behind = (held: Held, { subject, data }: Entry<OutboundRequested>): ReadonlyArray<[string, Waiting]> => {
  if (held.size === 0 || data.purpose !== "callback" || data.attempt > 1 || data.copy !== undefined) return []
  return [...held].filter(
    ([, waiting]) => waiting.behind === true && waiting.subject === subject && waiting.request.token !== data.token,
  )
}

export const heldMachine: Machine<Held> = {
  name: "held",
  initial: () => new Map(),
  evolve: [
    evolves(callbackHeld, (held, { subject, data }) => {
      held.set(keyOf(data.request), { ...data, subject })
    }),
    evolves(outboundRequested, (held, { data }) => {
      if (held.size > 0) held.delete(keyOf(data))
    }),
    evolves(timerCancelled, (held, { data: { keys } }) => {
      if (held.size > 0) for (const key of keys) held.delete(key)
    }),
    evolves(turnFailed, (held, { data: { input } }) => {
      if (input.type === timerFired.type) held.delete((input.data as { key: string }).key)
    }),
  ],
  react: [
    reacts(callbackHeld, (_, { subject, data: { due, request } }) => [
      timerSet.draft(subject, { due, key: keyOf(request) }),
    ]),
    reacts(timerFired, (_, { data: { key } }, held) => {
      const waiting = held.size === 0 ? undefined : held.get(key)
      return waiting === undefined ? [] : [outboundRequested.draft(waiting.subject, waiting.request)]
    }),
    reacts(outboundRequested, (_, entry, held) => {
      const those = behind(held, entry)
      return those.length === 0
        ? []
        : [
            ...cancelling(those.map(([key]) => key)),
            ...those.map(([, { request, subject }]) => outboundRequested.draft(subject, request)),
          ]
    }),
    // Of cleared messages and calls every timer is cancelled, these among them.
    reacts(dataCleared, (_, { data: { what } }, held) =>
      what === "callbacks"
        ? cancelling([...held].filter(([, { subject }]) => !forgets(what, subject)).map(([key]) => key))
        : [],
    ),
  ],
}
