import { spawn } from "node:child_process"
import { cpSync, existsSync, mkdirSync, realpathSync } from "node:fs"
import { basename, join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { copiesOf, execOf, read, root, stagesOf, variablesOf } from "../support/dockerfile.ts"
import { newFolder } from "../support/folder.ts"
import { until } from "../support/until.ts"

/* The image's last stage, carried out in a folder: what it copies is all there is. */

const [, run = []] = stagesOf(read("Dockerfile"))

/** Copies as the stage does, with a folder in the place of /app. */
const image = (): string => {
  const app = newFolder()
  for (const { from, sources, target } of copiesOf(run))
    for (const source of sources) {
      const path = from === undefined ? join(root, source) : join(root, source.replace(/^\/src\//, ""))
      const to = target.endsWith("/") ? join(app, target, basename(source)) : join(app, target)
      assertTrue(existsSync(path), path)
      cpSync(realpathSync(path), to, { recursive: true, filter: (each) => !each.endsWith(".part") })
    }
  for (const [, folders = ""] of run.map(({ text }) => /^mkdir -p (.*?)(?: &&|$)/.exec(text) ?? []))
    for (const folder of folders.split(" ").filter((each) => each !== ""))
      mkdirSync(join(app, folder), { recursive: true })
  return app
}

describe("the image, without Docker", () => {
  it("serves with what it copies, by its own command, and its check of health says so", async () => {
    const app = image()
    const here = (text: string) => text.replaceAll("/app", app)
    const [, main = "", ...args] = [...execOf(run, "ENTRYPOINT"), ...execOf(run, "CMD")].map(here)
    const env = Object.fromEntries(Object.entries(variablesOf(run)).map(([name, value]) => [name, here(value)]))
    const child = spawn(process.execPath, [main, ...args, "--port", "0"], {
      cwd: app,
      env: { ...env, PATH: process.env.PATH ?? "" },
    })
    let said = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text
      })
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
    try {
      const port = await until("it listens", () => /listens on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1])
      assertTrue(existsSync(join(app, "data/ringback.db")))
      assertTrue(!said.includes("warning"), said)
      const [, flag = "", check = ""] = execOf(run, "HEALTHCHECK")
      const health = (at: string) =>
        new Promise<number | null>((resolve) =>
          spawn(process.execPath, [flag, check.replace(":8080/", `:${at}/`)], { stdio: "ignore" }).once(
            "close",
            resolve,
          ),
        )
      deepStrictEqual(await Promise.all([health(port), health("1")]), [0, 1])
    } finally {
      child.kill("SIGTERM")
    }
    strictEqual(await ended, 0)
  })
})
