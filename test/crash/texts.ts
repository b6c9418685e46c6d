import Database from "better-sqlite3"
import {
  type AttemptAnswered,
  attemptAnswered,
  attemptChosen,
  type RequestAccepted,
  type RequestDeadLettered,
  requestAccepted,
  requestDeadLettered,
} from "../../src/gateway/entries.ts"
import type { Providers } from "./providers.ts"

/** What a log says of texts of the gateway's, read without the product. */
export interface ToldOfTexts {
  /** Of which nobody knows whether their provider has them. */
  readonly unsure: number
  readonly problems: ReadonlyArray<string>
}

interface Text {
  readonly text: string
  attempts: number
  last: AttemptAnswered["outcome"] | undefined
  dead: RequestDeadLettered["reason"] | undefined
}

/**
 * Whether a log whose run has settled keeps what the gateway promises: every text that was taken is in it and came to its end, none reached
 * a provider more often than the log has attempts, none was taken twice; where nobody knows, the text is held as unsure.
 */
export const checkTexts = (db: string, acknowledged: ReadonlySet<string>, providers: Providers): ToldOfTexts => {
  const texts = textsIn(db)
  const problems: Array<string> = []
  for (const id of acknowledged) if (!texts.has(id)) problems.push(`text ${id} was acknowledged and is not in the log`)
  for (const [id, text] of texts) {
    const problem = wrongWith(text, providers.arrived.get(text.text) ?? 0, providers.taken.get(text.text) ?? 0)
    if (problem !== undefined) problems.push(`text ${id} ${problem}`)
  }
  return { unsure: [...texts.values()].filter(({ dead }) => dead === "unsure").length, problems }
}

const wrongWith = ({ attempts, dead, last }: Text, arrived: number, taken: number): string | undefined => {
  if (arrived > attempts) return `arrived ${arrived} times, of ${attempts} attempts`
  if (taken > 1) return `was taken ${taken} times`
  if (dead === "unsure") return last === "unsure" ? undefined : `is unsure, after an attempt that was ${last}`
  if (dead !== undefined) return taken === 0 ? `was given up: ${dead}` : `was given up (${dead}) and taken`
  if (last !== "accepted") return `has not come to its end: its last attempt was ${last ?? "not answered"}`
  return taken === 1 ? undefined : "was sent and never taken"
}

const textsIn = (db: string): ReadonlyMap<string, Text> => {
  const log = new Database(db, { readonly: true })
  try {
    const texts = new Map<string, Text>()
    const rows = log.prepare(
      `SELECT t.name AS type, s.name AS subject, e.data FROM entries e
       JOIN types t ON t.id = e.type JOIN subjects s ON s.id = e.subject WHERE t.name GLOB 'gateway-*' ORDER BY e.seq`,
    )
    for (const { data, subject, type } of rows.iterate() as IterableIterator<Record<string, string>>) {
      const said: unknown = JSON.parse(data as string)
      const text = texts.get(subject as string)
      if (type === requestAccepted.type) {
        const made = { text: (said as RequestAccepted).text, attempts: 0, last: undefined, dead: undefined }
        texts.set(subject as string, made)
      } else if (text === undefined) continue
      else if (type === attemptChosen.type) text.attempts++
      else if (type === attemptAnswered.type) text.last = (said as AttemptAnswered).outcome
      else if (type === requestDeadLettered.type) text.dead = (said as RequestDeadLettered).reason
    }
    return texts
  } finally {
    log.close()
  }
}
