import { type Bucket, type BucketRule, fullBucket, isFull, readyAt, take, tokenUs } from "./tokenBucket.ts"

/*
 * Two levels of buckets and who waits for them. No clock and no effect: instants come in.
 *
 * 1. Whoever goes has taken a token of the account and one of its number, both at that instant.
 * 2. Those of one number go in the order they came; among numbers that have a token, who came first goes first.
 * 3. A number that has to wait holds up nobody else.
 * 4. Numbers that are kept are those with a bucket that is not full or with somebody waiting: a few beyond are dropped at the
 *    next sweep, as a full bucket is like a new one. As each take is one of the account's tokens as well, at most `numbersMax` buckets
 *    are not full.
 */

export interface Rules {
  readonly account: BucketRule
  readonly number: BucketRule
}

/** Somebody who wants to go. */
export interface Ticket {
  readonly line: Line
  readonly order: number
  /** Called once, when it may go. */
  go: () => void
}

/** A number: its bucket, and who waits for it. */
interface Line {
  /** `undefined`: only the account's bucket counts. */
  readonly number: string | undefined
  bucket: Bucket
  readonly waiting: Set<Ticket>
}

/** Which bucket makes somebody wait, and how long at least. */
export interface Wait {
  readonly limit: "account" | "number"
  readonly ms: number
}

export class RateLimits {
  readonly #rules: Rules
  #account: Bucket = fullBucket
  readonly #lines = new Map<string | undefined, Line>()
  /** Lines with somebody waiting, in the order in which the first came. */
  readonly #held = new Set<Line>()
  #count = 0
  #order = 0
  #now = 0

  constructor(rules: Rules) {
    this.#rules = rules
  }

  /** How many wait. */
  get waiting(): number {
    return this.#count
  }

  /** Numbers that are kept. */
  get numbers(): number {
    return this.#lines.size
  }

  /** Takes both tokens if they are there and nobody waits for them; says how long to wait otherwise. */
  take(number: string | undefined, now: number): Wait | undefined {
    const line = this.#lineOf(number, now)
    const wait = this.#waitOf(line)
    if (wait.ms > 0) return wait
    this.#takeBoth(line)
    return undefined
  }

  /** Joins those who wait; `go` of the ticket is the caller's to set. */
  join(number: string | undefined, now: number): Ticket {
    const line = this.#lineOf(number, now)
    const ticket: Ticket = { line, order: this.#order++, go: () => {} }
    line.waiting.add(ticket)
    this.#held.add(line)
    this.#count++
    return ticket
  }

  /** Waits no longer. */
  leave(ticket: Ticket): void {
    const { line } = ticket
    if (!line.waiting.delete(ticket)) return
    this.#count--
    if (line.waiting.size === 0) this.#held.delete(line)
  }

  /** Those who may go now: their tokens are taken. */
  release(now: number): ReadonlyArray<Ticket> {
    this.#forward(now)
    const released: Array<Ticket> = []
    while (readyAt(this.#rules.account, this.#account) <= this.#now) {
      const next = this.#nextReady()
      if (next === undefined) break
      this.#takeBoth(next.line)
      this.leave(next)
      released.push(next)
    }
    return released
  }

  /** When somebody may go next; `undefined` when nobody waits. */
  nextAt(): number | undefined {
    let soonest: number | undefined
    for (const line of this.#held) {
      const at = this.#readyAt(line)
      if (soonest === undefined || at < soonest) soonest = at
    }
    return soonest === undefined ? undefined : Math.max(soonest, readyAt(this.#rules.account, this.#account))
  }

  #takeBoth(line: Line): void {
    this.#account = take(this.#rules.account, this.#account, this.#now)
    if (line.number !== undefined) line.bucket = take(this.#rules.number, line.bucket, this.#now)
  }

  #readyAt({ bucket, number }: Line): number {
    return number === undefined ? Number.NEGATIVE_INFINITY : readyAt(this.#rules.number, bucket)
  }

  /** How long a newcomer has to wait at least: 0 when it may go. */
  #waitOf(line: Line): Wait {
    const { account, number } = this.#rules
    const own = line.number === undefined ? 0 : Math.ceil((line.waiting.size * tokenUs(number)) / 1_000)
    const ofNumber = line.number === undefined ? 0 : Math.max(0, this.#readyAt(line) - this.#now) + own
    const before = this.#nextReady() === undefined ? 0 : 1
    const ofAccount = Math.max(0, readyAt(account, this.#account) - this.#now) + before
    return ofNumber > ofAccount ? { limit: "number", ms: ofNumber } : { limit: "account", ms: ofAccount }
  }

  /** Whoever came first among those whose number has a token. */
  #nextReady(): Ticket | undefined {
    let first: Ticket | undefined
    for (const line of this.#held) {
      if (this.#readyAt(line) > this.#now) continue
      const head = line.waiting.values().next().value
      if (head !== undefined && (first === undefined || head.order < first.order)) first = head
    }
    return first
  }

  #lineOf(number: string | undefined, now: number): Line {
    this.#forward(now)
    const known = this.#lines.get(number)
    if (known !== undefined) return known
    if (this.#lines.size >= 2 * (numbersMax(this.#rules) + this.#held.size)) this.#sweep()
    const line: Line = { number, bucket: fullBucket, waiting: new Set() }
    this.#lines.set(number, line)
    return line
  }

  #sweep(): void {
    for (const [number, line] of this.#lines)
      if (line.waiting.size === 0 && isFull(line.bucket, this.#now)) this.#lines.delete(number)
  }

  /** Time never goes back, whatever a clock says. */
  #forward(now: number): void {
    if (now > this.#now) this.#now = now
  }
}

/** Numbers whose bucket can be other than full at one instant. */
export const numbersMax = ({ account, number }: Rules): number =>
  account.burst + Math.ceil((number.burst * tokenUs(number)) / tokenUs(account)) + 1
