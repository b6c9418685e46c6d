import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { converse, conversedSettings, setUp } from "../support/conversed.ts"
import { endAll, type Server, serve } from "../support/program.ts"
import { openBrowser, openPage } from "./browser.ts"

/*
 * `npm run screenshots`: what the docs show, of a run of one seed, into docs/screenshots.
 * `npm run screenshots -- FOLDER [NAME …]`: every page, or those named, light and dark, wide and small.
 */

const into = process.argv[2] ?? "docs/screenshots"

/** What the docs show. */
const kept: ReadonlySet<string> = new Set([
  "dashboard-wide-light",
  "message-wide-light",
  "call-wide-light",
  "timetravel-wide-dark",
  "timeline-wide-light",
  "fork-wide-light",
  "phone-small-dark",
  "conversation-wide-light",
  "gateway-wide-light",
])

const settings = {
  gateway: {
    limits: { provider: 20 },
    providers: [
      { id: "provider1", weight: 2 },
      { id: "provider2", profile: { outages: [{ from: "10m12s", for: "3s" }], failing_percent: 3 } },
      { id: "provider3", profile: { refused_percent: 1, undelivered_percent: 2 } },
    ],
    failover: { attempts: 3 },
    health: { probe_after: "2s", window: "5s" },
  },
  conversations: conversedSettings.conversations,
  twilio: {
    allowed_from_numbers: ["+14155550100", "+14155550101"],
    carriers: [
      {
        name: "lossy",
        to: ["+1555"],
        latency: { p50: "2s", p90: "6s", p99: "30s", p100: "2m" },
        filtering: { "30003": 3, "30007": 2, "30008": 1 },
      },
    ],
    numbers: { "+15550009999": { outcome: "undelivered", error_code: 30005 } },
  },
  endpoints: [
    { url: "https://app.test/status", answers: [{ status: 204 }], fail_percent: 4 },
    { url: "https://app.test/broken", answers: [{ status: 500, body: "Internal Server Error" }] },
    {
      url: "https://app.test/menu",
      answers: [
        {
          when: { Digits: "1" },
          body: "<Response><Say>Your order is on its way.</Say><Gather timeout='60'/></Response>",
          content_type: "text/xml",
        },
        {
          body: "<Response><Gather numDigits='1' timeout='20'><Say>Press 1 for your order, 2 for everything else.</Say></Gather></Response>",
          content_type: "text/xml",
        },
      ],
    },
    {
      url: "https://app.test/sms",
      answers: [{ body: "<Response><Message>On its way!</Message></Response>", content_type: "text/xml" }],
    },
  ],
}

const texts = [
  "Your code is 482913. It expires in 10 minutes.",
  "Order #1042 has shipped: https://shop.example/t/1042",
  "Reminder: dentist tomorrow at 09:30. Reply C to confirm.",
  "Your table for four is ready.",
  "Déjà vu? Your invoice 2026-114 is paid. Merci!",
  "<script>alert('a message is only text')</script>",
]

/** Some traffic that looks like an application's. */
export const fill = async (server: Server, messages: number): Promise<string> => {
  let last = ""
  const own = "/2010-04-01/Accounts/AC62474ed8b1e18cc2bef98099f5cb9616"
  const numbers = await server.ask(`${own}/IncomingPhoneNumbers.json`)
  const number = numbers.json.incoming_phone_numbers.find(
    ({ phone_number }: { phone_number: string }) => phone_number === "+14155550100",
  )
  await server.ask(`${own}/IncomingPhoneNumbers/${number.sid}.json`, { form: { SmsUrl: "https://app.test/sms" } })
  for (let i = 0; i < messages; i++) {
    const to = i % 17 === 16 ? "+15550009999" : `+1555012${String(3400 + ((i * 37) % 60))}`
    const broken = i % 23 === 22
    const sent = await server.send({
      To: to,
      From: "+14155550100",
      Body: texts[i % texts.length] ?? "",
      StatusCallback: broken ? "https://app.test/broken" : "https://app.test/status",
    })
    last = sent.json.sid
    if (i % 4 === 3) await server.clock({ advance: `${5 + (i % 9) * 3}s` })
    if (i % 11 === 10)
      await server.ask("/admin/inbound", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ from: "+15550123401", to: "+14155550100", body: "Where is my order?" }),
      })
  }
  return last
}

