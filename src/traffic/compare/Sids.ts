import { sidPattern } from "../../core/traffic/about.ts"

/** SIDs of a recording and those that stand for them in a run. The first pair that is seen holds. */
export class Sids {
  readonly #made = new Map<string, string>()
  readonly #recorded = new Map<string, string>()

  /** Whether two SIDs stand for each other; two that nothing is known of do from here on, if they are of one kind. */
  same(recorded: string, made: string): boolean {
    const [known, back] = [this.#made.get(recorded), this.#recorded.get(made)]
    if (known !== undefined || back !== undefined) return known === made
    if (recorded.slice(0, 2) !== made.slice(0, 2)) return false
    this.#made.set(recorded, made)
    this.#recorded.set(made, recorded)
    return true
  }

  /** A text of the recording as the run would have it. */
  toMade(text: string): string {
    return text.replace(sidPattern, (sid) => this.#made.get(sid) ?? sid)
  }

  /** A text of the run as the recording would have it. */
  toRecorded(text: string): string {
    return text.replace(sidPattern, (sid) => this.#recorded.get(sid) ?? sid)
  }
}
