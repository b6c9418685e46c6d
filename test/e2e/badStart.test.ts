import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, strictEqual } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import { newFolder } from "../support/folder.ts"
import { type Ended, ringback, serve } from "../support/ringback.ts"

/** Whether the program ended with one plain line and exit code 2, and said nothing else. */
const isOneLine = ({ code, stderr, stdout }: Ended, pattern: RegExp) => {
  strictEqual(stdout, "")
  if (!pattern.test(stderr)) strictEqual(stderr, String(pattern))
  assertTrue(/^ringback: [^\n]+\n$/.test(stderr))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a plain line has none
  assertFalse(/[\u0000-\u0009\u000b-\u001f\u007f]|undefined|\[object/.test(stderr))
  strictEqual(code, 2)
}

const serveOnce = (db: string, args: ReadonlyArray<string> = []) =>
  ringback(["serve", "--port", "0", "--db", db, ...args])

describe.concurrent("A server that cannot start", () => {
  const folder = newFolder()
  const sound = join(folder, "sound.db")

  beforeAll(async () => {
    const server = await serve({ db: sound, args: ["--pace", "fast"] })
    for (let n = 0; n < 50; n++) await server.send({ Body: `n ${n}`.padEnd(500, "x") })
    await server.clock({ settle: true })
    await server.kill("SIGTERM")
  })

  /** A copy of a sound log and its keys. */
  const copyOf = (name: string): string => {
    const copy = join(folder, name)
    for (const end of ["", ".keys"]) copyFileSync(sound + end, copy + end)
    return copy
  }

  it("for a port that is in use", async () => {
    const first = await serve()
    isOneLine(
      await ringback(["serve", "--db", ":memory:", "--port", String(first.port)]),
      /127\.0\.0\.1:\d+ is in use; .*--port/,
    )
    strictEqual((await first.send()).status, 201)
  })

  it("for a host that is none of this machine", async () => {
    isOneLine(await serveOnce(":memory:", ["--host", "203.0.113.7"]), /203\.0\.113\.7 is no address of this machine/)
  })

  it("for a data folder that cannot be made", async () => {
    const file = join(folder, "a-file")
    writeFileSync(file, "no folder")
    isOneLine(await serveOnce(join(file, "data", "ringback.db")), /cannot make the folder of .*--db/)
  })

  it("for a log that is a folder", async () => {
    const inTheWay = join(folder, "a-folder")
    mkdirSync(inTheWay)
    isOneLine(await serveOnce(inTheWay), /a-folder/)
  })

  it("for a log that another server writes, which goes on", async () => {
    const db = copyOf("locked.db")
    const first = await serve({ db })
    isOneLine(await serveOnce(db), /locked\.db is in use by another ringback server/)
    strictEqual((await first.send()).status, 201)
  })

  it("for a file that is no log", async () => {
    const db = join(folder, "text.db")
    writeFileSync(db, "I am a shopping list.\n".repeat(500))
    isOneLine(await serveOnce(db), /text\.db is no ringback log/)
    assertTrue(readFileSync(db, "utf8").startsWith("I am a shopping list."))
  })

  it("for a database of another program, which it leaves as it was", async () => {
    const db = join(folder, "other.db")
    const other = new Database(db)
    other.exec("CREATE TABLE customers (name TEXT)")
    other.close()
    const before = readFileSync(db)
    isOneLine(await serveOnce(db), /other\.db is no ringback log: it is a SQLite database of another program/)
    assertTrue(readFileSync(db).equals(before))
  })

  for (const [what, damage] of [
    ["its first bytes gone", (db: string) => writeFileSync(db, Buffer.concat([Buffer.alloc(100), bytesOf(db, 100)]))],
    ["zeros in its schema", (db: string) => overwrite(db, 100, 3000)],
    ["its second half gone", (db: string) => truncateSync(db, Math.floor(bytesOf(db, 0).length / 2))],
    ["its end cut off inside a page", (db: string) => truncateSync(db, bytesOf(db, 0).length - 100)],
  ] as const)
    it(`for a log with ${what}`, async () => {
      const db = copyOf(`corrupt ${what}.db`)
      damage(db)
      isOneLine(await serveOnce(db), /is damaged|is no ringback log/)
    })

  it("for a log whose newest entry was altered", async () => {
    const db = copyOf("altered.db")
    alter(db, "UPDATE entries SET at = at + 1 WHERE seq = (SELECT max(seq) FROM entries)")
    isOneLine(await serveOnce(db), /altered\.db is damaged: its newest entry \d+ does not match its hash/)
  })

  it("for a log in which an older entry cannot be folded", async () => {
    const db = copyOf("unfoldable.db")
    alter(db, "UPDATE entries SET data = 'no JSON' WHERE seq = 3")
    isOneLine(await serveOnce(db), /entry 3/)
  })

  it("for a log whose keys file is gone, which it does not make anew", async () => {
    const db = copyOf("keyless.db")
    rmSync(`${db}.keys`)
    isOneLine(await serveOnce(db), /keyless\.db has no keys file .*keyless\.db\.keys/)
    assertFalse(existsSync(`${db}.keys`))
  })

  it("for a keys file that is none, without showing what it holds", async () => {
    const db = copyOf("wrong-keys.db")
    writeFileSync(`${db}.keys`, "s3cret\n")
    const ended = await serveOnce(db)
    isOneLine(ended, /wrong-keys\.db\.keys is damaged/)
    assertFalse(ended.stderr.includes("s3cret"))
  })

  it("for a log of a newer format", async () => {
    const db = copyOf("newer.db")
    const newer = new Database(db)
    newer.pragma("user_version = 99")
    newer.close()
    isOneLine(await serveOnce(db), /newer\.db has format 99 and this ringback reads formats up to \d+/)
    isOneLine(await ringback(["verify", db]), /format 99/)
    isOneLine(await ringback(["log", db]), /format 99/)
  })

  it("for another seed than the log's", async () => {
    const db = copyOf("seeded.db")
    isOneLine(await serveOnce(db, ["--seed", "1"]), /seeded\.db was started with seed \d+, not 1/)
  })

  for (const [flag, value] of [
    ["--pace", "slow"],
    ["--pace", "0x"],
    ["--start", "tomorrow"],
    ["--port", "70000"],
  ] as const)
    it(`for ${flag} ${value}`, async () => {
      isOneLine(await ringback(["serve", "--db", ":memory:", flag, value]), new RegExp(`${flag}: expected .*${value}`))
    })
})

const bytesOf = (file: string, from: number): Buffer => readFileSync(file).subarray(from)

const overwrite = (file: string, from: number, to: number) => {
  const bytes = readFileSync(file)
  bytes.fill(0, from, to)
  writeFileSync(file, bytes)
}

const alter = (file: string, statement: string) => {
  const db = new Database(file)
  db.exec("DROP TRIGGER entries_no_update")
  db.exec(statement)
  db.close()
}