/** A phone calls a menu and is in the middle of it; the application has called some. Gives the SID of the phone's call. */
const callSome = async (server: Server): Promise<string> => {
  const own = "/2010-04-01/Accounts/AC62474ed8b1e18cc2bef98099f5cb9616"
  const numbers = (await server.ask(`${own}/IncomingPhoneNumbers.json`)).json.incoming_phone_numbers
  const number = numbers.find(({ phone_number }: { phone_number: string }) => phone_number === "+14155550100")
  await server.ask(`${own}/IncomingPhoneNumbers/${number.sid}.json`, { form: { VoiceUrl: "https://app.test/menu" } })
  const order = (path: string, body: object) =>
    server.ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    })
  const told = { StatusCallback: "https://app.test/status", StatusCallbackEvent: "answered" }
  const Twiml = "<Response><Say>Your table for four is ready.</Say></Response>"
  for (const To of ["+15550123410", "+15550123411", "+15550123412"])
    await server.ask(`${own}/Calls.json`, { form: { To, From: "+14155550100", Twiml, ...told } })
  await server.clock({ advance: "20s" })
  const { json } = await order("/admin/calls", { from: "+15550123401", to: "+14155550100" })
  await server.clock({ advance: "2s" })
  await order(`/admin/calls/${json.sid}/press`, { digits: "1" })
  await server.clock({ advance: "1s" })
  return json.sid
}

/** Some seconds of texts through the gateway, more than its providers take at once; the last ones still wait. */
const sendThroughGateway = async (server: Server) => {
  for (let i = 0; i < 900; i++) {
    await server.ask("/api/sms/send", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ phone: `01921${String(300_000 + i)}`, text: texts[i % texts.length] }),
    })
    if (i % 9 === 8 && i < 800) await server.clock({ advance: `${60 + ((i * 7) % 5) * 60}ms` })
  }
}

/** Names of shots that are wanted; all when none is named. */
const wanted = process.argv.slice(3)

const main = async (folder: string) => {
  const config = join(folder, "settings.yaml")
  writeFileSync(config, JSON.stringify(settings))
  const server = await serve({
    cwd: folder,
    config,
    db: join(folder, "demo.db"),
    args: ["--pace", "paused", "--seed", "7"],
  })
  const sid = await fill(server, 140)
  await server.ask("/admin/forks", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ at: 1_200, set: ["twilio.carriers[lossy].loss_percent=50"] }),
  })
  const call = await callSome(server)
  await sendThroughGateway(server)
  await setUp(server)
  const conversation = await converse(server)
  mkdirSync(into, { recursive: true })
  const browser = await openBrowser()
  const shots: ReadonlyArray<readonly [name: string, path: string]> = [
    ["dashboard", "/"],
    ["messages", "/ui/messages"],
    ["message", `/ui/messages/${sid}`],
    ["search", "/ui/messages?q=status%3Aundelivered%20to%3A%2B1555012*%20after%3A2h"],
    ["wrong-search", "/ui/messages?q=stats%3Afailed%20after%3Asoon"],
    ["calls", "/ui/calls"],
    ["call", `/ui/calls/${call}`],
    ["callbacks", "/ui/callbacks"],
    ["log", "/ui/log"],
    ["timeline", `/ui/timeline/${sid}`],
    ["timetravel", "/ui/timetravel?at=1200"],
    ["fork", "/ui/forks/1"],
    ["conversation", `/ui/conversations/${conversation}`],
    ["phone", "/ui/phone?phone=%2B15550123401&number=%2B14155550100"],
    ["settings", "/ui/settings"],
    ["gateway", "/ui/gateway"],
  ]
  for (const scheme of ["light", "dark"] as const)
    for (const [size, viewport] of [
      ["wide", { width: 1280, height: 860 }],
      ["small", { width: 375, height: 800 }],
    ] as const) {
      const { complaints, page } = await openPage(browser, { colorScheme: scheme, viewport })
      for (const [name, path] of shots) {
        const file = `${name}-${size}-${scheme}`
        if (process.argv[2] === undefined ? !kept.has(file) : wanted.length > 0 && !wanted.includes(name)) continue
        await page.goto(`${server.address}${path}`)
        await page.waitForTimeout(250)
        await page.screenshot({
          path: join(into, `${file}.png`),
          fullPage: size === "small" && name === "dashboard",
        })
      }
      if (complaints.length > 0) process.stdout.write(`${complaints.join("\n")}\n`)
    }
  await browser.close()
}

const folder = mkdtempSync(join(tmpdir(), "ringback-shots-"))
await main(folder).finally(() => {
  endAll()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})
