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
 *
 * The next is requested at once, even if it was to be held behind another one: two of a pair change places, and no more.
 */

interface Waiting extends CallbackHeld {
  readonly subject: string
}

/** By the key of their timer, in the order they were held. */
export type Held = Map<string, Waiting>

const keyOf = ({ copy, token }: OutboundRequested): string =>
  copy === undefined ? `held ${token}` : `held ${token} copy ${copy}`

/** Those that wait for the next callback about a subject, but the one of this token. */
const waitingBehind = (held: Held, about: string, token: OutboundRequested["token"]) =>
  [...held].filter(
    ([, { behind, request, subject }]) => behind === true && subject === about && request.token !== token,
  )

/** Those that go behind this request, if it is the first attempt of another callback about the same subject. */
const behind = (held: Held, { subject, data }: Entry<OutboundRequested>): ReadonlyArray<[string, Waiting]> =>
  held.size === 0 || data.purpose !== "callback" || data.attempt > 1 || data.copy !== undefined
    ? []
    : waitingBehind(held, subject, data.token)

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
    // One that is to go behind the next, while another waits for it, is that next.
    reacts(callbackHeld, (_, { subject, data: { behind, due, request } }, held) => [
      behind === true && waitingBehind(held, subject, request.token).length > 0
        ? outboundRequested.draft(subject, request)
        : timerSet.draft(subject, { due, key: keyOf(request) }),
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
