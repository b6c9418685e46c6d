import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { parseDocument } from "yaml"
import { stages } from "../../src/app/stages.ts"
import { printable } from "../../src/core/printable.ts"
import { playFile } from "../../src/scenarios/playFile.ts"
import { github } from "../../src/scenarios/reporters/github.ts"
import { json } from "../../src/scenarios/reporters/json.ts"
import { junit } from "../../src/scenarios/reporters/junit.ts"
import { pretty } from "../../src/scenarios/reporters/pretty.ts"
import type { Report, Reporter } from "../../src/scenarios/reporters/Report.ts"
import { tap } from "../../src/scenarios/reporters/tap.ts"

/* The same four scenarios told in every way (`npx vitest run test/scenarios -u` writes that anew). */

const folder = join(import.meta.dirname, "failing")
const root = join(import.meta.dirname, "../..")

const reports = async (): Promise<ReadonlyArray<Report>> => {
  const files = [
    join(root, "scenarios/duplicate-callbacks.yaml"),
    join(folder, "missing.yaml"),
    join(folder, "tooMany.yaml"),
    join(folder, "unknownPart.yaml"),
  ]
  const options = { recordings: join(root, "recordings"), update: false, words: [] }
  const all = await Effect.runPromise(Effect.forEach(files, (file) => playFile(file, stages, options)))
  return all.map((report) => ({ ...report, ...keptOf(report.file), hostMs: 1 }))
}

/** Of one of them log and trace are kept. */
const keptOf = (file: string) =>
  file.endsWith("tooMany.yaml") ? { kept: "kept/tooMany.jsonl", trace: "kept/tooMany.html" } : {}

const told = async ({ begin, each, end }: Reporter): Promise<string> => {
  const all = await reports()
  const parts = [
    begin(all.length + 1),
    ...all.map((report, i) => each(report, i + 1)),
    end({ reports: all, notPlayed: 1, hostMs: 5 }),
  ]
  return parts
    .filter((part) => part !== "")
    .map((part) => `${part}\n`)
    .join("")
    .replaceAll(`${root}/`, "")
    .replace(/"[0-9a-f]{64}"/g, '"<digest>"')
}

const reporters: Readonly<Record<string, Reporter>> = {
  pretty: pretty({ paint: (_, text) => text, safe: (text) => text }),
  junit,
  json,
  tap,
  github,
}

describe("a reporter", () => {
  it.each(Object.keys(reporters))("%s", async (name) => {
    const text = await told(reporters[name] as Reporter)
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, "reports", `${name}.txt`))
  })

  it("writes JSON that can be read, and YAML within TAP", async () => {
    strictEqual(JSON.parse(await told(json)).scenarios.length, 4)
    const blocks = (await told(tap)).matchAll(/^ {2}---\n(.*?)^ {2}\.\.\.$/gms)
    const faults = [...blocks].map(([, block = ""]) => {
      const document = parseDocument(block)
      deepStrictEqual(document.errors, [])
      return document.toJS().faults.length
    })
    deepStrictEqual(faults, [1, 3, 1])
  })

  it("writes YAML within TAP, and nothing that steers a terminal, whatever a message says", async () => {
    const [passed] = await reports()
    const place = { file: "a\u009b.yaml", line: 1, path: "" }
    const check = { place, expected: "\u0085 \u202e", met: false, why: "found \u001b[31m \u009b" }
    const report = { ...(passed as Report), name: "a\u001b[31m", status: "failed", checks: [check] } as const
    const text = tap.each(report, 1)
    const [, block = ""] = /^ {2}---\n(.*?)^ {2}\.\.\.$/ms.exec(text) ?? []
    const document = parseDocument(block)
    deepStrictEqual([...document.errors, ...document.warnings], [])
    strictEqual(document.toJS().faults[0].message, `expected ${check.expected}`)
    const summary = { reports: [report], notPlayed: 0, hostMs: 1 }
    for (const told of [text, github.each(report, 1), json.end(summary)])
      strictEqual(printable(told.replaceAll("\n", "")), told.replaceAll("\n", ""))
    strictEqual(JSON.parse(json.end(summary)).scenarios[0].checks[0].why, check.why)
  })

  it("writes XML whatever a message says", async () => {
    const [passed] = await reports()
    const check = {
      place: { file: "a.yaml", line: 1, path: "" },
      expected: "]]> \u0000 \ud800 <a> & \u001b[31m",
      met: false,
      why: "]]>",
    }
    const text = junit.end({
      reports: [
        { ...(passed as Report), status: "failed", checks: [check] },
        { ...(passed as Report), name: check.expected, checks: [{ ...check, met: true }] },
      ],
      notPlayed: 0,
      hostMs: 1,
    })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not be there
    strictEqual(/[\u0000-\u0008\u001b]/.test(text), false)
    const { SaxesParser } = await import("saxes")
    const parser = new SaxesParser()
    let characters = ""
    parser.on("cdata", (data) => {
      characters += data
    })
    parser.on("error", (error) => {
      throw error
    })
    parser.write(text).close()
    strictEqual(characters.includes("]] >"), true)
  })
})
