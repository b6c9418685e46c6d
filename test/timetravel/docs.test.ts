import { copyFileSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { ringback } from "../support/ringback.ts"

const root = join(import.meta.dirname, "../..")
const page = readFileSync(join(root, "docs/timetravel.md"), "utf8")

/** Each command of the page's examples with what it is said to print; a line `…` stands for any lines, `…` in a line for any text. */
const examples = [...page.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((example) => {
      const [command = "", ...lines] = example.trimEnd().split("\n")
      return { command, printed: lines.join("\n") }
    }),
)

const words = (command: string): ReadonlyArray<string> =>
  [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "")

const pattern = (printed: string): RegExp =>
  new RegExp(
    `^${printed
      .split("\n")
      .map((line) =>
        line === "…"
          ? "[^]*"
          : line
              .split("…")
              .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
              .join(".*"),
      )
      .join("\n")}$`,
  )

describe("docs/timetravel.md", () => {
  const folder = newFolder()

  it("has examples of every command", () => {
    for (const command of ["show", "at", "diff", "fork", "trace"])
      strictEqual(
        examples.some((each) => each.command.startsWith(`ringback ${command} `)),
        true,
        command,
      )
  })
  it("prints what its examples say", async () => {
    for (const { command, printed } of examples) {
      const [program, ...args] = words(command)
      if (program === "cp") {
        copyFileSync(join(root, args[0] ?? ""), join(folder, args[1] ?? ""))
        continue
      }
      const { stderr, stdout } = await ringback(args, { cwd: folder })
      const said = `${stderr}${stdout}`.trimEnd()
      if (!pattern(printed).test(said)) strictEqual(said, printed, command)
    }
  })
})
