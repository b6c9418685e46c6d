import type { UnhashedRow } from "../core/Entry.ts"

/** Where two entries differ: a column, or a path into `data`, and both values as JSON; `(nothing)` where one has none. */
export interface Difference {
  readonly field: string
  readonly recorded: string
  readonly made: string
}

/** Columns in the order in which a difference is looked for. */
const columns = ["at", "cause", "kind", "type", "subject", "data"] as const

/** The first difference of two entries, their places and hashes aside; undefined when there is none. */
export const differenceOf = (recorded: UnhashedRow, made: UnhashedRow): Difference | undefined => {
  const column = columns.find((name) => recorded[name] !== made[name])
  if (column === undefined) return undefined
  return column === "data"
    ? dataDifference(recorded.data, made.data)
    : { field: column, recorded: String(recorded[column]), made: String(made[column]) }
}

const dataDifference = (recorded: string, made: string): Difference => {
  try {
    const found = firstDifference(JSON.parse(recorded), JSON.parse(made), "data")
    if (found !== undefined) return found
  } catch {
    // The recorded text is no JSON; it is shown as it is.
  }
  return { field: "data", recorded, made }
}

const firstDifference = (recorded: unknown, made: unknown, field: string, depth = 0): Difference | undefined => {
  if (Object.is(recorded, made)) return undefined
  if (isObject(recorded) && isObject(made) && depth < 64 && Array.isArray(recorded) === Array.isArray(made)) {
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(made)])) {
      const path = Array.isArray(made) ? `${field}[${key}]` : `${field}.${key}`
      const found = firstDifference(own(recorded, key), own(made, key), path, depth + 1)
      if (found !== undefined) return found
    }
    return undefined
  }
  return { field, recorded: shown(recorded), made: shown(made) }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
const own = (value: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined
const shown = (value: unknown): string => (value === undefined ? "(nothing)" : JSON.stringify(value))
