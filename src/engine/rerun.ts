import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import { type Draft, decode, type Entry, genesis, type Row } from "../core/Entry.ts"
import {
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerFired,
  turnFailed,
} from "../core/entries.ts"
import type { Head } from "../log/EventLog.ts"
import { upcast } from "../log/upcasts.ts"
import { firing } from "./drafts.ts"
import { type Made, runTurn } from "./turn.ts"
import { type AnyMachine, WorldState } from "./World.ts"

/** A rule threw while a log was run again; the entries up to there are good. */
export class RerunFailed extends Data.TaggedError("RerunFailed")<{ readonly seq: number; readonly cause: unknown }> {
  override get message() {
    return `running again stopped at entry ${this.seq}: ${String(this.cause)}`
  }
}

export interface RerunOptions {
  /** The recorded log, in order. */
  readonly rows: ReadonlyArray<Row>
  readonly machines: ReadonlyArray<AnyMachine>
  /** Entries up to this seq are kept as they are; it has to be the end of a turn. 0: everything is made anew. */
  readonly cut?: number
  /** What is changed: the first input after the cut, at the instant of the cut. */
  readonly change?: Draft
}

export interface Rerun {
  readonly rows: ReadonlyArray<Row>
  readonly world: WorldState
}

/** An input that is still to be fed: an outer one at its instant, or a recorded answer as long after its request as it took. */
interface Feed {
  readonly at: number
  /** The recorded seq: what orders inputs of one instant. */
  readonly seq: number
  readonly input: Draft
}

/**
 * Asks what would have happened if: feeds only the outer inputs at their instants and makes timers and world answers anew.
 *
 * A wire request gets the answer that was recorded for the same purpose, event and attempt, as long after it as then;
 * without one it fails with `not-recorded`. With nothing changed, a log of a run at pace `fast` comes out the same.
 */
export const rerun = ({ rows, machines, cut = 0, change }: RerunOptions): Effect.Effect<Rerun, RerunFailed> =>
  Effect.suspend(() => {
    const world = new WorldState(machines)
    const made: Array<Made> = []
    const kept = rows.slice(0, cut)
    let head: Head = { seq: 0, at: 0, hash: genesis }
    for (const row of kept) {
      world.evolve(upcast(decode(row)))
      head = row
    }
    const recorded = new Recorded(rows)
    const feeds: Array<Feed> = recorded.outer(cut)
    const answers: Array<Feed> = []
    const expect = (entries: ReadonlyArray<Made>) => {
      for (const { entry } of entries)
        if (outboundRequested.is(entry) && entry.data.via === "wire") insert(answers, recorded.answerTo(entry))
    }
    const turn = (input: Draft, at: number): void => {
      const from = made.length
      head = runTurn(world, head, input, at, made)
      expect(made.slice(from))
    }
    try {
      for (const pending of recorded.unanswered(kept)) insert(answers, recorded.answerTo(pending))
      if (change !== undefined) turn(change, head.at)
      for (;;) {
        const timer = nextTimer(world.slice(timersMachine))
        const [answer, feed] = [answers[0], feeds[0]]
        const next = answer !== undefined && (feed === undefined || before(answer, feed)) ? answer : feed
        if (timer !== undefined && (next === undefined || timer.due <= next.at))
          turn(firing(timer), Math.max(timer.due, head.at))
        else if (next === undefined) break
        else {
          ;(next === answer ? answers : feeds).shift()
          turn(next.input, Math.max(next.at, head.at))
        }
      }
    } catch (cause) {
      return new RerunFailed({ seq: head.seq + 1, cause })
    }
    return Effect.succeed({ rows: [...kept, ...made.map(({ row }) => row)], world })
  })

const before = (a: Feed, b: Feed): boolean => a.at < b.at || (a.at === b.at && a.seq < b.seq)

const insert = (feeds: Array<Feed>, feed: Feed): void => {
  const at = feeds.findLastIndex((other) => !before(feed, other)) + 1
  feeds.splice(at, 0, feed)
}

const echoes: ReadonlySet<string> = new Set([
  timerFired.type,
  outboundAnswered.type,
  outboundFailed.type,
  turnFailed.type,
])

/** What a recorded log has to say to a run that is made from it. */
class Recorded {
  readonly #entries: ReadonlyArray<Entry>
  readonly #answers = new Map<string, { readonly draft: Draft; readonly seq: number; readonly after: number }>()

  constructor(rows: ReadonlyArray<Row>) {
    this.#entries = rows.map((row) => upcast(decode(row)))
    for (const entry of this.#entries) {
      if (entry.type !== outboundAnswered.type && entry.type !== outboundFailed.type) continue
      const request = this.#entries[entry.cause - 1] as Entry<unknown> | undefined
      if (request === undefined || !outboundRequested.is(request)) continue
      const { type, subject, data, seq } = entry
      this.#answers.set(keyOf(request.data), { draft: { type, subject, data }, seq, after: entry.at - request.at })
    }
  }

  /** The outer inputs after the cut. */
  outer(cut: number): Array<Feed> {
    return this.#entries
      .filter(({ seq, kind, type }) => seq > cut && kind === "input" && !echoes.has(type))
      .map(({ at, seq, type, subject, data }) => ({ at, seq, input: { type, subject, data } }))
  }

  /** Wire requests among these rows whose answer is not among them. */
  unanswered(kept: ReadonlyArray<Row>): ReadonlyArray<Entry<OutboundRequested>> {
    const open = new Map<number, Entry<OutboundRequested>>()
    for (const { seq } of kept) {
      const entry = this.#entries[seq - 1] as Entry<unknown>
      if (outboundRequested.is(entry) && entry.data.via === "wire") open.set(entry.seq, entry)
      else if (entry.type === outboundAnswered.type || entry.type === outboundFailed.type) open.delete(entry.cause)
    }
    return [...open.values()]
  }

  answerTo(request: Entry<OutboundRequested>): Feed {
    const found = this.#answers.get(keyOf(request.data))
    return found === undefined
      ? {
          at: request.at,
          seq: Number.MAX_SAFE_INTEGER,
          input: outboundFailed.draft(request.subject, { reason: "not-recorded" }, request.seq),
        }
      : { at: request.at + found.after, seq: found.seq, input: { ...found.draft, cause: request.seq } }
  }
}

/** The token is the event's own, so with the attempt it finds the answer whatever else has changed. */
const keyOf = ({ attempt, copy = 0, purpose, token }: OutboundRequested): string =>
  `${purpose} ${token} ${copy} ${attempt}`
