import { execFile } from "node:child_process"
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { promisify } from "node:util"
import { root, temporaryFolder } from "../support/programs.ts"
import { type Figure, median, type Wanted } from "../support/rounds.ts"

const run = promisify(execFile)

/** MB of a HAR that are imported in a second, start of the process included. */
const leastMbs = 5

/** Importing a HAR, with redaction and with only so much memory that the file has no room in it. */
export const importedTraffic = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const mb = quick ? 10 : 60
  const bytes = largeHar(join(folder, "large.har"), mb)
  const rounds: Array<number> = []
  for (let round = 0; round < (quick ? 1 : 3); round++) {
    rmSync(join(folder, "large.jsonl"), { force: true })
    const began = performance.now()
    const words = [
      "--max-old-space-size=64",
      join(root, "dist/main.js"),
      "traffic",
      "import",
      "large.har",
      "--out",
      "large.jsonl",
    ]
    await run(process.execPath, words, { cwd: folder })
    rounds.push(bytes / 1e3 / (performance.now() - began))
  }
  const ours = median(rounds)
  return [
    {
      name: `import of a HAR of ${mb} MB, redacted`,
      unit: "MB/s",
      ours,
      note: "with 64 MiB for objects",
      reach: `>= ${leastMbs} MB/s`,
      reached: ours >= leastMbs,
    },
  ]
}

/** Writes a HAR of so many MB out of the sample that tests have; gives its bytes. */
const largeHar = (file: string, mb: number): number => {
  const sample = JSON.parse(readFileSync(join(root, "test/traffic/samples/har.json"), "utf8")) as {
    readonly log: { readonly entries: ReadonlyArray<object> }
  }
  const fd = openSync(file, "w")
  let bytes = writeSync(fd, '{"log":{"version":"1.2","entries":[')
  for (let count = 0; bytes < mb * 1e6; ) {
    const entries = Array.from({ length: 200 }, () => ({
      ...sample.log.entries[count % sample.log.entries.length],
      startedDateTime: new Date(1_767_261_600_000 + count++ * 10).toISOString(),
    }))
    const text = entries.map((entry) => JSON.stringify(entry, null, 1)).join(",\n")
    bytes += writeSync(fd, `${count === 200 ? "" : ",\n"}${text}`)
  }
  bytes += writeSync(fd, "]}}\n")
  closeSync(fd)
  return bytes
}
