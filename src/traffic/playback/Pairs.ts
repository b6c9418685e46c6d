import { sidPattern } from "../../core/traffic/about.ts"
import { replaceNumbers } from "../../core/traffic/redact/numbers.ts"

/** Names of one thing in a recording and now. */
export interface Pairing {
  readonly recorded: string
  readonly now: string
}

/** The SIDs and numbers of a text, in their order. */
const namesIn = (text: string): ReadonlyArray<string> => {
  const names: Array<string> = [...(text.match(sidPattern) ?? [])]
  replaceNumbers(text, (number) => {
    names.push(number)
    return number
  })
  return names
}

/** What in one text stands for what in another that is the same but for its names. */
export const pairingsOf = (recorded: string, now: string): ReadonlyArray<Pairing> => {
  if (recorded === now) return namesIn(recorded).map((name) => ({ recorded: name, now: name }))
  const [before, after] = [namesIn(recorded), namesIn(now)]
  return before.length === after.length ? before.map((name, i) => ({ recorded: name, now: after[i] ?? name })) : []
}

/**
 * What of a recording is called what now: SIDs of other accounts and services, numbers behind stand-ins. One to one, and found out from the
 * requests as they come.
 */
export class Pairs {
  readonly #toNow = new Map<string, string>()
  readonly #toRecorded = new Map<string, string>()
  readonly #known: ReadonlySet<string>

  /** `known` are the SIDs of the recording: one of them means itself. */
  constructor(known: ReadonlySet<string>) {
    this.#known = known
  }

  /** Whether something now may be what is recorded. */
  fits({ now, recorded }: Pairing): boolean {
    const meant = this.#toRecorded.get(now)
    if (meant !== undefined) return meant === recorded
    if (now === recorded) return !this.#toNow.has(recorded)
    return !this.#known.has(now) && !this.#toNow.has(recorded)
  }

  /** Remembers what stands for what. */
  bind({ now, recorded }: Pairing): void {
    if (this.#toRecorded.has(now)) return
    this.#toRecorded.set(now, recorded)
    if (!this.#toNow.has(recorded)) this.#toNow.set(recorded, now)
  }

  /** Remembers one more thing that something recorded stands for: it was made again. */
  bindAgain({ now, recorded }: Pairing): void {
    this.#toRecorded.set(now, recorded)
  }

  /** What something recorded is called now. */
  now(recorded: string): string {
    return this.#toNow.get(recorded) ?? recorded
  }
}
