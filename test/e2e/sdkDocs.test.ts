import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { program } from "../support/program.ts"
import { ringback } from "../support/ringback.ts"

const root = join(import.meta.dirname, "../..")

/** The blocks of a page in one language. */
const blocks = (page: string, language: string): ReadonlyArray<string> =>
  [
    ...readFileSync(join(root, "docs/sdk", page), "utf8").matchAll(
      new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"),
    ),
  ].map(([, block = ""]) => block)

/** A folder with `ringback`, as it is installed. */
const installed = (): string => {
  const folder = newFolder()
  const file = join(folder, "ringback")
  writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(file, 0o755)
  return folder
}

describe("The pages about SDKs", () => {
  it("have commands for curl that send a message, by the proxy and by the URL", async () => {
    const { execFile } = await import("node:child_process")
    const commands = blocks("curl.md", "sh")
    strictEqual(commands.length, 2)
    for (const command of commands) {
      const env = { PATH: `${installed()}:${process.env.PATH}`, XDG_STATE_HOME: newFolder(), TMPDIR: newFolder() }
      const { stderr, stdout } = await new Promise<{ stdout: string; stderr: string }>((resolve) =>
        execFile("sh", ["-c", command], { env }, (_, stdout, stderr) => resolve({ stdout, stderr })),
      )
      assertTrue(stdout.startsWith("{"), stderr)
      strictEqual(JSON.parse(stdout).status, "queued")
      assertTrue(stderr.includes("ringback: 1 request, 1 message"), stderr)
    }
  })

  it("have a program for Node that sends one by one line", async () => {
    const [code = ""] = blocks("node.md", "js")
    const env = { XDG_STATE_HOME: newFolder(), TMPDIR: newFolder() }
    const args = ["exec", "--", process.execPath, "--input-type=module", "-e", code]
    const { stderr, stdout } = await ringback(args, { cwd: root, env })
    strictEqual(stdout, "queued\n", stderr)
    assertTrue(stderr.includes("ringback: 1 request, 1 message"), stderr)
  })
})
