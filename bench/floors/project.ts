import { performance } from "node:perf_hooks"
import Database from "better-sqlite3"

/*
 * Reads all rows of a log in pages, parses their data, and puts those that tables are made of into one table, with an index, in the same
 * transactions: an insert for each, and an update of one row for each that changes one.
 */

const [file = "", out = ""] = process.argv.slice(2)
const db = new Database(file, { readonly: true })
const page = db.prepare<[number], { seq: number; cause: number; type: string; subject: string; data: string }>(
  `SELECT e.seq, e.cause, t.name AS type, s.name AS subject, e.data FROM entries e
   JOIN types t ON t.id = e.type JOIN subjects s ON s.id = e.subject WHERE e.seq > ? ORDER BY e.seq LIMIT 1000`,
)
const made = new Set(["message.created", "message.status-changed", "outbound.requested"])
const changing = new Set(["message.status-changed", "outbound.answered", "outbound.failed"])

const target = new Database(out)
target.pragma("journal_mode = WAL")
target.pragma("synchronous = NORMAL")
target.exec("CREATE TABLE rows (id INTEGER PRIMARY KEY, subject TEXT, data TEXT, changed TEXT)")
target.exec("CREATE INDEX rows_by_subject ON rows (subject)")
const insert = target.prepare("INSERT INTO rows (id, subject, data) VALUES (?, ?, ?)")
const change = target.prepare("UPDATE rows SET changed = ? WHERE id = ?")

let entries = 0
const usage = process.cpuUsage()
const began = performance.now()
const take = target.transaction(
  (rows: ReadonlyArray<{ seq: number; cause: number; type: string; subject: string; data: string }>) => {
    for (const { seq, cause, type, subject, data } of rows) {
      const isMade = made.has(type)
      const isChanging = changing.has(type)
      if (!isMade && !isChanging) continue
      JSON.parse(data)
      if (isMade) insert.run(seq, subject, data)
      if (isChanging) change.run(data, cause)
    }
  },
)
for (let after = 0; ; ) {
  const rows = page.all(after)
  const last = rows[rows.length - 1]
  if (last === undefined) break
  take(rows)
  entries += rows.length
  after = last.seq
}
const ms = performance.now() - began
const { system, user } = process.cpuUsage(usage)
target.close()
process.send?.({ entries, ms, cpuMs: (system + user) / 1000 })
