import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { newFolder } from "../../test/support/folder.ts"
import { exec } from "./exec.ts"

const given = {
  command: [process.execPath, "-e", ""],
  scenario: undefined,
  expect: undefined,
  db: undefined,
  seed: 1,
  pace: { _tag: "paused" },
} as const

/** A settings file in a folder of its own, where the local CA is, too. */
const settings = (more = "") => {
  const folder = newFolder()
  const config = join(folder, "settings.yaml")
  fs.writeFileSync(config, `proxy: { ca_path: ${JSON.stringify(join(folder, "ca"))} }\n${more}`)
  return { config, folder }
}

describe("exec", () => {
  it.live("leaves no folder where nothing was started", () =>
    Effect.gen(function* () {
      const { config, folder } = settings("server: { port: none }\n")
      const before = process.env.TMPDIR
      process.env.TMPDIR = folder
      const { message } = yield* Effect.flip(exec({ ...given, config }))
      if (before === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = before
      strictEqual(message, `${config}:2: server.port: expected a port, 0 to 65535, found "none"`)
      deepStrictEqual(fs.readdirSync(folder), ["settings.yaml"])
    }),
  )

  it.live("says why no trace could be written", () =>
    Effect.gen(function* () {
      const { config, folder } = settings()
      const trace = join(folder, "run.trace.html")
      fs.writeFileSync(trace, "mine")
      const { message } = yield* Effect.flip(exec({ ...given, config, db: join(folder, "run.db") }))
      strictEqual(message, `${trace} exists and is no trace; name another file`)
      strictEqual(fs.readFileSync(trace, "utf8"), "mine")
    }),
  )
})
