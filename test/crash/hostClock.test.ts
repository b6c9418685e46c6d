import * as fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const dayMs = 24 * 60 * 60 * 1000
/** More than any of these runs takes, and far less than a day. */
const runMsMax = dayMs / 24

/** A log with a host clock of its own, in a new folder. */
const newHost = (delaySeconds: number) => {
  const folder = newFolder()
  const [db, off] = [join(folder, "ringback.db"), join(folder, "clock")]
  const set = (ms: number) => fs.writeFileSync(off, String(ms))
  set(0)
  const hook = fileURLToPath(new URL("./hostClock.cjs", import.meta.url))
  const env = { NODE_OPTIONS: `--require "${hook.replaceAll("\\", "\\\\")}"`, RINGBACK_CLOCK_OFF: off }
  const config = configFile({ twilio: { callbacks: { delay_seconds: delaySeconds } } })
  return { db, set, start: () => serve({ db, config, env }) }
}

const hostTime = async (server: Server) => Date.parse((await server.ask("/health")).json.timestamp)

/** That time never goes back in a log, and that it is sound; gives the instants of its entries. */
const instantsOf = async (db: string): Promise<ReadonlyArray<number>> => {
  const { code, stderr, stdout } = await ringback(["verify", db])
  deepStrictEqual([stderr, code, stdout.startsWith("sound: ")], ["", 0, true])
  const instants = (await entriesOf(db)).map(({ at }) => at)
  for (let i = 1; i < instants.length; i++) assertTrue((instants[i] as number) >= (instants[i - 1] as number))
  return instants
}

describe.concurrent("A host clock that is set", () => {
  for (const [how, ms] of [
    ["back", -dayMs],
    ["forward", dayMs],
  ] as const)
    it(`${how} by a day while a server runs moves nothing: what is due comes when it is due`, async () => {
      const { db, set, start } = newHost(0.4)
      const listener = await listen()
      const server = await start()
      const before = await hostTime(server)
      const form = { StatusCallback: `${listener.url}/status` }
      strictEqual((await server.send(form)).status, 201)
      set(ms)
      process.kill(server.pid, "SIGUSR2")
      await until("the server's host clock is another", async () => {
        const moved = (await hostTime(server)) - before
        return Math.abs(moved - ms) < runMsMax
      })
      strictEqual((await server.send(form)).status, 201)
      await until("both messages are reported to their end", () => listener.callbacks.length === 4)
      strictEqual((await server.kill("SIGTERM")).code, 0)
      const instants = await instantsOf(db)
      assertTrue((instants.at(-1) ?? 0) - (instants[0] ?? 0) < runMsMax)
    })

  it("forward by a day while none runs is time that has passed; back again, time stands until then", async () => {
    const { db, set, start } = newHost(3_600)
    const first = await start()
    const { json } = await first.send()
    await first.kill("SIGKILL")
    set(dayMs)
    const second = await start()
    const path = second.messages.replace(".json", `/${json.sid}.json`)
    await until("it is delivered, an hour late", async () => (await second.ask(path)).json.status === "delivered")
    await second.kill("SIGKILL")
    const tomorrow = await instantsOf(db)
    assertTrue(Math.abs((tomorrow.at(-1) ?? 0) - (tomorrow[0] ?? 0) - dayMs) < runMsMax)
    set(-dayMs)
    const third = await start()
    strictEqual((await third.send()).status, 201)
    strictEqual((await third.kill("SIGTERM")).code, 0)
    const instants = await instantsOf(db)
    assertTrue((instants.at(-1) ?? 0) - (tomorrow.at(-1) ?? 0) < runMsMax)
  })
})
