import { performance } from "node:perf_hooks"
import Database from "better-sqlite3"

/* Reads all rows of a log in pages and parses their data. */

const [file = ""] = process.argv.slice(2)
const db = new Database(file, { readonly: true })
const page = db.prepare<[number], { seq: number; data: string }>(
  "SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT 1000",
)

let entries = 0
let bytes = 0
const usage = process.cpuUsage()
const began = performance.now()
for (let after = 0; ; ) {
  const rows = page.all(after)
  for (const { data } of rows) {
    JSON.parse(data)
    bytes += data.length
  }
  const last = rows[rows.length - 1]
  if (last === undefined) break
  entries += rows.length
  after = last.seq
}
const ms = performance.now() - began
const { system, user } = process.cpuUsage(usage)
db.close()
process.send?.({ entries, bytes, ms, cpuMs: (system + user) / 1000 })
