import { copyFileSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { strictEqual } from "@effect/vitest/utils"
import { ringback } from "./ringback.ts"

/* Pages of docs/ whose console examples are run: `$ COMMAND`, and under it what it prints. */

const root = join(import.meta.dirname, "../..")

/** A command of a page, and what it is said to print; a line `…` stands for any lines, `…` in a line for any text. */
export interface Example {
  readonly command: string
  readonly printed: string
}

/** The examples of a page. */
export const examplesOf = (page: string): ReadonlyArray<Example> =>
  [...readFileSync(join(root, "docs", page), "utf8").matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
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

/** Runs examples in a folder, one after the other: each has to print what it says. `cp` copies a file of the project there. */
export const runExamples = async (examples: ReadonlyArray<Example>, folder: string): Promise<void> => {
  for (const { command, printed } of examples) {
    const [program, ...args] = words(command)
    if (program === "cp") {
      copyFileSync(join(root, args[0] ?? ""), join(folder, args[1] ?? ""))
      continue
    }
    const { stderr, stdout } = await ringback(args, { cwd: folder })
    const said = `${stdout}${stderr}`.trimEnd()
    if (!pattern(printed).test(said)) strictEqual(said, printed, command)
  }
}
