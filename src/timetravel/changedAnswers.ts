import * as Effect from "effect/Effect"
import type { Draft, Entry } from "../core/Entry.ts"
import {
  type AnswerReplaced,
  answerReplaced,
  type OutboundRequested,
  outboundRequested,
  type ReplacedAnswer,
  timerSet,
} from "../core/entries.ts"
import type { Feed, RunOn } from "../engine/rerun.ts"
import type { WorldState } from "../engine/World.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { isOwn } from "../network/inside.ts"
import { outboundMachine, retryKey } from "../network/outbound.machine.ts"
import { answerDraft, answerInPlace, answerMs, attemptKey } from "../network/scriptedAnswers.ts"
import { placeOf } from "./place.ts"
import { entryOf, NotThere } from "./reading.ts"

/** The answer to one attempt of a request that leaves the world. */
export interface ChangedAnswer {
  /** The attempt by the entry that asked, `outbound.requested`, or by the `timer.set` of one that is to be made. */
  readonly seq: number
  readonly answer: ReplacedAnswer
}

/** The last entry before everything that is answered otherwise. */
export const beforeAnswers = (
  reader: LogReader,
  answers: ReadonlyArray<ChangedAnswer>,
): Effect.Effect<number, LogUnavailable | NotThere> =>
  Effect.gen(function* () {
    let before = Number.POSITIVE_INFINITY
    for (const { seq } of answers) {
      const row = yield* rowAt(reader, seq)
      before = Math.min(before, row.type === timerSet.type ? seq : seq - 1)
    }
    if (before === Number.POSITIVE_INFINITY)
      return yield* new NotThere({ message: "name the entry after which things go otherwise" })
    return before
  })

/** The order that an attempt be answered otherwise, for a fork that is cut there. */
export const replacing = (
  reader: LogReader,
  world: WorldState,
  { answer, seq }: ChangedAnswer,
  cut: number,
): Effect.Effect<Draft<AnswerReplaced>, LogUnavailable | NotThere> =>
  Effect.gen(function* () {
    const row = yield* rowAt(reader, seq)
    const entry = entryOf(row)
    const { pending, waiting } = world.slice(outboundMachine)
    if (timerSet.is(entry)) {
      const last = yield* attemptBefore(reader, entry)
      if (last === undefined || (seq <= cut && !waiting.has(entry.data.key)))
        return yield* new NotThere({
          message: `entry ${seq} set no timer of a next attempt that is to come after entry ${cut}`,
        })
      return ordered({ ...last, attempt: last.attempt + 1 }, answer)
    }
    if (!isRequest(entry))
      return yield* new NotThere({
        message: `entry ${seq} is ${row.type}; an answer belongs to an outbound.requested, or to the timer.set of a next attempt`,
      })
    if (entry.data.fault !== undefined)
      return yield* new NotThere({
        message: `a fault has it that the request of entry ${seq} is ${entry.data.fault}; change the fault`,
      })
    if (seq <= cut && !pending.has(seq))
      return yield* new NotThere({
        message: `the request of entry ${seq} was answered up to entry ${cut} already; begin the fork before it`,
      })
    if (seq <= cut && entry.data.via === "world" && isOwn(entry.data))
      return yield* new NotThere({
        message: `the request of entry ${seq} goes to the run itself, whose API has had it since; begin the fork before it`,
      })
    return ordered(entry.data, answer)
  })

/** What requests over the wire get in a fork in which some of them are answered otherwise; those of endpoints follow from the order. */
export const answering = (changes: ReadonlyArray<Draft>): Pick<RunOn<never>, "answer"> => {
  const orders = new Map<string, ReplacedAnswer>()
  for (const { data, type } of changes)
    if (type === answerReplaced.type) {
      const order = data as AnswerReplaced
      orders.set(attemptKey(order), order.answer)
    }
  if (orders.size === 0) return {}
  return {
    answer: (request, recorded) => {
      const order = orders.get(attemptKey(request.data))
      return order === undefined ? recorded : inPlace(request, recorded, order)
    },
  }
}

const inPlace = ({ at, data, seq, subject }: Entry<OutboundRequested>, recorded: Feed, order: ReplacedAnswer): Feed => {
  const answer = answerInPlace(order, recorded.at - at)
  return { ...recorded, at: at + answerMs(data, answer), input: answerDraft(data, answer, subject, seq) }
}

/** The attempt whose end set a timer for the next one; undefined for a timer of anything else. */
const attemptBefore = (
  reader: LogReader,
  timer: Entry<{ readonly key: string }>,
): Effect.Effect<OutboundRequested | undefined, LogUnavailable | NotThere> =>
  Effect.gen(function* () {
    if (timer.cause === 0) return undefined
    const { cause } = yield* rowAt(reader, timer.cause)
    if (cause === 0) return undefined
    const entry = entryOf(yield* rowAt(reader, cause))
    return isRequest(entry) && retryKey(entry.data) === timer.data.key ? entry.data : undefined
  })

const ordered = (
  { attempt, copy, purpose, token }: Pick<OutboundRequested, "attempt" | "copy" | "purpose" | "token">,
  answer: ReplacedAnswer,
) => answerReplaced.draft("", { answer, attempt, ...(copy === undefined ? {} : { copy }), purpose, token })

/** A request as the log keeps it; an altered entry of that type is none. */
const isRequest = (entry: Entry<unknown>): entry is Entry<OutboundRequested> =>
  outboundRequested.is(entry) && typeof entry.data.token === "string" && Number.isSafeInteger(entry.data.attempt)

const rowAt = (reader: LogReader, seq: number) => placeOf(reader, String(seq))
