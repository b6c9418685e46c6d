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

/** A rule threw while a log was run again, or it would not end; the entries up to there are good. */
export class RerunFailed extends Data.TaggedError("RerunFailed")<{ readonly seq: number; readonly cause: unknown }> {
  override get message() {
    return `running again stopped at entry ${this.seq}: ${this.cause instanceof Error ? this.cause.message : String(this.cause)}`
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
export interface Feed {
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
    const kept = rows.slice(0, cut)
    const made: Array<Row> = []
    const recorded = new Recorded(cut)
    for (const row of rows) {
      const entry = upcast(decode(row))
      recorded.take(entry)
      if (row.seq <= cut) world.evolve(entry)
    }
    const head = kept.at(-1) ?? { seq: 0, at: 0, hash: genesis }
    const changes = change === undefined ? [] : [change]
    const collect = (some: ReadonlyArray<Row>) => Effect.sync(() => void made.push(...some))
    return Effect.map(runOn({ world, head, recorded, changes, made: collect }), () => ({
      rows: [...kept, ...made],
      world,
    }))
  })

/** How a run goes on from a place of its log without a clock, a network or anybody outside. */
export interface RunOn<E> {
  /** As it is at `head`; it goes on with the run. */
  readonly world: WorldState
  readonly head: Head
  /** What the recorded log has to say after it. */
  readonly recorded: Recorded
  /** The first inputs, at the instant of `head`. */
  readonly changes?: ReadonlyArray<Draft>
  /** Makes an outer input the one that is fed in its place. */
  readonly amend?: (input: Draft) => Draft
  /** Makes the answer that a wire request is to get another one. */
  readonly answer?: (request: Entry<OutboundRequested>, recorded: Feed) => Feed
  /** Whether outer inputs are fed: `drop` leaves the run to what is pending. */
  readonly inputs?: "keep" | "drop"
  /** A run that makes more entries fails. */
  readonly entriesMax?: number
  /** Gets what was made, turn after turn, some at a time. */
  readonly made: (rows: ReadonlyArray<Row>) => Effect.Effect<void, E>
}

/** Entries that are handed on together; other work goes on in between. */
const handedOn = 1_000

/** Goes on until nothing is due and nothing is left to be fed. Gives where the log then ends. */
export const runOn = <E>(options: RunOn<E>): Effect.Effect<Head, RerunFailed | E> =>
  Effect.gen(function* () {
    const { changes = [], entriesMax = Number.MAX_SAFE_INTEGER, head: first, inputs = "keep" } = options
    const going = new Going(options, inputs === "keep" ? options.recorded.outer : [])
    const fail = (cause: unknown) => new RerunFailed({ seq: going.head.seq + 1, cause })
    for (const change of changes) yield* Effect.try({ try: () => going.turn(change, going.head.at), catch: fail })
    for (let more = true; more; ) {
      more = yield* Effect.try({ try: () => going.some(handedOn), catch: fail })
      yield* options.made(going.taken())
      if (going.head.seq - first.seq > entriesMax)
        return yield* fail(new Error(`it makes more than ${entriesMax} entries without coming to an end`))
      yield* Effect.yieldNow()
    }
    return going.head
  })

/** A run that goes on. */
class Going {
  readonly #options: Pick<RunOn<never>, "amend" | "answer" | "recorded" | "world">
  readonly #feeds: ReadonlyArray<Feed>
  #fed = 0
  readonly #answers: Array<Feed> = []
  #made: Array<Made> = []
  head: Head

  constructor(
    options: Pick<RunOn<never>, "amend" | "answer" | "head" | "recorded" | "world">,
    feeds: ReadonlyArray<Feed>,
  ) {
    this.#options = options
    this.#feeds = feeds
    this.head = options.head
    for (const pending of options.recorded.unanswered) this.#await(pending)
  }

  /** What a request over the wire gets comes in its time. */
  #await(request: Entry<OutboundRequested>): void {
    const { answer, recorded } = this.#options
    const feed = recorded.answerTo(request)
    insert(this.#answers, answer === undefined ? feed : answer(request, feed))
  }

  turn(input: Draft, at: number): void {
    const from = this.#made.length
    const { world } = this.#options
    this.head = runTurn(world, this.head, input, at, this.#made)
    for (const { entry } of this.#made.slice(from))
      if (outboundRequested.is(entry) && entry.data.via === "wire") this.#await(entry)
  }

  /** Runs turns until there are so many entries; false when nothing is left to be done. */
  some(entries: number): boolean {
    const { amend, world } = this.#options
    while (this.#made.length < entries) {
      const timer = nextTimer(world.slice(timersMachine))
      const [answer, feed] = [this.#answers[0], this.#feeds[this.#fed]]
      const next = answer !== undefined && (feed === undefined || before(answer, feed)) ? answer : feed
      if (timer !== undefined && (next === undefined || timer.due <= next.at))
        this.turn(firing(timer), Math.max(timer.due, this.head.at))
      else if (next === undefined) return false
      else if (next === answer) {
        this.#answers.shift()
        this.turn(next.input, Math.max(next.at, this.head.at))
      } else {
        this.#fed++
        this.turn(amend === undefined ? next.input : amend(next.input), Math.max(next.at, this.head.at))
      }
    }
    return true
  }

  /** The rows made since the last time. */
  taken(): ReadonlyArray<Row> {
    const rows = this.#made.map(({ row }) => row)
    this.#made = []
    return rows
  }
}

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

/** What a recorded log has to say to a run that is made from it; takes the log's entries in their order. */
export class Recorded {
  readonly #cut: number
  /** Requests whose answer has not come, by their seq. */
  readonly #asked = new Map<number, Entry<OutboundRequested>>()
  /** Those of them over the wire that were on their way at the cut. */
  readonly #open = new Map<number, Entry<OutboundRequested>>()
  readonly #answers = new Map<string, { readonly draft: Draft; readonly seq: number; readonly after: number }>()
  /** The outer inputs after the cut. */
  readonly outer: Array<Feed> = []

  /** Entries up to the cut are kept as they are. */
  constructor(cut: number) {
    this.#cut = cut
  }

  take(entry: Entry<unknown>): void {
    const { at, cause, data, kind, seq, subject, type } = entry
    if (outboundRequested.is(entry)) {
      this.#asked.set(seq, entry)
      if (seq <= this.#cut && entry.data.via === "wire") this.#open.set(seq, entry)
    } else if (type === outboundAnswered.type || type === outboundFailed.type) {
      const request = this.#asked.get(cause)
      this.#asked.delete(cause)
      if (seq <= this.#cut) this.#open.delete(cause)
      else if (request !== undefined)
        this.#answers.set(keyOf(request.data), { draft: { type, subject, data }, seq, after: at - request.at })
    }
    if (seq > this.#cut && kind === "input" && !echoes.has(type))
      this.outer.push({ at, seq, input: { type, subject, data } })
  }

  /** Wire requests of kept entries whose answer is not among those. */
  get unanswered(): Iterable<Entry<OutboundRequested>> {
    return this.#open.values()
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
