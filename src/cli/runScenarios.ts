import * as fs from "node:fs"
import * as path from "node:path"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { playAll } from "../app/playAll.ts"
import { loadScenario } from "../app/scenarios.ts"
import { fileFailure } from "../core/fileFailure.ts"
import { makeFolders } from "../log/folders.ts"
import { sameRecording, scenarioFiles } from "../scenarios/files.ts"
import type { PlayOptions } from "../scenarios/playFile.ts"
import { github } from "../scenarios/reporters/github.ts"
import { json } from "../scenarios/reporters/json.ts"
import { pretty } from "../scenarios/reporters/pretty.ts"
import { count, type Reporter, type Style, type Summary } from "../scenarios/reporters/Report.ts"
import { tap } from "../scenarios/reporters/tap.ts"
import { printable, progress, progressDone, styled } from "./terminal.ts"

export interface RunOptions {
  readonly paths: ReadonlyArray<string>
  readonly filter: string | undefined
  readonly bail: boolean
  readonly update: boolean
  readonly recordings: string
  readonly keep: string | undefined
  readonly reporters: ReadonlyArray<string>
  readonly seed: number | undefined
}

/** Scenarios from which on it is told how many are done. */
const longFrom = 10

/** Plays what the options name and tells about it. Gives the exit code; fails with what is wrong with the options. */
export const runScenarios = (options: RunOptions): Effect.Effect<0 | 1 | 2, string> =>
  Effect.gen(function* () {
    const tellers = yield* Effect.forEach(options.reporters, tellerOf)
    if (tellers.filter(({ file }) => file === undefined).length > 1)
      return yield* Effect.fail("--reporter: expected one on standard output, others as NAME=FILE")
    yield* folderAt("--keep", options.keep)
    yield* folderAt("--recordings", options.recordings)
    const all = yield* scenarioFiles(options.paths)
    const files = options.filter === undefined ? all : yield* filtered(all, options.filter)
    if (files.length === 0) return yield* Effect.fail(`--filter: no scenario holds ${JSON.stringify(options.filter)}`)
    const same = sameRecording(files)
    if (same !== undefined)
      return yield* Effect.fail(`${same.join(" and ")} would have the same recording; give one another name`)
    const began = yield* Clock.currentTimeMillis
    const tell = (text: (reporter: Reporter) => string) =>
      Effect.forEach(tellers, (teller) => teller.tell(text(teller.reporter)), { discard: true })
    yield* tell(({ begin }) => begin(files.length))
    let n = 0
    const console = yield* Effect.console
    const reports = yield* playAll(files, playOptions(options), {
      bail: options.bail,
      progress: (done) => {
        if (files.length >= longFrom) progress(`${done} of ${files.length} scenarios`)
      },
      told: (report) => {
        n++
        progressDone()
        for (const { keep, reporter } of tellers) keep(reporter.each(report, n), console.unsafe)
      },
    })
    progressDone()
    const hostMs = (yield* Clock.currentTimeMillis) - began
    const summary: Summary = { reports, notPlayed: files.length - reports.length, hostMs }
    yield* tell(({ end }) => end(summary))
    for (const { save } of tellers) yield* save
    return count(reports, "broken") > 0 ? 2 : count(reports, "failed") > 0 ? 1 : 0
  })

const playOptions = ({ keep, recordings, seed, update }: RunOptions): PlayOptions => ({
  seed,
  recordings,
  update,
  keep,
  words: recordings === "recordings" ? [] : ["--recordings", recordings],
})

/** Refuses a file where a folder is to be, or to be made. */
const folderAt = (option: string, place: string | undefined): Effect.Effect<void, string> =>
  place !== undefined && fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() === false
    ? Effect.fail(`${option}: ${place} is a file; name a folder`)
    : Effect.void

/** Scenarios whose file or name holds a text; of a broken one the file alone counts. */
const filtered = (files: ReadonlyArray<string>, text: string): Effect.Effect<ReadonlyArray<string>> =>
  Effect.filter(files, (file) =>
    file.includes(text)
      ? Effect.succeed(true)
      : Effect.match(loadScenario(file), { onFailure: () => false, onSuccess: ({ name }) => name.includes(text) }),
  )

/** A reporter and where it tells. */
interface Teller {
  readonly reporter: Reporter
  readonly file: string | undefined
  readonly tell: (text: string) => Effect.Effect<void>
  /** Tells at once, from where nothing can wait. */
  readonly keep: (text: string, console: { readonly log: (text: string) => void }) => void
  readonly save: Effect.Effect<void, string>
}

const style: Style = { paint: styled, safe: printable }
const plain: Style = { paint: (_, text) => text, safe: printable }

const tellerOf = (given: string): Effect.Effect<Teller, string> =>
  Effect.gen(function* () {
    const cut = given.indexOf("=")
    const [name, file] = cut < 0 ? [given, undefined] : [given.slice(0, cut), given.slice(cut + 1)]
    if (file === "") return yield* Effect.fail(`--reporter ${name}=: expected a file`)
    const reporter = yield* reporterOf(name, file === undefined ? style : plain)
    let text = ""
    const add = (more: string) => {
      if (more !== "") text += `${more}\n`
    }
    if (file === undefined)
      return {
        reporter,
        file,
        tell: (more) => (more === "" ? Effect.void : Console.log(more)),
        keep: (more, console) => {
          if (more !== "") console.log(more)
        },
        save: Effect.void,
      }
    return {
      reporter,
      file,
      tell: (more) => Effect.sync(() => add(more)),
      keep: add,
      save: Effect.try({
        try: () => {
          makeFolders(path.dirname(path.resolve(file)))
          fs.writeFileSync(file, text)
        },
        catch: (error) => `--reporter ${given}: ${fileFailure({ doing: "written", file }, error)}`,
      }),
    }
  })

const reporterOf = (name: string, how: Style): Effect.Effect<Reporter, string> => {
  switch (name) {
    case "pretty":
      return Effect.succeed(pretty(how))
    case "json":
      return Effect.succeed(json)
    case "tap":
      return Effect.succeed(tap)
    case "github":
      return Effect.succeed(github)
    case "junit":
      // Its XML library is larger than all the rest of scenarios.
      return Effect.promise(async () => (await import("../scenarios/reporters/junit.ts")).junit)
    default:
      return Effect.fail(`--reporter: expected pretty, junit, json, tap or github, found ${JSON.stringify(name)}`)
  }
}
