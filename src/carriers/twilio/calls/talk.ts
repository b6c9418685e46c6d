import type { Entry } from "../../../core/Entry.ts"
import type { OutboundRequested } from "../../../core/entries.ts"
import type { VoiceEvent } from "../voice/events.ts"
import { isDone } from "../voice/interpreter.ts"
import type { Order } from "../voice/orders.ts"
import type { Doing, Frame, Verb, VoiceState } from "../voice/state.ts"
import type { CallStepped } from "./entries.ts"

/*
 * Where a call stands in its instructions, as entries tell it.
 *
 *   what happens ──> inbox ──> call.stepped (orders, state) ──> what the orders ask for ──> inbox …
 *
 * 1. What happens to a call waits in its inbox, oldest first; each `call.stepped` but the first one takes one out.
 * 2. A step is made of the state that the one before has left, never of an older one.
 */
export interface Talk {
  state: VoiceState
  /** What has happened and was not taken up yet. */
  inbox: ReadonlyArray<Heard>
  /** Requests for documents that are under way. */
  asked: ReadonlyArray<Asked>
  /** Orders of such requests whose `outbound.requested` is still to come in this turn; final ones have no id. */
  owed: ReadonlyArray<number | undefined>
}

/** Who carries instructions out. */
interface Talker {
  talk: Talk | undefined
  steps: number
}

/** Something that has happened, and the seq of the entry that says so. */
export interface Heard {
  readonly seq: number
  readonly event: VoiceEvent
}

export interface Asked {
  readonly seq: number
  /** Of its order. */
  readonly id: number
  readonly request: OutboundRequested
}

/** The `purpose` of requests for a call's instructions. */
export const twimlPurpose = "twiml"

/** A state as an entry keeps it. */
type Saved = Omit<VoiceState, "frames"> & { readonly frames: ReadonlyArray<SavedFrame> }
type SavedFrame = Omit<Frame, "rest"> & { readonly rest: ReadonlyArray<Verb> | number }

/** A state for an entry: verbs that are the last ones of the state before are told by their number. */
export const savedState = (state: VoiceState, before: VoiceState | undefined): Saved => ({
  ...state,
  frames: state.frames.map((frame, i) => {
    const known = before?.frames[i]?.rest ?? []
    return { ...frame, rest: isEndOf(frame.rest, known) ? frame.rest.length : frame.rest }
  }),
})

const isEndOf = (rest: ReadonlyArray<Verb>, known: ReadonlyArray<Verb>): boolean => {
  const skipped = known.length - rest.length
  return skipped >= 0 && rest.every((verb, i) => verb === known[skipped + i])
}

const loadedState = (saved: Saved, before: VoiceState | undefined): VoiceState => ({
  ...saved,
  frames: saved.frames.map((frame, i) => {
    const { rest } = frame
    if (typeof rest !== "number") return { ...frame, rest }
    const known = before?.frames[i]?.rest ?? []
    return { ...frame, rest: known.slice(known.length - rest) }
  }),
})

export const takeStep = (call: Talker, { begun, orders, state }: CallStepped): void => {
  const before = begun ? undefined : call.talk
  call.steps++
  const owed = (orders as unknown as ReadonlyArray<Order>).flatMap((order) =>
    order.type === "fetch" ? [order.final ? undefined : order.id] : [],
  )
  call.talk = {
    state: loadedState(state as unknown as Saved, before?.state),
    inbox: before?.inbox.slice(1) ?? [],
    asked: before?.asked ?? [],
    owed: [...(before?.owed ?? []), ...owed],
  }
}

/** Whether a call has no instructions to carry out: none have begun, or they are done. */
export const isIdle = ({ talk }: Pick<Talker, "talk">): boolean => talk === undefined || isDone(talk.state)

/** Whether a call hears what is to be heard before it is connected with who dialled it. */
export const isWhispering = (call: Pick<Talker, "talk">): boolean =>
  call.talk?.state.role === "whisper" && !isIdle(call)

/** Nothing more is carried out, and nothing of what was is told any more. */
export const breakOffTalk = (call: Talker): void => {
  if (call.talk !== undefined)
    call.talk = { state: { ...call.talk.state, frames: [], over: true }, inbox: [], asked: [], owed: [] }
}

/** Something has happened to a call that instructions may wait for; of those that are done nothing waits any more. */
export const hear = ({ talk }: Pick<Talker, "talk">, { seq }: { readonly seq: number }, event: VoiceEvent): void => {
  if (talk !== undefined && !isDone(talk.state)) talk.inbox = [...talk.inbox, { seq, event }]
}

/** A request that its instructions ordered is under way. */
export const ask = ({ talk }: Pick<Talker, "talk">, { data, seq }: Entry<OutboundRequested>): void => {
  if (talk === undefined || data.purpose !== twimlPurpose) return
  const [id, ...owed] = talk.owed
  talk.owed = owed
  if (id !== undefined) talk.asked = [...talk.asked, { seq, id, request: data }]
}

/** The request that an answer is to, which is then no longer under way. */
export const takeAsked = ({ talk }: Pick<Talker, "talk">, seq: number): Asked | undefined => {
  const asked = talk?.asked.find((each) => each.seq === seq)
  if (talk !== undefined && asked !== undefined) talk.asked = talk.asked.filter((each) => each !== asked)
  return asked
}

/** What a call's instructions do that are heard now; `undefined` where it has none. */
export const doingOf = ({ talk }: Pick<Talker, "talk">): Doing | undefined => talk?.state.frames.at(-1)?.doing
