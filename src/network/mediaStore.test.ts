import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { newFolder } from "../../test/support/folder.ts"
import { mediaFolderOf, openMediaFolder } from "./mediaStore.ts"

const bytes = new Uint8Array([1, 2, 3])

/** A store over a log's folder, and the lines that the process's log gets. */
const opened = (log: string) =>
  Effect.gen(function* () {
    const lines: Array<string> = []
    const logger = Logger.replace(
      Logger.defaultLogger,
      Logger.make(({ logLevel, message }) => lines.push(`${logLevel.label} ${message}`)),
    )
    const store = yield* Effect.provide(openMediaFolder(log), logger)
    return { lines, store }
  })

describe("media beside a log", () => {
  it.effect("are there again when the folder is opened anew", () =>
    Effect.gen(function* () {
      const log = join(newFolder(), "run.db")
      const { lines, store } = yield* opened(log)
      strictEqual(store.bytes("a"), undefined)
      store.keep("a", bytes)
      deepStrictEqual(Array.from((yield* opened(log)).store.bytes("a") ?? []), [1, 2, 3])
      deepStrictEqual(lines, [])
    }),
  )

  it.effect("that cannot be written are not kept, which is told once, and leave nothing behind", () =>
    Effect.gen(function* () {
      const log = join(newFolder(), "run.db")
      const { lines, store } = yield* opened(log)
      writeFileSync(mediaFolderOf(log), "not a folder")
      for (const name of ["a", "b"]) {
        store.keep(name, bytes)
        strictEqual(store.bytes(name), undefined)
      }
      strictEqual(lines.length, 1)
      strictEqual(lines[0]?.startsWith(`WARN ${mediaFolderOf(log)} takes no media`), true, lines[0])
    }),
  )

  it.effect("that cannot be written do not keep others from being kept", () =>
    Effect.gen(function* () {
      const log = join(newFolder(), "run.db")
      const { lines, store } = yield* opened(log)
      // A folder at the name that the bytes are written under.
      mkdirSync(join(mediaFolderOf(log), "a.part"), { recursive: true })
      store.keep("a", bytes)
      store.keep("b", bytes)
      strictEqual(existsSync(join(mediaFolderOf(log), "a")), false)
      deepStrictEqual(readdirSync(mediaFolderOf(log)).sort(), ["a.part", "b"])
      strictEqual(lines.length, 1)
    }),
  )
})
