import { spawn } from "node:child_process"
import { closeSync, openSync, readFileSync, statSync, writeSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { program } from "../support/program.ts"
import { sample } from "./importing.ts"

/** Memory that node may have for objects, MiB; and the size of a file whose objects have no room in it, MB. */
const heapMb = 32
const fileMb = 16

/** Writes a HAR of so many MB; gives the number of its entries. */
const largeHar = (file: string): number => {
  const { entries } = (JSON.parse(readFileSync(sample("har.json"), "utf8")) as { log: { entries: Array<object> } }).log
  const fd = openSync(file, "w")
  writeSync(fd, '{"log":{"version":"1.2","entries":[')
  let count = 0
  for (let bytes = 0; bytes < fileMb * 1e6; ) {
    const text = Array.from({ length: 200 }, () => {
      const entry = { ...entries[count % entries.length], startedDateTime: new Date(1_767_261_600_000 + count * 10) }
      return `${count++ === 0 ? "" : ","}${JSON.stringify(entry, null, 1)}\n`
    }).join("")
    bytes += text.length
    writeSync(fd, text)
  }
  writeSync(fd, "]}}")
  closeSync(fd)
  return count
}

const node = (
  args: ReadonlyArray<string>,
  cwd: string,
): Promise<{ readonly code: number | null; readonly said: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMb}`, ...args], { cwd })
    let said = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text
      })
    child.once("error", reject)
    child.once("close", (code) => resolve({ code, said }))
  })

describe("a file that is larger than memory", () => {
  it(`of ${fileMb} MB is imported with ${heapMb} MiB for objects, in which it has no room as a whole`, async () => {
    const folder = newFolder()
    const count = largeHar(join(folder, "large.har"))
    const [whole, { code, said }] = [
      await node(["-e", 'JSON.parse(require("fs").readFileSync("large.har", "utf8"))'], folder),
      await node([program, "traffic", "import", "large.har", "--out", "large.jsonl", "--keep-bodies"], folder),
    ]
    assertTrue(whole.code !== 0, "the file does have room in memory: this test shows nothing")
    deepStrictEqual([code, said.trim()], [0, `${count} exchanges of har written to large.jsonl`])
    strictEqual(statSync(join(folder, "large.jsonl")).mode & 0o777, 0o600)
  })
})
