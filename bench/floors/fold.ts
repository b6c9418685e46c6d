import { performance } from "node:perf_hooks"
import Database from "better-sqlite3"

/* Reads all rows of a log in pages, parses their data, and counts them by type and by subject. */

const [file = ""] = process.argv.slice(2)
const db = new Database(file, { readonly: true })
const page = db.prepare<[number], { seq: number; type: number; subject: number; data: string }>(
  "SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT 1000",
)

const byType = new Map<number, number>()
const bySubject = new Map<number, number>()
let entries = 0
let values = 0
const usage = process.cpuUsage()
const began = performance.now()
for (let after = 0; ; ) {
  const rows = page.all(after)
  for (const { type, subject, data } of rows) {
    values += Object.keys(JSON.parse(data) as object).length
    byType.set(type, (byType.get(type) ?? 0) + 1)
    bySubject.set(subject, (bySubject.get(subject) ?? 0) + 1)
  }
  const last = rows[rows.length - 1]
  if (last === undefined) break
  entries += rows.length
  after = last.seq
}
const ms = performance.now() - began
const { system, user } = process.cpuUsage(usage)
db.close()
process.send?.({ entries, ms, values, cpuMs: (system + user) / 1000 })
