import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { sign } from "../../src/core/signature.ts"
import { newFolder } from "../support/folder.ts"
import { leaksIn } from "../support/leaks.ts"
import { listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { type Ended, ringback, type Server, serve } from "../support/ringback.ts"

/* Whose numbers are erased is nowhere in the new log, nor is what they said and were told: in no encoding, file, page or line. */

const [phone, foreign, exchangeNumber] = ["+15557654321", "+8801921317475", "+14155550100"]
const digits = { phone: "5557654321", foreign: "1921317475" }
const words =
  "message url parameter name inbound reply call heard speech gateway conversation composed elsewhere".split(" ")
/** What was said, each with a mark of letters and digits that nothing else has. */
const said = Object.fromEntries(words.map((word, i) => [word, `mk${i}E5x${word}Zr9w`])) as Readonly<
  Record<string, string>
>
const marks = { ...digits, ...said }

const encoded = (text: string) => ({
  base64: Buffer.from(`tel ${text}`).toString("base64"),
  hex: Buffer.from(text).toString("hex"),
  percent: encodeURIComponent(text),
})

/** Says something to them, and lets them say something, in every way there is. */
const converse = async (server: Server, url: string): Promise<void> => {
  const order = (path: string, data: object) =>
    server.ask(path, {
      method: "POST",
      body: JSON.stringify(data),
      headers: { "content-type": "application/json" },
    })
  const { base64, hex, percent } = encoded(phone)
  const account = server.messages.replace("/Messages.json", "")
  const done = [
    await server.ask(`${account}/IncomingPhoneNumbers.json`, {
      form: { PhoneNumber: exchangeNumber, SmsUrl: `${url}/sms`, VoiceUrl: `${url}/voice` },
    }),
    await server.send({
      To: phone,
      Body: `${said.message}, call (555) 765-4321`,
      StatusCallback: `${url}/status/${said.url}?to=${percent}&b=${encodeURIComponent(base64)}&h=${hex}`,
    }),
    await server.send({ To: phone, [`${said.name}`]: `${said.parameter}`, Body: base64 }),
    await server.send({ To: "+15551234567", Body: `${said.elsewhere}: his number is 1-555-765-4321` }),
    await order("/admin/inbound", { from: phone, to: exchangeNumber, body: said.inbound }),
    await server.ask(`${account}/Calls.json`, {
      form: { To: phone, From: "+15550000001", Twiml: `<Response><Say>${said.call}</Say></Response>` },
    }),
    // biome-ignore lint/suspicious/noThenProperty: the word of the order; nothing awaits it
    await order("/admin/calls", { from: phone, to: exchangeNumber, then: [`say ${said.speech}`, "hang up"] }),
    await order("/api/sms/send", { phone: "01921317475", text: said.gateway }),
    await order("/api/messages", { to: phone, from: "+15550000001", body: said.composed }),
  ]
  deepStrictEqual(
    done.flatMap(({ status, text }) => (status < 300 ? [] : [`${status} ${text}`])),
    [],
  )
  const heard = { MessageSid: `SM${"5".repeat(32)}`, From: phone, To: "+15550000001", Body: `${said.conversation}` }
  const path = "/webhook/twilio/sms"
  const signature = sign(server.authToken, `${server.address}${path}`, Object.entries(heard))
  const webhook = await server.ask(path, { form: heard, headers: { "X-Twilio-Signature": signature } })
  strictEqual(webhook.status < 300, true, webhook.text)
  strictEqual((await server.ask(`${server.messages}?To=${percent}`)).status, 200)
}

const told = ({ stderr, stdout }: Ended) => stdout + stderr

describe("Numbers that were erased, and what was said to and by them,", () => {
  it("are in no file that is made of the log, and no command shows them", async () => {
    const listener = await listen()
    listener.answer = ({ path }) => ({
      type: "text/xml",
      body: path.startsWith("/voice")
        ? `<Response><Gather input="speech"><Say>${said.heard}</Say></Gather></Response>`
        : `<Response><Message>${said.reply}</Message></Response>`,
    })
    const db = join(newFolder(), "log.db")
    const server = await serve({ db, args: ["--pace", "fast"] })
    await converse(server, listener.url)
    await server.clock({ settle: true })
    await server.kill("SIGTERM")

    const cwd = newFolder()
    const whole = join(newFolder(), "run.jsonl")
    strictEqual((await ringback(["export", db, "--out", whole])).code, 0)
    const before = new Set(leaksIn(readFileSync(whole), marks).map((leak) => leak.split(" ")[0]))
    deepStrictEqual(
      Object.keys(marks).filter((name) => !before.has(name)),
      [],
    )

    const numbers = [phone, foreign].flatMap((number) => ["--number", number])
    const erased = [
      await ringback(["erase", db, ...numbers, "--out", "kept.db"], { cwd }),
      await ringback(["erase", whole, ...numbers, "--out", "kept.jsonl", "--json"], { cwd }),
    ]
    const entries = await entriesOf(join(cwd, "kept.db"))
    const sids = entries
      .filter(({ type }) => /^(?:message|call|conversation)\.created$/.test(type))
      .map((each) => each.subject)
    assertTrue(sids.length > 4)
    const looked = [
      await ringback(["log", "kept.db", "--json"], { cwd }),
      await ringback(["log", "kept.jsonl"], { cwd }),
      await ringback(["at", "kept.db", String(entries.length)], { cwd }),
      await ringback(["verify", "kept.db", "--edited"], { cwd }),
      await ringback(["trace", "kept.db", "--out", "trace.html"], { cwd }),
      await ringback(["project", "kept.db", "--out", "tables.db"], { cwd }),
      await ringback(["export", "kept.db", "--out", "again.jsonl"], { cwd }),
      ...(await Promise.all(sids.slice(0, 4).map((sid) => ringback(["show", "kept.db", sid], { cwd })))),
    ]
    deepStrictEqual(
      [...erased, ...looked].flatMap(({ code, stderr }) => (code === 0 ? [] : [stderr])),
      [],
    )
    const places = [
      ...readdirSync(cwd).map((name) => [name, readFileSync(join(cwd, name))] as const),
      ...[...erased, ...looked].map((ended, i) => [`command ${i}`, told(ended)] as const),
    ]
    assertTrue(places.length > 14)
    deepStrictEqual(
      places.flatMap(([place, content]) => leaksIn(content, marks).map((leak) => `${place}: ${leak}`)),
      [],
    )
  })
})
