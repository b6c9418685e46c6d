import { statSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import twilio from "twilio"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { type Listener, listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const aSignedCallback = (listener: Listener, server: Server) =>
  listener.callbacks.every(({ headers, params, path }) =>
    twilio.validateRequest(
      server.authToken,
      String(headers["x-twilio-signature"]),
      `${listener.url}${path}`,
      params as Record<string, string>,
    ),
  )

/** What each message's callbacks said, in order of arrival, repeated ones once. */
const reportsBySid = (listener: Listener): Map<string, Set<string>> => {
  const reports = new Map<string, Set<string>>()
  for (const { params } of listener.callbacks) {
    const sid = params.MessageSid ?? ""
    reports.set(sid, (reports.get(sid) ?? new Set()).add(params.MessageStatus ?? ""))
  }
  return reports
}

const isSound = async (db: string) => {
  const { code, stderr, stdout } = await ringback(["verify", db])
  strictEqual(stderr, "")
  assertTrue(stdout.startsWith("sound: all "))
  strictEqual(code, 0)
}

const newDb = () => join(newFolder(), "data", "ringback.db")

describe("A server that was killed in the middle of deliveries", () => {
  it("finishes them after a restart: every acknowledged message is there, and every callback arrives", async () => {
    const listener = await listen()
    const db = newDb()
    const options = { db, config: configFile({ twilio: { callbacks: { delay_seconds: 0.1 } } }) }
    const first = await serve(options)
    const acknowledged: Array<string> = []
    let stop = false
    const sender = async () => {
      while (!stop) {
        const reply = await first.send({ StatusCallback: `${listener.url}/status` }).catch(() => undefined)
        if (reply?.status === 201) acknowledged.push(reply.json.sid)
        else return
      }
    }
    const senders = [1, 2, 3, 4].map(sender)
    await until("deliveries are under way", () => acknowledged.length >= 40 && listener.callbacks.length >= 10)
    const killed = await first.kill("SIGKILL")
    stop = true
    await Promise.all(senders)
    strictEqual(killed.signal, "SIGKILL")
    await isSound(db)

    const second = await serve(options)
    strictEqual(second.authToken, first.authToken)
    strictEqual(second.accountSid, first.accountSid)
    await until("every callback arrived", () => {
      const reports = reportsBySid(listener)
      return acknowledged.every((sid) => reports.get(sid)?.has("sent") && reports.get(sid)?.has("delivered"))
    })
    assertTrue(aSignedCallback(listener, second))
    for (const sid of acknowledged) {
      const { json, status } = await second.ask(second.messages.replace(".json", `/${sid}.json`))
      strictEqual(status, 200)
      strictEqual(json.status, "delivered")
    }
    const stopped = await second.kill("SIGTERM")
    strictEqual(stopped.code, 0)
    await isSound(db)
  })

  it("sends a callback that was in flight again as the same attempt with the same token", async () => {
    const listener = await listen()
    const db = newDb()
    const first = await serve({ db, args: ["--pace", "fast"] })
    listener.answer = () => "hang"
    const { json } = await first.send({ StatusCallback: `${listener.url}/status` })
    await until("the callback is in flight", () => listener.callbacks.length === 1)
    await first.kill("SIGKILL")
    listener.answer = () => 204

    const second = await serve({ db, args: ["--pace", "fast"] })
    await until("both callbacks are through", () => listener.callbacks.length === 3)
    strictEqual((await second.clock({ settle: true })).status, 200)
    deepStrictEqual(listener.statuses(), ["sent", "sent", "delivered"])
    const [hanging, again] = listener.callbacks
    for (const name of ["i-twilio-idempotency-token", "x-twilio-signature", "content-length"])
      strictEqual(again?.headers[name], hanging?.headers[name])
    strictEqual(again?.body, hanging?.body)
    const requested = (await entriesOf(db, ["--type", "outbound.requested", "--subject", json.sid])).map(({ data }) => [
      data.attempt,
      data.token,
    ])
    deepStrictEqual(requested, [
      [1, hanging?.headers["i-twilio-idempotency-token"]],
      [1, listener.callbacks[2]?.headers["i-twilio-idempotency-token"]],
    ])
    await second.kill("SIGTERM")
    await isSound(db)
  })

  it("goes on stepping where a paused clock stood", async () => {
    const listener = await listen()
    const db = newDb()
    const first = await serve({ db, args: ["--pace", "paused", "--start", "2026-03-01T00:00:00Z"] })
    await first.send({ StatusCallback: `${listener.url}/status` })
    await first.clock({ step: 1 })
    deepStrictEqual(listener.statuses(), ["sent"])
    await first.kill("SIGKILL")

    const second = await serve({ db, args: ["--pace", "paused"] })
    const before = (await second.ask("/admin/clock")).json
    strictEqual(before.virtual_time, "2026-03-01T00:00:02.000Z")
    strictEqual(before.next_due, "2026-03-01T00:00:04.000Z")
    await second.clock({ step: 1 })
    deepStrictEqual(listener.statuses(), ["sent", "delivered"])
    strictEqual((await second.ask("/admin/clock")).json.timers, 0)
  })

  it("goes on with a retry that was waiting, as the next attempt", async () => {
    const listener = await listen()
    const db = newDb()
    listener.answer = () => 500
    const first = await serve({ db, args: ["--pace", "paused"] })
    await first.send({ StatusCallback: `${listener.url}/status` })
    await first.clock({ advance: "3s" })
    strictEqual(listener.callbacks.length, 1)
    await first.kill("SIGKILL")
    listener.answer = () => 204

    const second = await serve({ db, args: ["--pace", "paused"] })
    await second.clock({ advance: "1h" })
    deepStrictEqual(listener.statuses(), ["sent", "delivered", "sent"])
    const sent = (await entriesOf(db, ["--type", "outbound.requested"])).filter(
      ({ data }) => data.token === listener.callbacks[0]?.headers["i-twilio-idempotency-token"],
    )
    deepStrictEqual(
      sent.map(({ data }) => data.attempt),
      [1, 2],
    )
  })
})

describe("A server that is told to stop in the middle of deliveries", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`ends with 0 at ${signal}, and the next one finishes what was left`, async () => {
      const listener = await listen()
      const db = newDb()
      listener.answer = () => "hang"
      const first = await serve({ db, args: ["--pace", "10x"] })
      const { json } = await first.send({ StatusCallback: `${listener.url}/status` })
      await until("the first callback is in flight", () => listener.callbacks.length >= 1)
      const ended = await first.kill(signal)
      deepStrictEqual([ended.code, ended.signal], [0, null])
      strictEqual(ended.stderr, "")
      await isSound(db)
      listener.answer = () => 204

      const second = await serve({ db, args: ["--pace", "10x"] })
      await until("the message is delivered and reported", () => {
        const reports = reportsBySid(listener).get(json.sid)
        return reports?.has("sent") && reports.has("delivered")
      })
      assertTrue(aSignedCallback(listener, second))
      await second.kill("SIGTERM")
      await isSound(db)
    })
})

describe("The keys file", () => {
  it("holds the token the server made, for its owner alone, and the log does not", async () => {
    const db = newDb()
    const server = await serve({ db })
    await server.send()
    await server.kill("SIGTERM")
    strictEqual(statSync(`${db}.keys`).mode & 0o777, 0o600)
    const entries = await entriesOf(db)
    assertTrue(entries.length > 2)
    assertFalse(JSON.stringify(entries).includes(server.authToken))
  })
})
