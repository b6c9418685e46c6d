import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { describe, it } from "@effect/vitest"
import { assertEquals, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { build } from "esbuild"
import { genesis, hashOf } from "../../src/core/Entry.ts"
import { LogOpenError } from "../../src/log/EventLog.ts"
import { chainOf } from "../../src/log/eventLog.contract.ts"
import { openSqlite } from "../../src/log/layerSqlite.ts"
import { openReader } from "../../src/log/reader.ts"
import { streamRows } from "../../src/log/recording.ts"
import { preloaded } from "../crash/faulty.ts"
import { folder, logPath } from "./given.ts"

const started = (script: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
  Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [script, ...args], {
        env: { ...process.env, ...env },
        stdio: ["pipe", "pipe", "inherit"],
      }),
    ),
    killed,
  )

/** Ends a process without a warning and waits until it is gone. */
const killed = (child: ChildProcess) =>
  Effect.async<void>((resume) => {
    if (child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

/** The first line a process says that passes; fails when it ends without. */
const line = (child: ChildProcess, passes: (said: string) => boolean) =>
  Effect.async<string, Error>((resume) => {
    const lines = createInterface({ input: child.stdout! })
    lines.on("line", (said) => passes(said) && resume(Effect.succeed(said)))
    lines.on("close", () => resume(Effect.fail(new Error("it ended without saying so"))))
  })

const holder = path.join(import.meta.dirname, "holdLock.mjs")

describe("the lock of a log", () => {
  it.scoped("keeps a second writer out until the first closes the log", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* openSqlite(file)
          const refused = yield* Effect.flip(Effect.scoped(openSqlite(file)))
          const message = `${file} is in use by another ringback server (lock ${file}.lock); stop it or use another --db`
          assertEquals(refused, new LogOpenError({ reason: "locked", file, message }))
        }),
      )
      yield* openSqlite(file)
    }),
  )

  it.scoped("is held by another process until that is killed", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      const child = yield* started(holder, [file])
      yield* line(child, (said) => said === "held")
      strictEqual((yield* Effect.flip(Effect.scoped(openSqlite(file)))).reason, "locked")
      assertTrue(!fs.existsSync(file), "a log that is locked is not touched")
      yield* killed(child)
      const log = yield* openSqlite(file)
      yield* log.append(chainOf(1))
    }),
  )

  it.scoped("is no matter to readers", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      yield* Effect.scoped(Effect.flatMap(openSqlite(file), (log) => log.append(chainOf(2))))
      const child = yield* started(holder, [file])
      yield* line(child, (said) => said === "held")
      const reader = yield* openReader(file)
      deepStrictEqual(yield* reader.read(0, 10), chainOf(2))
    }),
  )
})

/** Enough entries that the worker thread has checkpointed: while groups are small it waits for a moment without any, but not for long. */
const entriesBeforeKill = 120_000

/** That a log is whole groups that follow each other, up to what was said and perhaps on from there. */
const isWhole = (file: string, groupRows: number, said: number) =>
  Effect.gen(function* () {
    const log = yield* openSqlite(file)
    const { seq, hash } = yield* log.head
    assertTrue(seq >= said && seq % groupRows === 0, `${seq} entries; ${said} were said to be committed`)
    const digest = yield* Stream.runFold(streamRows(log, 0), genesis, (previous, row) => {
      strictEqual(row.hash, hashOf(row, previous))
      return row.hash
    })
    strictEqual(digest, hash)
    return seq
  })

describe("a server killed while it appends, from one bundle", () => {
  it.scoped("has in its log all it said was committed, in whole groups, and was read meanwhile", () =>
    Effect.gen(function* () {
      const file = path.join(yield* folder, "log.db")
      const child = yield* started(yield* bundled("appendForever.ts"), [file, "100"])
      yield* line(child, (said) => Number(said) >= 5_000)
      const reader = yield* openReader(file)
      const early = yield* reader.head
      assertTrue(early.seq >= 5_000 && early.seq % 100 === 0)
      const said = Number(yield* line(child, (one) => Number(one) >= entriesBeforeKill))
      strictEqual((yield* Effect.flip(Effect.scoped(openSqlite(file)))).reason, "locked")
      yield* killed(child)
      assertTrue(fs.statSync(file).size > 1_000_000, "the worker thread has copied entries into the file")
      yield* isWhole(file, 100, said)
    }),
  )

  // Each is reached in the sixth group that the log's own thread writes, or the seventh.
  const places: ReadonlyArray<readonly [where: string, point: number, nth: number]> = [
    ["between two inserts", 2, 5_500],
    ["before its COMMIT", 3, 6],
    ["after its COMMIT, before anybody is told", 4, 6],
  ]
  for (const [where, point, nth] of places)
    it.scoped(`by the thread that writes beside it, ${where}, has whole groups`, () =>
      Effect.gen(function* () {
        const file = path.join(yield* folder, "log.db")
        const told = `${file}.died`
        const env = preloaded({ do: "kill", beside: true, point, nth, us: 0, told })
        const child = yield* started(yield* bundled("appendForever.ts"), [file, "1000"], env)
        let said = 0
        yield* Effect.async<void>((resume) => {
          createInterface({ input: child.stdout! })
            .on("line", (text) => {
              said = Number(text)
            })
            .on("close", () => resume(Effect.void))
        })
        yield* killed(child)
        strictEqual(fs.readFileSync(told, "utf8"), `point ${point}, occurrence ${nth}\n`)
        assertTrue(said >= 10_000)
        strictEqual(yield* isWhole(file, 1_000, said), point === 4 ? said + 1_000 : said)
      }),
    )
})

/** The script as one file, below node_modules so that it finds its native driver. */
const bundled = (script: string) =>
  Effect.gen(function* () {
    const cache = path.join(import.meta.dirname, "../../node_modules/.cache")
    const home = yield* Effect.acquireRelease(
      Effect.sync(() => {
        fs.mkdirSync(cache, { recursive: true })
        return fs.mkdtempSync(path.join(cache, "ringback-test-"))
      }),
      (made) => Effect.sync(() => fs.rmSync(made, { recursive: true, force: true })),
    )
    const outfile = path.join(home, "bundle.mjs")
    yield* Effect.promise(() =>
      build({
        entryPoints: [path.join(import.meta.dirname, script)],
        outfile,
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20",
        external: ["better-sqlite3"],
        logLevel: "error",
      }),
    )
    return outfile
  })
