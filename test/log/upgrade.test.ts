import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import { verifyPages } from "../../src/engine/verify.ts"
import { takeLock } from "../../src/log/lock.ts"
import { pagesOf } from "../../src/log/pagesOf.ts"
import { readRecording } from "../../src/log/recording.ts"
import { writeAnew } from "../../src/log/rewrite.ts"
import { makeUpcaster } from "../../src/log/upcasts.ts"
import { upgradeLog } from "../../src/log/upgrade.ts"
import { newFolder } from "../support/folder.ts"

const recording = join(import.meta.dirname, "../../recordings/opt-out-and-back.jsonl")
const types = rules.entryTypes

/** A made-up older format, in which the body of a message was called its text. */
const older = (out: string) =>
  Effect.runPromise(
    writeAnew(
      out.endsWith(".db") ? "log" : "recording",
      out,
      Stream.map(readRecording(recording), (row) =>
        row.type === "message.created" ? { ...row, data: row.data.replace('"body":', '"bodytext":') } : row,
      ),
    ),
  )
const upcast = makeUpcaster(
  new Map([
    ["message.created", [({ bodytext, ...rest }) => (bodytext === undefined ? rest : { ...rest, body: bodytext })]],
  ]),
)

const verdictOn = (file: string) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(pagesOf(file), (pages) => verifyPages(pages, rules))))

describe("an older log", () => {
  for (const name of ["old.db", "old.jsonl"])
    it(`is made one of today's by its upcasts, and stays as it was: ${name}`, async () => {
      const folder = newFolder()
      const [file, out] = [join(folder, name), join(folder, `new-${name}`)]
      const { digest } = await older(file)
      const bytes = fs.readFileSync(file)
      fs.writeFileSync(`${file}.keys`, "keys", { mode: 0o600 })
      const upgraded = await Effect.runPromise(upgradeLog({ file, out, types, upcast }))
      deepStrictEqual([...upgraded.changed], [["message.created", 5]])
      strictEqual(upgraded.before.digest, digest)
      const verdict = await verdictOn(out)
      strictEqual(verdict._tag === "Sound" ? verdict.digest : verdict.problem, upgraded.after?.digest)
      const golden = await verdictOn(recording)
      strictEqual(golden._tag === "Sound" && golden.digest, upgraded.after?.digest)
      deepStrictEqual(fs.readFileSync(file), bytes)
      strictEqual(fs.existsSync(`${out}.keys`), name === "old.db")
      if (name === "old.db") strictEqual(fs.statSync(`${out}.keys`).mode & 0o777, 0o600)
    })

  it("of today's shape is left alone", async () => {
    const out = join(newFolder(), "new.jsonl")
    const { after, before, changed } = await Effect.runPromise(upgradeLog({ file: recording, out, types }))
    strictEqual(changed.size, 0)
    strictEqual(after, undefined)
    assertTrue(before.entries > 0)
    strictEqual(fs.existsSync(out), false)
  })

  it("is refused where an entry has no shape of today, naming it", async () => {
    const file = join(newFolder(), "old.jsonl")
    await older(file)
    const out = join(newFolder(), "new.jsonl")
    const error = await Effect.runPromise(Effect.flip(upgradeLog({ file, out, types })))
    assertTrue(/entry \d+ \(message\.created\) is not of today's shape: .*body/.test(error.message), error.message)
    strictEqual(fs.existsSync(out), false)
  })

  it("is refused while it is written, and so is a target that exists", async () => {
    const folder = newFolder()
    const file = join(folder, "old.db")
    await older(file)
    const out = join(folder, "new.db")
    const upgraded = upgradeLog({ file, out, types, upcast })
    const locked = await Effect.runPromise(Effect.scoped(Effect.flatMap(takeLock(file), () => Effect.flip(upgraded))))
    assertTrue(locked.message.includes("is in use by another ringback server"), locked.message)
    fs.writeFileSync(out, "mine")
    assertTrue((await Effect.runPromise(Effect.flip(upgraded))).message.includes("exists already"))
    strictEqual(fs.readFileSync(out, "utf8"), "mine")
  })

  it("is refused where its keys would have to lie on those of another log, and nothing is written", async () => {
    const folder = newFolder()
    const file = join(folder, "old.db")
    await older(file)
    const out = join(folder, "new.db")
    for (const each of [file, out]) fs.writeFileSync(`${each}.keys`, `keys of ${each}`)
    const upgraded = upgradeLog({ file, out, types, upcast })
    const { message } = await Effect.runPromise(Effect.flip(upgraded))
    strictEqual(message, `${out}.keys exists already; name a log that has none`)
    strictEqual(fs.existsSync(out), false)
    strictEqual(fs.readFileSync(`${out}.keys`, "utf8"), `keys of ${out}`)
  })
})
