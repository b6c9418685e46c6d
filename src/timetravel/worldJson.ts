import { nextTimer, type Timer, timersMachine } from "../clock/timers.machine.ts"
import { PackedItems } from "../core/packed/PackedItems.ts"
import type { WorldState } from "../engine/World.ts"
import { instant } from "./place.ts"

/** A timer that is pending, as people are shown it: `set` is the seq of the entry that set it. */
export interface PendingTimer {
  readonly set: number
  readonly due: string
  readonly key: string
  readonly subject: string
}

/** The timers that are pending in a world, the next one first. */
export const pendingTimers = (world: WorldState): ReadonlyArray<Timer> =>
  [...world.slice(timersMachine).byKey.values()].sort((a, b) => a.due - b.due || a.order - b.order)

/** The instant of the next timer; undefined when nothing is pending. */
export const nextDue = (world: WorldState): number | undefined => nextTimer(world.slice(timersMachine))?.due

const shownTimer = ({ due, key, set, subject }: Timer): PendingTimer => ({ set, due: instant(due), key, subject })

/**
 * A world as JSON, in pieces, so that one of any size can be written: where it stands, its pending timers, and the slice of
 * each machine. Maps are objects, sets are lists; compiled templates are their texts.
 */
export function* worldJson(
  world: WorldState,
  { hash, seq }: { readonly hash: string; readonly seq: number },
): Generator<string> {
  const timers = pendingTimers(world)
  const machines = new Map([...world.slices()].filter(([name]) => name !== timersMachine.name))
  const shown = { seq, at: instant(world.at), digest: hash, timers: timers.map(shownTimer), machines }
  yield* pieces(shown, "\n", new Set())
  yield "\n"
}

/** How deep values stand on lines of their own; below, one stands on one line. */
const linesDeep = 5

/** The text of a value; `line` ends the line and indents the next one. */
function* pieces(value: unknown, line: string, above: Set<unknown>): Generator<string> {
  if (typeof value !== "object" || value === null) yield plain(value)
  else if (above.has(value)) yield '"(itself)"'
  else {
    above.add(value)
    yield* itemsOf(value, line, above)
    above.delete(value)
  }
}

function* itemsOf(value: object, line: string, above: Set<unknown>): Generator<string> {
  const text = compiledText(value)
  if (text !== undefined) yield JSON.stringify(text)
  else if (Array.isArray(value) || value instanceof Set) yield* list(value, line, above)
  else if (
    value instanceof Map &&
    ![...value.keys()].every((key) => typeof key === "string" || typeof key === "number")
  )
    yield* list(value, line, above)
  else yield* object(value instanceof Map || value instanceof PackedItems ? value : Object.entries(value), line, above)
}

function* list(values: Iterable<unknown>, line: string, above: Set<unknown>): Generator<string> {
  const inner = innerLine(line)
  let first = true
  yield "["
  for (const value of values) {
    yield first ? inner : `,${inner}`
    first = false
    yield* pieces(value, inner, above)
  }
  yield first ? "]" : `${inner === "" ? "" : line}]`
}

function* object(entries: Iterable<readonly [unknown, unknown]>, line: string, above: Set<unknown>): Generator<string> {
  const inner = innerLine(line)
  let first = true
  yield "{"
  for (const [key, value] of entries) {
    if (value === undefined || typeof value === "function") continue
    yield `${first ? inner : `,${inner}`}${JSON.stringify(String(key))}:${inner === "" ? "" : " "}`
    first = false
    yield* pieces(value, inner, above)
  }
  yield first ? "}" : `${inner === "" ? "" : line}}`
}

const innerLine = (line: string): string => (line === "" || line.length > 2 * linesDeep ? "" : `${line}  `)

const plain = (value: unknown): string =>
  typeof value === "bigint" ? JSON.stringify(String(value)) : (JSON.stringify(value) ?? "null")

/** What is compiled has functions; its text says all of it. */
const compiledText = (value: object): string | undefined => {
  const { text } = value as { readonly text?: unknown }
  return typeof text === "string" && Object.values(value).some((each) => typeof each === "function") ? text : undefined
}
