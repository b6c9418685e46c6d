import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { strictEqual } from "@effect/vitest/utils"
import { transformSync } from "esbuild"
import { SaxesParser } from "saxes"
import { until } from "../support/until.ts"
import { type Block, blocksOf } from "./blocks.ts"
import { type Place, placeFor } from "./place.ts"
import { isPrinted } from "./printed.ts"
import { checkYaml } from "./yamlBlocks.ts"

/* A page is played from its top to its end: what it shows has to work, and to print what it says. */

/** Languages of blocks that are shown to be read: nothing here can run them. Their pages say so. */
const onlyRead = new Set(["python", "ruby", "php", "java", "go", "csharp", "powershell", "fish", "dockerfile", "ini"])

interface Playing {
  readonly place: Place
  readonly page: string
  /** Host ms a process that goes on has to say what it has to say, when the page is over. */
  readonly patienceMs: number
  /** What is looked at when the page has been played: what a process that goes on has to say in the end. */
  readonly later: Array<() => Promise<void>>
}

/** Plays a page; ends with an error that names the line of the block that is not as the page says. */
export const playPage = async (page: string, text: string, { patienceMs = 10_000 } = {}): Promise<void> => {
  const blocks = blocksOf(text).filter(({ said }) => said["not run"] === undefined)
  const place = await placeFor(text)
  const playing: Playing = { place, page, patienceMs, later: [] }
  try {
    for (const block of blocks) await at(page, block, () => play(block, playing))
    for (const look of playing.later) await look()
  } finally {
    await place.leave()
  }
}

const at = async (page: string, { line }: Block, run: () => unknown): Promise<void> => {
  try {
    await run()
  } catch (cause) {
    throw new Error(`${page}:${line}: ${(cause as Error).message}`, { cause })
  }
}

const play = (block: Block, playing: Playing): unknown => {
  const { language, name, said, text } = block
  if (said.into !== undefined || name?.includes("/")) return javascript(text.replace(/^ {2,}\S.*,$/m, ""))
  if (name !== undefined) playing.place.write(name, text)
  switch (language) {
    case "text":
    case "html":
      return undefined
    case "sh":
      return runScript(block, playing)
    case "console":
      return runConsole(block, playing)
    case "yaml":
      return checkYaml(block, playing.place.folder)
    case "js":
    case "ts":
      return name === undefined ? runModule(block, playing) : parsed(block)
    case "json":
      return runJson(block, playing)
    case "xml":
      return new SaxesParser().write(text).close()
    default:
      if (onlyRead.has(language)) return undefined
      throw new Error(
        language === "" ? "the block names no language; text is that of figures" : `nothing is done with ${language}`,
      )
  }
}

const before = ({ said }: Block): string => (said.before === undefined ? "" : `${said.before}\n`)
const after = ({ said }: Block): string => (said.after === undefined ? "" : `\n${said.after}\n`)

const runScript = async (block: Block, { place }: Playing): Promise<void> => {
  const { code, output } = await place.shell(`${before(block)}${block.text}`)
  strictEqual(code, 0, `ended with ${code}\n${output}`)
}

/** The commands of a console block, each with what it is said to print. */
const commandsOf = (text: string): ReadonlyArray<{ readonly command: string; readonly printed: string }> =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((example) => {
      const [, command = "", printed = ""] = /^((?:[^\n]*\\\n)*[^\n]*)\n?(.*)$/s.exec(example.trimEnd()) ?? []
      return { command, printed }
    })

const runConsole = async (block: Block, playing: Playing): Promise<void> => {
  const { later, page, place } = playing
  const commands = commandsOf(block.text)
  if (commands.length === 0) throw new Error("no command begins with $")
  if (block.said.before !== undefined) await runScript({ ...block, text: "" }, playing)
  for (const { command, printed } of commands) {
    const { code, output, wentOn } = await place.shell(command)
    const [goesOn] = wentOn
    // What fails has to be said to print why.
    if (code !== 0 && isPrinted(printed, "")) strictEqual(code, 0, `${command} ended with ${code}\n${output}`)
    if (goesOn === undefined) expectPrinted(printed, output, command)
    else later.push(() => at(page, block, () => saysAtLast(playing, goesOn, { command, printed })))
  }
}

const expectPrinted = (printed: string, output: string, command: string): void => {
  if (!isPrinted(printed, output)) strictEqual(output.trimEnd(), printed, command)
}

/** What goes on has to have said it when the page is over, or a little later. */
const saysAtLast = async (
  { patienceMs, place }: Playing,
  name: string,
  { command, printed }: { readonly command: string; readonly printed: string },
): Promise<void> => {
  await until(`${command} has said all`, () => isPrinted(printed, place.says(name)), patienceMs).catch(() =>
    expectPrinted(printed, place.says(name), command),
  )
}

const javascript = (text: string): string => transformSync(text, { loader: "ts", format: "esm", target: "node20" }).code

const parsed = ({ name, text }: Block): void => {
  if (/\.[cm]?[jt]sx?$/.test(name ?? "")) javascript(text)
}

/** A module of its own, run to its end; behind each `console.log` may stand what it prints. */
const runModule = async (block: Block, { place }: Playing): Promise<void> => {
  const file = `block-${block.line}.mjs`
  writeFileSync(join(place.folder, file), place.here(javascript(`${before(block)}${block.text}${after(block)}`)))
  const { code, output } = await place.shell(`exec ${process.execPath} ${file}`)
  strictEqual(code, 0, `ended with ${code}\n${output}`)
  const prints = [...block.text.matchAll(/^ *console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line = ""]) => line)
  if (prints.length > 0) expectPrinted(prints.join("\n"), output, "what it prints")
}

/** JSON, or lines of it; one that is said to be sent somewhere has to be taken there. */
const runJson = async (block: Block, { place }: Playing): Promise<void> => {
  try {
    JSON.parse(block.text)
  } catch {
    for (const line of block.text.trim().split("\n")) JSON.parse(line)
  }
  const [, method = "", path = ""] = /^(\S+) (\S+)$/.exec(block.said["sent to"] ?? "") ?? []
  if (method === "") return
  const answer = await fetch(place.here(`http://127.0.0.1:8080${path}`), {
    method,
    body: block.text,
    headers: { "content-type": "application/json" },
  })
  const said = await answer.text()
  if ([400, 404, 405, 500].includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${said}`)
}

/** Test files that a page shows and none of its commands runs. */
export const unusedFiles = (text: string): ReadonlyArray<string> => {
  const blocks = blocksOf(text)
  const all = blocks
    .map((block) => `${block.said.before ?? ""}${block.text.replace(/^(?:\/\/|#) .*\n/, "")}`)
    .join("\n")
  return blocks.flatMap(({ name }) =>
    name === undefined || /^_|\.ya?ml$/.test(name) || all.includes(name.replace(/\.[a-z]+$/, "")) ? [] : [name],
  )
}
