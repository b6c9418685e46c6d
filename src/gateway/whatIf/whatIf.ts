import * as Effect from "effect/Effect"
import type { JsonObject } from "../../core/canonical.ts"
import { type Draft, decode, type Entry, genesis, type Row } from "../../core/Entry.ts"
import {
  type OutboundRequested,
  outboundFailed,
  outboundRequested,
  runResumed,
  runStarted,
  settingsChanged,
} from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import { NotFoldable } from "../../engine/fold.ts"
import { type Feed, Recorded, type RerunFailed, runOn } from "../../engine/rerun.ts"
import { type AnyMachine, WorldState } from "../../engine/World.ts"
import type { LogReader, LogUnavailable } from "../../log/EventLog.ts"
import { upcast } from "../../log/upcasts.ts"
import { providerAskPurpose, providerPurpose } from "../settings.ts"
import { Figures, firstParting, type GatewayFigures, type Parting } from "./Figures.ts"

/** What a run was, and what it would have been. */
export interface WhatIf {
  readonly was: GatewayFigures
  readonly would: GatewayFigures
  /** Where the two decide otherwise for the first time. */
  readonly parting: Parting | undefined
  /** Decisions of both that were compared; the first so many of them, where there are more. */
  readonly compared: number
  /** Attempts over the wire that went to another provider than the recorded one, and got what that one had answered. */
  readonly otherProvider: number
  /** Attempts over the wire that the recording has no answer to: they failed. */
  readonly notRecorded: number
}

export interface WhatIfOptions {
  readonly reader: LogReader
  readonly machines: ReadonlyArray<AnyMachine>
  /** Makes other settings of those in force, also of those that a later restart or order brings. */
  readonly settings: (inForce: JsonObject) => JsonObject
  readonly progress?: (doing: string, seq: number) => void
}

/**
 * Runs the outer inputs of a log again under other settings, and under its own: only what the settings make of them differs.
 *
 * Both are run to their end, also past that of the log: what waited when it ended is sent in both. Recorded answers of the wire are
 * found by purpose, request and attempt (engine/rerun.ts).
 */
export const whatIf = ({
  machines,
  progress = () => {},
  reader,
  settings,
}: WhatIfOptions): Effect.Effect<WhatIf, LogUnavailable | NotFoldable | RerunFailed> =>
  Effect.gen(function* () {
    const recorded = new Recorded(0)
    const urls = new Map<string, string>()
    yield* eachEntry(reader, (entry) => {
      recorded.take(entry)
      if (isAttempt(entry)) urls.set(attemptOf(entry.data), entry.data.url)
      progress("read", entry.seq)
    })
    const play = (doing: string, amend: (input: Draft) => Draft) =>
      playAgain({ machines, recorded, urls, amend, progress: (seq) => progress(doing, seq) })
    const was = yield* play("run again", (input) => input)
    const would = yield* play("run otherwise", (input) => amended(input, settings))
    const [a, b] = [was.figures.decisions, would.figures.decisions]
    return {
      was: was.figures.result(),
      would: would.figures.result(),
      parting: firstParting(a, b),
      compared: Math.max(a.length, b.length),
      otherProvider: would.otherProvider,
      notRecorded: would.notRecorded,
    }
  })

interface Playing {
  readonly machines: ReadonlyArray<AnyMachine>
  readonly recorded: Recorded
  /** Where recorded attempts went, by what names them. */
  readonly urls: ReadonlyMap<string, string>
  readonly amend: (input: Draft) => Draft
  readonly progress: (seq: number) => void
}

const playAgain = ({ amend, machines, progress, recorded, urls }: Playing) =>
  Effect.gen(function* () {
    const figures = new Figures()
    let otherProvider = 0
    let notRecorded = 0
    const answer = (request: Entry<OutboundRequested>, feed: Feed): Feed => {
      if (!isAttempt(request)) return feed
      const { data, type } = feed.input
      if (type === outboundFailed.type && (data as { reason: string }).reason === "not-recorded") notRecorded++
      else if (urls.get(attemptOf(request.data)) !== request.data.url) otherProvider++
      return feed
    }
    const made = (rows: ReadonlyArray<Row>) =>
      Effect.sync(() => {
        for (const row of rows) figures.take(decode(row))
        progress(rows.at(-1)?.seq ?? 0)
      })
    const world = new WorldState(machines)
    const head = { seq: 0, at: 0, hash: genesis }
    yield* runOn({ world, head, recorded, amend, answer, entriesMax: entriesMax(recorded), made })
    return { figures, otherProvider, notRecorded }
  })

/** A run that makes so many more entries than it has inputs would not end. */
const entriesMax = ({ outer }: Recorded): number => limits.forkEntriesMax + 200 * outer.length

const isAttempt = (entry: Entry<unknown>): entry is Entry<OutboundRequested> =>
  outboundRequested.is(entry) &&
  entry.data.via === "wire" &&
  (entry.data.purpose === providerPurpose || entry.data.purpose === providerAskPurpose)

const attemptOf = ({ attempt, purpose, token }: OutboundRequested): string => `${purpose} ${token} ${attempt}`

const amended = (input: Draft, settings: (inForce: JsonObject) => JsonObject): Draft => {
  const { type } = input
  if (type !== runStarted.type && type !== runResumed.type && type !== settingsChanged.type) return input
  const data = input.data as JsonObject
  return { ...input, data: { ...data, settings: settings(data.settings as JsonObject) } }
}

/** Looks at every entry of a log; one that cannot be read is named. */
const eachEntry = (
  reader: LogReader,
  look: (entry: Entry) => void,
): Effect.Effect<void, LogUnavailable | NotFoldable> =>
  Effect.gen(function* () {
    for (let after = 0; ; ) {
      const rows = yield* reader.read(after, limits.readEntriesMax)
      for (const row of rows)
        yield* Effect.try({
          try: () => look(upcast(decode(row))),
          catch: (cause) => new NotFoldable({ seq: row.seq, type: row.type, cause }),
        })
      const last = rows.at(-1)
      if (last === undefined) return
      after = last.seq
      yield* Effect.yieldNow()
    }
  })
