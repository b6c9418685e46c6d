import { decode, type Row } from "../../core/Entry.ts"
import { outboundRequested } from "../../core/entries.ts"
import { eventOf } from "../../network/callbackEvent.ts"
import type { DrawnFault } from "./drawn.ts"

/* Which callbacks change places when faults strike: what an ordering bug is about. */

/** A callback, by what it is about and tells of. */
export interface Told {
  readonly subject: string
  readonly event: string
}

/** A callback that reaches the application on the other side of another than it does without the faults. */
export interface Passing {
  readonly callback: Told
  readonly other: Told
  /** `again`: it comes before the other, as it should, and once more after it. */
  readonly now: "before" | "after" | "again after"
}

/** Callbacks that faults moved past others: past those about the same subject, or where there are none, past any. */
export const passings = (
  plain: ReadonlyArray<Row>,
  faulty: ReadonlyArray<Row>,
  faults: ReadonlyArray<DrawnFault>,
): ReadonlyArray<Passing> => {
  const before = arrivals(plain)
  const now = arrivals(faulty)
  return faults.flatMap((fault) => {
    if (fault._tag !== "Callback") return []
    const callback = { subject: fault.subject, event: fault.event ?? "" }
    const [was, is] = [before.get(keyOf(callback)), now.get(keyOf(callback))]
    if (was === undefined || is === undefined) return []
    const passed = [...now].flatMap(([key, other]): ReadonlyArray<Passing> => {
      const there = before.get(key)
      if (there === undefined || key === keyOf(callback)) return []
      const side = sideOf({ was, there, is, other })
      return side === undefined ? [] : [{ callback, other: other.told, now: side }]
    })
    const same = passed.filter(({ other }) => other.subject === callback.subject)
    return same.length > 0 ? same : passed
  })
}

interface Pairs {
  readonly was: Arrivals
  readonly there: Arrivals
  readonly is: Arrivals
  readonly other: Arrivals
}

/** On which side of the other a callback comes now, if it did not before. */
const sideOf = ({ is, other, there, was }: Pairs): Passing["now"] | undefined => {
  if (is.last > other.first && was.last < there.first) return is.first < other.first ? "again after" : "after"
  return is.first < other.first && was.first > there.first ? "before" : undefined
}

const keyOf = ({ event, subject }: Told): string => `${subject} ${event}`

/** When a callback first and last reaches the application: entries. */
interface Arrivals {
  readonly told: Told
  readonly first: number
  readonly last: number
}

const arrivals = (rows: ReadonlyArray<Row>): ReadonlyMap<string, Arrivals> => {
  const found = new Map<string, Arrivals>()
  for (const row of rows) {
    if (row.type !== outboundRequested.type) continue
    const entry = decode(row)
    if (!outboundRequested.is(entry) || entry.data.purpose !== "callback" || entry.data.fault === "lost") continue
    const told = { subject: entry.subject, event: eventOf(entry.data.params) ?? "" }
    const key = keyOf(told)
    found.set(key, { told, first: found.get(key)?.first ?? entry.seq, last: entry.seq })
  }
  return found
}
