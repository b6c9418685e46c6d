import type { Pair } from "../core/entries.ts"

/** The status that a callback tells of, by its parameters. */
export const eventOf = (params: ReadonlyArray<Pair>): string | undefined =>
  params.find(([name]) => name === "MessageStatus" || name === "CallStatus")?.[1]
