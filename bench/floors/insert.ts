import { performance } from "node:perf_hooks"
import Database from "better-sqlite3"

/* Writes the rows of one database into another: prepared inserts, 1,000 rows a transaction. They are in memory before it begins. */

const [from = "", to = ""] = process.argv.slice(2)
const source = new Database(from, { readonly: true })
const rows = source.prepare("SELECT * FROM entries ORDER BY seq").raw().all() as ReadonlyArray<Array<unknown>>
source.close()

const db = new Database(to)
db.pragma("journal_mode = WAL")
db.pragma("synchronous = NORMAL")
db.pragma("wal_autocheckpoint = 16384")
db.pragma("cache_size = -65536")
db.exec(`CREATE TABLE entries (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, cause INTEGER NOT NULL, kind INTEGER NOT NULL, type INTEGER NOT NULL,
  subject INTEGER NOT NULL, data TEXT NOT NULL, hash TEXT NOT NULL) STRICT`)
db.exec("CREATE INDEX entries_by_subject ON entries (subject)")
const begin = db.prepare("BEGIN IMMEDIATE")
const commit = db.prepare("COMMIT")
const insert = db.prepare(
  "INSERT INTO entries (seq, at, cause, kind, type, subject, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
)

const usage = process.cpuUsage()
const began = performance.now()
for (let i = 0; i < rows.length; i += 1000) {
  const end = Math.min(rows.length, i + 1000)
  begin.run()
  for (let j = i; j < end; j++) {
    const [seq, at, cause, kind, type, subject, data, hash] = rows[j] as Array<unknown>
    insert.run(seq, at, cause, kind, type, subject, data, hash)
  }
  commit.run()
}
const ms = performance.now() - began
const { system, user } = process.cpuUsage(usage)
db.close()
process.send?.({ entries: rows.length, ms, cpuMs: (system + user) / 1000 })
