import type { OutboundRequested } from "../core/entries.ts"

/** A request that is to go over the wire. */
export interface Job {
  readonly seq: number
  readonly subject: string
  readonly request: OutboundRequested
  readonly origin: string
  /** When it began to wait, by the host's monotonic clock. */
  readonly since: number
}

interface Line {
  /** Those taken are let go of at once. */
  jobs: Array<Job | undefined>
  next: number
}

/**
 * Requests that wait to be sent, one line for each origin: an origin that may have no more holds up its own alone.
 * Taking one costs a look at each line's head, however long the lines are.
 */
export class WireQueue {
  readonly #lines = new Map<string, Line>()

  /** Jobs are added in the order of their seq. */
  add(job: Job): void {
    const line = this.#lines.get(job.origin)
    if (line === undefined) this.#lines.set(job.origin, { jobs: [job], next: 0 })
    else line.jobs.push(job)
  }

  /** Takes the oldest of those whose origin may have one more. */
  take(mayGo: (origin: string) => boolean): Job | undefined {
    let oldest: Job | undefined
    for (const [origin, { jobs, next }] of this.#lines) {
      const head = jobs[next] as Job
      if ((oldest === undefined || head.seq < oldest.seq) && mayGo(origin)) oldest = head
    }
    if (oldest !== undefined) this.#advance(oldest.origin)
    return oldest
  }

  /** When the one that has waited longest began to. */
  get since(): number | undefined {
    let oldest: number | undefined
    for (const { jobs, next } of this.#lines.values()) {
      const { since } = jobs[next] as Job
      if (oldest === undefined || since < oldest) oldest = since
    }
    return oldest
  }

  /** Takes those that have waited since then or longer, of each line the oldest first. */
  takeSince(since: number): ReadonlyArray<Job> {
    const taken: Array<Job> = []
    for (const [origin, line] of this.#lines)
      for (let job = line.jobs[line.next]; job !== undefined && job.since <= since; job = line.jobs[line.next]) {
        taken.push(job)
        this.#advance(origin)
      }
    return taken
  }

  #advance(origin: string): void {
    const line = this.#lines.get(origin) as Line
    line.jobs[line.next++] = undefined
    if (line.next === line.jobs.length) this.#lines.delete(origin)
    else if (line.next > 1_000 && line.next * 2 > line.jobs.length) {
      line.jobs = line.jobs.slice(line.next)
      line.next = 0
    }
  }
}
