import type { JsonObject } from "../../../core/canonical.ts"
import type { Draft } from "../../../core/Entry.ts"
import { limits } from "../../../core/limits.ts"
import type { VoiceEvent } from "../voice/events.ts"
import { type Call as Begun, begin, type Step, step } from "../voice/interpreter.ts"
import type { Order } from "../voice/orders.ts"
import type { Call } from "./calls.ts"
import { callStepped, type Instructions } from "./entries.ts"
import { savedState } from "./talk.ts"

/* Steps of a call's instructions. */

/** Virtual ms that a file takes to play: its length is not known. */
const playMs = 3_000

/** The URL and its method, or the document, that instructions name; `undefined` where they name neither. */
const sourceIn = ({ method = "POST", twiml, url }: Instructions): Begun["by"] | undefined =>
  url === undefined ? (twiml === undefined ? undefined : { twiml }) : { method, url }

/** Who is asked when a document cannot be had. */
const fallbackIn = ({ fallback_method = "POST", fallback_url }: Instructions): Begun["fallback"] =>
  fallback_url === undefined ? null : { method: fallback_method, url: fallback_url }

/** Whether a call has instructions that say what it hears. */
export const hasInstructions = ({ made }: Call): boolean => sourceIn(made.instructions) !== undefined

/** The beginning of a call's instructions; `undefined` where it has none. */
export const beginning = (
  call: Call,
  at: number,
  { answered, role = "call" }: { readonly answered: boolean; readonly role?: Begun["role"] },
): Draft | undefined => {
  const { instructions } = call.made
  const by = sourceIn(instructions)
  if (by === undefined) return undefined
  const next = call.talk?.state.next ?? 1
  const fallback = fallbackIn(instructions)
  return stepped(call, begin({ answered, at, by, fallback, next, play_ms: playMs, role }), true)
}

/** The step that follows from the oldest thing in a call's inbox; `undefined` when it is empty. */
export const nextStep = (call: Call): Draft | undefined => {
  const [heard] = call.talk?.inbox ?? []
  return call.talk === undefined || heard === undefined
    ? undefined
    : stepped(call, step(call.talk.state, heard.event), false)
}

/** What happened by this entry is taken up at once, unless something before it still waits for that. */
export const takenUp = (call: Call | undefined, seq: number): ReadonlyArray<Draft> => {
  if (call?.talk?.inbox.length !== 1 || call.talk.inbox[0]?.seq !== seq) return []
  const next = nextStep(call)
  return next === undefined ? [] : [next]
}

/** The event that new instructions are to those that are being carried out. */
export const replacing = (instructions: Instructions, at: number): VoiceEvent | undefined => {
  const by = sourceIn(instructions)
  if (by === undefined) return undefined
  const fallback = instructions.fallback_url === undefined ? {} : { fallback: fallbackIn(instructions) }
  return { type: "replaced", at, by, ...fallback }
}

const stepped = (call: Call, { orders, state }: Step, begun: boolean): Draft => {
  const saved = savedState(state, begun ? undefined : call.talk?.state)
  const data = dataOf(orders, saved, begun)
  if (Buffer.byteLength(JSON.stringify(data)) <= limits.callStepBytesMax) return callStepped.draft(call.sid, data)
  const alert: Order = { type: "alert", code: 11750, detail: "the document would take too much of the log", url: "" }
  const over = savedState({ ...state, frames: [], over: true }, undefined)
  return callStepped.draft(call.sid, dataOf([alert, { type: "hang-up", reason: "error" }], over, begun))
}

const dataOf = (orders: ReadonlyArray<Order>, state: ReturnType<typeof savedState>, begun: boolean) => ({
  ...(begun ? { begun: true as const } : {}),
  orders: orders as unknown as ReadonlyArray<JsonObject>,
  state: state as unknown as JsonObject,
})
