import * as http from "node:http"
import type { AddressInfo } from "node:net"
import Database from "better-sqlite3"

/*
 * The least a server can do for a durable message: read the request, write the rows of a send, answer after the commit.
 * One transaction for all requests of a turn of the event loop. No authentication, no validation, no hash; rows and answer are
 * samples it was given. `checkpoint`: `own`, on its only thread, or `none`.
 */

interface Row {
  readonly cause: number
  readonly kind: number
  readonly type: number
  readonly subject: number
  readonly data: string
  readonly hash: string
}

const [file = "", sample = "", checkpoint = "own"] = process.argv.slice(2)
const { rows, answer } = JSON.parse(sample) as { readonly rows: ReadonlyArray<Row>; readonly answer: string }

const db = new Database(file)
db.pragma("journal_mode = WAL")
db.pragma("synchronous = NORMAL")
db.pragma(`wal_autocheckpoint = ${checkpoint === "none" ? 0 : 16_384}`)
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

const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(answer) }
let waiting: Array<http.ServerResponse> = []
let seq = 0
let sends = 1

const flush = () => {
  const group = waiting
  waiting = []
  const at = Date.now()
  begin.run()
  for (let i = 0; i < group.length; i++) {
    sends++
    const first = seq + 1
    for (const row of rows) {
      seq++
      insert.run(seq, at, first, row.kind, row.type, row.subject === 1 ? 1 : sends, row.data, row.hash)
    }
  }
  commit.run()
  for (const response of group) {
    response.writeHead(201, headers)
    response.end(answer)
  }
}

const server = http.createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    if (waiting.push(response) === 1) setImmediate(flush)
  })
})
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on("SIGTERM", () => {
  server.closeAllConnections()
  server.close(() => db.close())
})
