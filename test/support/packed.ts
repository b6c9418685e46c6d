import { spawn } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { strictEqual } from "@effect/vitest/utils"
import { newFolder } from "./folder.ts"

/* The libraries as their users have them: packed by npm, installed beside nothing of this repository but what they depend on. */

const root = join(import.meta.dirname, "../..")

export interface Ended {
  readonly code: number | null
  readonly output: string
}

export const run = (command: string, args: ReadonlyArray<string>, cwd: string): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const { HOME = "", PATH = "", TMPDIR } = process.env
    const child = spawn(command, args, {
      cwd,
      env: { HOME, PATH, NO_COLOR: "1", ...(TMPDIR === undefined ? {} : { TMPDIR }) },
      stdio: ["ignore", "pipe", "pipe"],
    })
    let output = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, output }))
  })

export const succeeds = async (ended: Promise<Ended>): Promise<string> => {
  const { code, output } = await ended
  strictEqual(code, 0, output)
  return output
}

/** A project that has installed the packed libraries, and some packages of its own. */
export const installed = async (packages: ReadonlyArray<string>): Promise<string> => {
  if (!existsSync(join(root, "dist/main.js"))) throw new Error("dist/ is missing: run npm run build")
  const folder = newFolder()
  const modules = join(folder, "node_modules")
  mkdirSync(modules)
  await succeeds(run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], root))
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
  await succeeds(run("tar", ["-xzf", `ringback-${version}.tgz`], folder))
  renameSync(join(folder, "package"), join(modules, "ringback"))
  for (const name of ["better-sqlite3", ...packages]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(root, "node_modules", name), join(modules, name))
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
  return folder
}

export const write = (folder: string, files: Readonly<Record<string, string>>) => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}

/** Pages whose files of code are run here, as a project of their own that has installed the packed libraries. */
export const packedPages: ReadonlyArray<string> = [
  "docs/client.md",
  "docs/client-webhooks.md",
  "docs/testing.md",
  "docs/exploring.md",
]

/** The examples of a page that name their file in the first line. */
export const examples = (page: string): ReadonlyArray<readonly [name: string, text: string]> =>
  [
    ...readFileSync(join(root, page), "utf8").matchAll(
      /^```(?:ts|js|yaml)\n(?:\/\/|#) (\S+\.(?:ts|mjs|yaml))\n([\s\S]*?)^```$/gm,
    ),
  ].map(([, name = "", text = ""]) => [name, text])

/** What the compiler is told of a project. */
export const strictly = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: "ES2022",
  lib: ["ES2022", "ESNext.Disposable"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
}
