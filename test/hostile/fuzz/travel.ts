import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { readAnswer } from "../../../src/app/forkAnswers.ts"
import { changedSettings, readChange } from "../../../src/app/forkSettings.ts"
import { machines } from "../../../src/app/machines.ts"
import { sha256 } from "../../../src/core/canonical.ts"
import type { Row } from "../../../src/core/Entry.ts"
import { worldOfLog } from "../../../src/engine/fold.ts"
import type { LogReader } from "../../../src/log/EventLog.ts"
import { makeMemory } from "../../../src/log/layerMemory.ts"
import { compareLogs } from "../../../src/timetravel/difference.ts"
import { forkLog } from "../../../src/timetravel/fork.ts"
import { glimpse } from "../../../src/timetravel/glimpse.ts"
import { indexLog, LogIndex } from "../../../src/timetravel/LogIndex.ts"
import { nearestSubjects } from "../../../src/timetravel/nearest.ts"
import { placeOf } from "../../../src/timetravel/place.ts"
import { openSource } from "../../../src/timetravel/source.ts"
import { storyOf } from "../../../src/timetravel/story.ts"
import { timelineOf } from "../../../src/timetravel/timeline.ts"
import { timelineLines } from "../../../src/timetravel/timelineText.ts"
import { traceHtml } from "../../../src/timetravel/trace.ts"
import { worldJson } from "../../../src/timetravel/worldJson.ts"
import { mutated, nasty, type Random } from "./random.ts"
import { forged, recorded, spoiled, textOf } from "./recordings.ts"
import type { Outcome, Surface } from "./runner.ts"

/** Changes of settings, some of them none. */
const sets = [
  "twilio.default_behavior=failure",
  "twilio.numbers[+15551234567].outcome=failed",
  "endpoints[https://good.test].answers=[{status: 500}]",
  "callbacks.faults.lost_percent=100",
  "twilio.carriers[0].loss_percent=5",
]

const changeOf = (random: Random, rows: ReadonlyArray<Row>) => {
  if (random.chance(30)) return { swap: [random.below(rows.length + 2), random.below(rows.length + 2)] as const }
  if (random.chance(30)) {
    const answer = readAnswer(
      mutated(
        random,
        `${random.below(rows.length + 2)}=${random.pick(["500", "200@20s:x", "timeout", "reset@1s"])}`,
        1,
      ),
    )
    return Either.isLeft(answer) ? {} : { answers: [answer.right] }
  }
  const text = random.chance(50) ? random.pick(sets) : mutated(random, random.pick(sets), 2)
  const read = readChange(text)
  return Either.isLeft(read) ? {} : { settings: changedSettings([read.right]) }
}

/** What the commands do with a recording: everything they would show, and what they would say instead. */
const looked = (file: string, random: Random, rows: ReadonlyArray<Row>) =>
  Effect.gen(function* () {
    const { reader } = yield* openSource(file)
    const at = random.chance(70) ? String(random.below(rows.length + 3)) : random.pick(nasty)
    const subject = random.chance(80) ? (random.pick(rows).subject ?? "") : random.pick(nasty)
    const said: Array<string> = []
    const attempt = <A>(effect: Effect.Effect<A, { readonly message: string }>) =>
      Effect.catchAll(effect, ({ message }) => Effect.sync(() => void said.push(message)))
    yield* attempt(shown(reader, subject))
    yield* attempt(Effect.asVoid(nearestSubjects(reader, subject)))
    yield* attempt(
      Effect.gen(function* () {
        const row = yield* placeOf(reader, at)
        const { world } = yield* worldOfLog({ log: reader, machines, upTo: row.seq })
        JSON.parse([...worldJson(world, row)].join(""))
      }),
    )
    yield* attempt(
      Effect.gen(function* () {
        const index = yield* indexLog(reader, new LogIndex())
        const { seqs } = index.newest("messages", index.seq)
        index.countersAt(index.seq)
        yield* glimpse({ reader, index, machines, at: index.seq, of: seqs })
      }),
    )
    const into = makeMemory()
    const inputs = random.pick(["keep", "drop"] as const)
    yield* attempt(
      Effect.flatMap(placeOf(reader, at), ({ seq }) =>
        forkLog({ reader, machines, at: seq, change: changeOf(random, rows), inputs }, into),
      ),
    )
    yield* attempt(Effect.asVoid(compareLogs(reader, into)))
    return said
  })

const shown = (reader: LogReader, subject: string) =>
  Effect.gen(function* () {
    const story = yield* storyOf(reader, subject)
    if (story === undefined) return
    timelineLines(timelineOf(story.entries, subject), { paint: (_, text) => text, safe: (text) => text })
    const html = traceHtml(story.entries, { title: subject, subject })
    if (html.split("<script").length !== 3) throw new Error("a trace has a script that is not its own")
    const data = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html)?.[1] ?? ""
    if (JSON.parse(data).entries.length !== story.entries.length) throw new Error("a trace lacks entries")
  })

/** Recordings of strangers: whatever they hold is shown, folded, forked and compared, or refused in one plain line. */
export const travelSurface: Surface = {
  name: "travel",
  atOnce: 1,
  open: async () => {
    const rows = await Effect.runPromise(recorded)
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    const file = join(folder, "run.jsonl")
    return {
      run: async (random): Promise<Outcome> => {
        let input = ""
        try {
          input = random.chance(75) ? textOf(forged(random, rows)) : spoiled(random, rows)
        } catch {
          return { input } // What has no canonical form cannot be forged.
        }
        writeFileSync(file, input)
        const shown = `${sha256(input).slice(0, 12)} ${input.slice(0, 1_000)}`
        const said = await Effect.runPromise(
          looked(file, random, rows).pipe(
            Effect.scoped,
            Effect.catchAll(({ message }) => Effect.succeed([message])),
          ),
        ).catch((error) => [`throws\n${error instanceof Error ? error.stack : error}`])
        const bad = said.find((message) => message.includes("\n") || message.length > 3_000)
        return { input: shown, ...(bad === undefined ? {} : { problem: bad }) }
      },
      end: async () => {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      },
    }
  },
}
