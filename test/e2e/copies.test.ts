import { execFile, spawnSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { snippetsFor } from "../../src/dashboard/snippets.ts"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { clientOf } from "../support/sdk.ts"

/* What pages give to copy does again what was done: it is taken from the page, and run. */

const run = promisify(execFile)
const hasCurl = spawnSync("curl", ["--version"]).status === 0
const number = "+14155550100"
const endpoint = "https://app.test/all"
const settings = {
  twilio: { allowed_from_numbers: [number] },
  endpoints: [{ url: endpoint, answers: [{ body: "<Response><Say>Hello</Say></Response>" }] as const }],
} as const

/** Texts that a shell, a script, YAML, a page or a scenario could take for more. */
const texts = [
  'It\'s "quoted", $HOME `id` \\ and & <b>bold</b>',
  "${now} and $${now} - : # {a} 100%",
  "Two\nlines, ünïcode 🐧\ttab",
]

const characters: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
}

/** What the drawer of a page gives to copy, by its label. */
const copiesAt = async (server: Server, path: string): Promise<ReadonlyMap<string, string>> => {
  const { text } = await server.ask(path, { headers: { "HX-Request": "true", "HX-Target": "drawer" } })
  return new Map(
    [...text.matchAll(/data-copy="([^"]*)">Copy as ([^<]*)</g)].map(([, copied = "", label = ""]) => [
      label,
      copied.replace(/&(?:amp|lt|gt|quot|#39);/g, (each) => characters[each] ?? each),
    ]),
  )
}

const Lines = Object.getPrototypeOf(async () => {}).constructor as new (
  ...parts: ReadonlyArray<string>
) => (...values: ReadonlyArray<unknown>) => Promise<void>

const shell = (server: Server, text: string) =>
  run("sh", ["-c", text], { env: { ...process.env, TWILIO_AUTH_TOKEN: server.authToken } })

/** Plays one step by itself and expects what it made. */
const plays = async (step: string, expectation: object) => {
  const file = join(newFolder(), "copied.yaml")
  const lines = [
    "name: Copied",
    `settings: ${JSON.stringify({ twilio: settings.twilio })}`,
    `endpoints: ${JSON.stringify(settings.endpoints)}`,
    "steps:",
    ...step.split("\n").map((line) => `  ${line}`),
    "  - advance: 5m",
    // Texts are meant as they are, references in them too.
    `expect: ${JSON.stringify([expectation]).replace(/\$\{/g, () => "$${")}`,
  ]
  writeFileSync(file, lines.join("\n"))
  const { code, stderr, stdout } = await ringback(["run", file])
  strictEqual(`${code} ${code === 0 ? "" : stdout + stderr}`, "0 ")
}

describe("What is copied", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve({ config: configFile(settings), args: ["--pace", "fast"] })
  })

  const newest = async () => (await server.ask("/admin/messages/latest")).json
  const messageSent = async (form: ReadonlyArray<readonly [string, string]>) => {
    const { json } = await server.send([["To", "+15551234567"], ["From", number], ...form])
    return json.sid as string
  }
  /** What a message is, apart from its place in the run. */
  const told = ({ body, from, num_media, to }: Record<string, unknown>) => ({ body, from, num_media, to })

  it.each(texts)("of a message does it again: %j", async (Body) => {
    const sid = await messageSent([
      ["Body", Body],
      ["StatusCallback", endpoint],
      ["MediaUrl", "https://app.test/1.png"],
      ["MediaUrl", "https://app.test/2.png"],
      ["MaxPrice", "0.5"],
    ])
    const copies = await copiesAt(server, `/ui/messages/${sid}`)
    deepStrictEqual([...copies.keys()], ["curl", "SDK call", "scenario step"])
    const first = told(await newest())
    strictEqual(first.body, Body)
    await new Lines("client", copies.get("SDK call") ?? "")(clientOf(server))
    deepStrictEqual(told(await newest()), first)
    assertTrue((await newest()).sid !== sid)
    await plays(copies.get("scenario step") ?? "", {
      message: { body: Body, to: "+15551234567", from: number },
      exactly: 1,
    })
  })

  it.skipIf(!hasCurl).each(texts)("of a message is a line of curl (skipped where there is none): %j", async (Body) => {
    const sid = await messageSent([["Body", Body]])
    const first = told(await newest())
    await shell(server, (await copiesAt(server, `/ui/messages/${sid}`)).get("curl") ?? "")
    deepStrictEqual(told(await newest()), first)
    assertTrue((await newest()).sid !== sid)
  })

  it.skipIf(!hasCurl)(
    "of a message from a phone does it again, by curl and as a step (skipped without curl)",
    async () => {
      const [body = ""] = texts
      const { json } = await server.ask("/admin/inbound", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ from: "+15551234567", to: number, body }),
      })
      const copies = await copiesAt(server, `/ui/messages/${json.sid}`)
      await shell(server, copies.get("curl") ?? "")
      deepStrictEqual(told(await newest()), told({ ...(await newest()), body, from: "+15551234567", to: number }))
      assertTrue((await newest()).sid !== json.sid)
      await plays(copies.get("scenario step") ?? "", { message: { body, direction: "inbound" }, exactly: 1 })
    },
  )

  it("of a call does it again", async () => {
    const calls = `/2010-04-01/Accounts/${server.accountSid}/Calls.json`
    const form = [
      ["To", "+15551234567"],
      ["From", number],
      ["Url", endpoint],
      ["StatusCallback", endpoint],
      ["StatusCallbackEvent", "ringing"],
      ["StatusCallbackEvent", "completed"],
      ["Timeout", "20"],
    ] as const
    const { json } = await server.ask(calls, { form })
    const copies = await copiesAt(server, `/ui/calls/${json.sid}`)
    await new Lines("client", copies.get("SDK call") ?? "")(clientOf(server))
    if (hasCurl) await shell(server, copies.get("curl") ?? "")
    const all = (await server.ask(calls)).json.calls as ReadonlyArray<Record<string, unknown>>
    strictEqual(all.length, hasCurl ? 3 : 2)
    for (const { from, to } of all) deepStrictEqual([from, to], [number, "+15551234567"])
    await plays(copies.get("scenario step") ?? "", { call: { to: "+15551234567", status: "completed" }, exactly: 1 })
  })

  it("to connect does so: Node's snippet, and curl's and the phone's where there is curl", async () => {
    const told = { origin: server.address, account: server.accountSid, from: number, to: "+15551234567" }
    const text = new Map(snippetsFor(told).map((each) => [each.label, each.text]))
    const before = (await server.ask("/health")).json.statistics?.messages
    const script = (text.get("Node") ?? "")
      .replace(/^import twilio.*$/m, "")
      .replace("process.env.TWILIO_AUTH_TOKEN", "token")
    const { default: twilio } = await import("twilio")
    await new Lines("twilio", "token", script)(twilio, server.authToken)
    strictEqual((await newest()).body, "Hello")
    if (!hasCurl) return
    await shell(server, text.get("curl") ?? "")
    await shell(server, text.get("A phone") ?? "")
    strictEqual((await newest()).direction, "inbound")
    assertTrue(before === undefined || (await server.ask("/health")).json.statistics.messages === before + 3)
  })
})
