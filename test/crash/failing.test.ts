import { execFileSync, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { type Ended, ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"
import { type Fault, preloaded } from "./faulty.ts"
import { startLoad } from "./load.ts"

const config = () => configFile({ twilio: { callbacks: { delay_seconds: 0.05 }, failure_numbers: [] } })

/** That the server ended because of its log, with one plain line that says why. */
const endedFor = ({ code, stderr }: Ended, why: RegExp) => {
  const lines = stderr.split("\n").filter((line) => line.startsWith("ringback: "))
  strictEqual(lines.length, 1, stderr)
  assertTrue(why.test(lines[0] ?? ""), stderr)
  assertTrue(!/^\s+at |undefined|\[object/m.test(stderr), stderr)
  strictEqual(code, 1)
}

/** Starts again over a log and finds every message that was acknowledged, at its end. */
const goesOn = async (db: string, acknowledged: ReadonlySet<string>) => {
  const again = await serve({ db, config: config() })
  await until("all is settled", async () => {
    const { json } = await again.ask("/admin/clock")
    return json.timers === 0 && json.in_flight === 0
  })
  assertTrue(acknowledged.size > 0)
  for (const sid of acknowledged)
    strictEqual((await again.ask(again.messages.replace(".json", `/${sid}.json`))).json.status, "delivered")
  strictEqual((await again.send()).status, 201)
  strictEqual((await again.kill("SIGTERM")).code, 0)
  await isSound(db)
}

const isSound = async (db: string) => {
  const { code, stderr, stdout } = await ringback(["verify", db])
  deepStrictEqual([stderr, code, stdout.startsWith("sound: ")], ["", 0, true])
}

/** Puts a server under load until it ends by itself; what it had promised, and how it ended. */
const untilItEnds = async (server: Server) => {
  const listener = await listen()
  const load = startLoad(server, listener.url)
  const ended = await server.ended
  await load.stop()
  // Whether any request was waiting just then is chance; a connection that was idle is closed without an answer.
  for (const { status, text } of load.refused) deepStrictEqual([status, JSON.parse(text).code], [503, 20503])
  return { ...load, ended }
}

const newDb = () => join(newFolder(), "ringback.db")

describe.concurrent("A log that cannot be written any more", () => {
  const faults: ReadonlyArray<readonly [what: string, fault: Pick<Fault, "do" | "nth">, why: RegExp]> = [
    ["because a COMMIT fails", { do: "fail", nth: 40 }, /stopped: Appending to .*: disk I\/O error/],
    ["because the disk is full", { do: "fill", nth: 30 }, /stopped: Appending to .*: database or disk is full/],
  ]
  for (const [what, fault, why] of faults)
    it(`${what} answers 503 / 20503 to whoever waits; the process says why, and the next one goes on`, async () => {
      const db = newDb()
      const env = preloaded({ ...fault, told: `${db}.told` } as Fault)
      const { acknowledged, ended, refused } = await untilItEnds(await serve({ db, config: config(), env }))
      if (fault.do === "fail") assertTrue(refused.length > 0, "whoever waited for that COMMIT was told")
      endedFor(ended, why)
      await isSound(db)
      await goesOn(db, acknowledged)
    })

  it("because it was moved away ends the process; moved back, it goes on", async () => {
    const db = newDb()
    const server = await serve({ db, config: config() })
    const ends = untilItEnds(server)
    await until("messages are sent", async () => (await server.ask("/health")).json.statistics.messages >= 20)
    fs.renameSync(db, `${db}.away`)
    const { acknowledged, ended } = await ends
    endedFor(ended, /stopped: Appending to .*: the file was deleted or replaced while it was open/)
    fs.renameSync(`${db}.away`, db)
    await isSound(db)
    await goesOn(db, acknowledged)
  })

  it("because it was deleted ends the process; the next one begins a new log", async () => {
    const db = newDb()
    const server = await serve({ db, config: config() })
    const ends = untilItEnds(server)
    await until("messages are sent", async () => (await server.ask("/health")).json.statistics.messages >= 20)
    fs.rmSync(db)
    const { ended } = await ends
    endedFor(ended, /the file was deleted or replaced while it was open/)
    const again = await serve({ db, config: config() })
    strictEqual((await again.ask("/health")).json.statistics.messages, 0)
    strictEqual((await again.send()).status, 201)
    await again.kill("SIGTERM")
    await isSound(db)
  })

  it("because its file system is full does the same", async (test) => {
    const folder = newFolder()
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]).status !== 0)
      test.skip("mounting is not allowed here")
    try {
      const db = join(folder, "ringback.db")
      const { acknowledged, ended } = await untilItEnds(await serve({ db, config: config() }))
      endedFor(ended, /stopped: Appending to .*: (?:database or disk is full|disk I\/O error)/)
      await isSound(db)
      const roomier = join(newFolder(), "ringback.db")
      for (const name of fs.readdirSync(folder)) fs.copyFileSync(join(folder, name), join(roomier, "..", name))
      await goesOn(roomier, acknowledged)
    } finally {
      execFileSync("umount", [folder])
    }
  })
})

describe.concurrent("A log that may not be written", () => {
  const stoppedLog = async () => {
    const db = newDb()
    const server = await serve({ db })
    await server.send()
    await server.kill("SIGTERM")
    return db
  }

  const refused = ({ code, stderr, stdout }: Ended, why: string) => {
    deepStrictEqual([code, stdout], [2, ""])
    assertTrue(/^ringback: [^\n]+\n$/.test(stderr), stderr)
    assertInclude(stderr, why)
  }

  it("because it was made read-only is refused at the start, to root as well, and can be read", async () => {
    const db = await stoppedLog()
    fs.chmodSync(db, 0o444)
    const before = fs.readFileSync(db)
    refused(await ringback(["serve", "--port", "0", "--db", db]), "is read-only; make it writable (chmod u+w)")
    assertTrue(fs.readFileSync(db).equals(before))
    await isSound(db)
  })

  it("because it is immutable is refused at the start", async (test) => {
    const db = await stoppedLog()
    if (spawnSync("chattr", ["+i", db]).status !== 0) test.skip("chattr +i does not work here")
    try {
      refused(await ringback(["serve", "--port", "0", "--db", db]), "check that folder")
    } finally {
      execFileSync("chattr", ["-i", db])
    }
  })

  it("because its file system is read-only is refused at the start", async (test) => {
    const db = await stoppedLog()
    const folder = join(db, "..")
    if (spawnSync("mount", ["--bind", folder, folder]).status !== 0) test.skip("mounting is not allowed here")
    try {
      execFileSync("mount", ["-o", "remount,ro,bind", folder])
      refused(await ringback(["serve", "--port", "0", "--db", db]), "ringback.db")
    } finally {
      execFileSync("umount", [folder])
    }
  })
})

describe("A server that is told to stop under load", () => {
  it("finishes the answers in flight and ends with 0 within 5 s", async () => {
    const listener = await listen()
    const db = newDb()
    const server = await serve({ db, config: config() })
    const load = startLoad(server, listener.url)
    await until("messages are sent", () => load.acknowledged.size >= 50)
    const began = performance.now()
    const ended = await server.kill("SIGTERM")
    const seconds = (performance.now() - began) / 1000
    await load.stop()
    deepStrictEqual([ended.code, ended.signal, ended.stderr], [0, null, ""])
    assertTrue(seconds < 5, `${seconds} s`)
    deepStrictEqual(load.refused, [])
    await goesOn(db, load.acknowledged)
  })
})
