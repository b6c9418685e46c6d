import { forgets } from "../core/cleared.ts"
import type { Entry } from "../core/Entry.ts"
import { type Cleared, dataCleared } from "../core/entries.ts"
import { type MarkState, stateOfStatus } from "./marks.ts"
import { textIn } from "./reading.ts"

/** What became of one message, call or other thing that has a status: each status, and the entry that brought it. */
export interface Fate {
  readonly subject: string
  /** What it is: the first half of its entries' type. */
  readonly noun: string
  readonly from: string
  readonly to: string
  readonly changes: ReadonlyArray<{ readonly seq: number; readonly status: string; readonly state: MarkState }>
}

interface OpenFate extends Fate {
  readonly changes: Array<Fate["changes"][number]>
}

/** The fates that entries tell of, in the order in which they began. */
export const fatesOf = (entries: ReadonlyArray<Entry<unknown>>): ReadonlyArray<Fate> => {
  const fates = new Map<string, OpenFate>()
  for (const entry of entries) {
    if (entry.type === dataCleared.type) clear(fates.values(), entry)
    const [noun = "", verb] = entry.type.split(".")
    const status = verb === "deleted" ? "deleted" : textIn(entry, "status")
    if (status === undefined || entry.subject === "") continue
    if (verb === "created" && !fates.has(entry.subject)) {
      const { subject } = entry
      fates.set(subject, {
        subject,
        noun,
        from: textIn(entry, "from") ?? "",
        to: textIn(entry, "to") ?? "",
        changes: [],
      })
    } else if (verb !== "status-changed" && verb !== "deleted") continue
    const fate = fates.get(entry.subject)
    if (fate?.noun === noun) fate.changes.push({ seq: entry.seq, status, state: stateOfStatus(status) })
  }
  return [...fates.values()]
}

/** What is cleared is forgotten, though the log keeps it. */
const clear = (fates: Iterable<OpenFate>, entry: Entry<unknown>): void => {
  for (const { changes, subject } of fates)
    if (forgets(textIn(entry, "what") as Cleared, subject) && changes.at(-1)?.status !== "cleared")
      changes.push({ seq: entry.seq, status: "cleared", state: "told" })
}
