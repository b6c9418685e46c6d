import * as Either from "effect/Either"
import type { Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { logLanguage } from "./logLanguage.ts"
import { readSearch, type Test } from "./search.ts"

/** Entries at which the run's clock is to stop. It is no part of the run: nothing of it is in the log. */
export interface Breakpoint {
  readonly id: number
  /** In the language of the log's list: `type:message.status-changed failed`. */
  readonly pattern: string
  /** How often it was reached, and by which entry last. */
  readonly hits: number
  readonly last: number | undefined
}

interface Watching {
  readonly breakpoint: Breakpoint
  readonly fits: Test<Row>
}

/** The breakpoints of one run. */
export class Breakpoints {
  #next = 1
  #watching: ReadonlyArray<Watching> = []

  get all(): ReadonlyArray<Breakpoint> {
    return this.#watching.map(({ breakpoint }) => breakpoint)
  }

  /** Adds one; the left says what is wrong with its pattern. `now` is virtual. */
  add(pattern: string, now: number): Either.Either<Breakpoint, string> {
    if (pattern.trim() === "") return Either.left("expected a search such as type:message.status-changed failed")
    if (this.#watching.length >= limits.breakpointsMax)
      return Either.left(`there are ${limits.breakpointsMax} breakpoints already; remove one`)
    return Either.map(
      Either.mapLeft(readSearch(logLanguage, pattern, now), (lines) => lines.join("; ")),
      ({ fits }) => {
        const breakpoint: Breakpoint = { id: this.#next++, pattern, hits: 0, last: undefined }
        this.#watching = [...this.#watching, { breakpoint, fits }]
        return breakpoint
      },
    )
  }

  /** Whether there was one with this id. */
  remove(id: number): boolean {
    const left = this.#watching.filter(({ breakpoint }) => breakpoint.id !== id)
    const was = left.length < this.#watching.length
    this.#watching = left
    return was
  }

  /** Looks at rows that are in the log now; whether one of them is to stop the clock. */
  see(rows: Iterable<Row>): boolean {
    let hit = false
    for (const row of rows)
      this.#watching = this.#watching.map((each) => {
        if (!each.fits(row)) return each
        hit = true
        const { hits } = each.breakpoint
        return { ...each, breakpoint: { ...each.breakpoint, hits: hits + 1, last: row.seq } }
      })
    return hit
  }
}
