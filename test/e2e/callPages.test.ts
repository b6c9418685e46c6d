import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { type Server, serve } from "../support/ringback.ts"

/* Pages about calls as HTTP sees them. */

const number = "+14155550100"
const phone = "+15551234567"
let server: Server

beforeAll(async () => {
  server = await serve({
    config: configFile({ twilio: { allowed_from_numbers: [number] } }),
    args: ["--pace", "paused"],
  })
})

const page = (path: string, part?: string) =>
  server.ask(path, {
    headers: { accept: "text/html", ...(part === undefined ? {} : { "hx-request": "true", "hx-target": part }) },
  })
const calls = () => `/2010-04-01/Accounts/${server.accountSid}/Calls.json`
const places = async (twiml: string, more: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { json } = await server.ask(calls(), { form: { To: phone, From: number, Twiml: twiml, ...more } })
  return json.sid
}
const order = (path: string, body: unknown) =>
  server.ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } })
const link = /href="(\/ui\/calls\?before=[^"]+)"/

describe("The pages of calls", () => {
  it("say what to do while there are none", async () => {
    const { status, text } = await page("/ui/calls")
    deepStrictEqual([status, text.includes("No calls yet")], [200, true])
    assertTrue((await page("/")).text.includes("No calls yet"))
    strictEqual((await page(`/ui/calls/CA${"0".repeat(32)}`)).status, 404)
  })
  it("tell a call's life, what was heard, its callbacks, and how to make it again", async () => {
    const sid = await places(
      '<Response><Gather numDigits="1" timeout="9"><Say>Press &lt;one&gt;</Say></Gather><Say>Bye</Say></Response>',
      { StatusCallback: "http://127.0.0.1:1/status", StatusCallbackEvent: "answered" },
    )
    await server.clock({ advance: "7s" })
    strictEqual((await order(`/admin/calls/${sid}/press`, { digits: "1" })).status, 200)
    await server.clock({ advance: "30s" })
    const before = (await server.ask("/health")).json.digest
    const { status, text } = await page(`/ui/calls/${sid}`)
    strictEqual(status, 200)
    for (const part of [
      `href="/ui/timeline/${sid}"`,
      ">ringing<",
      ">in-progress<",
      ">completed<",
      "Press &lt;one&gt;",
      "<strong>pressed</strong>",
      "http://127.0.0.1:1/status",
      "client.calls.create(",
      "Copy as scenario step",
      "call.stepped",
    ])
      assertTrue(text.includes(part), part)
    assertTrue(!text.includes("Press <one>"))
    const callback = /href="(\/ui\/callbacks\/\d+)"/.exec((await page("/ui/callbacks")).text)?.[1] ?? ""
    assertTrue((await page(callback)).text.includes(`href="/ui/calls/${sid}"`))
    const entry = /\/ui\/log\/\d+/.exec(text)?.[0] ?? ""
    assertTrue((await page(entry)).text.includes(`href="/ui/calls/${sid}"`))
    assertTrue((await page("/")).text.includes(`href="/ui/calls/${sid}"`))
    const at = Number(/\d+$/.exec(entry)?.[0])
    assertTrue((await page(`/ui/timetravel?at=${at}`)).text.includes(`${number} → ${phone}`))
    strictEqual((await server.ask("/health")).json.digest, before)
  })
  it("show calls on the phone while they go on, with what can be done", async () => {
    const sid = await places("<Response><Pause length='60'/></Response>")
    await server.clock({ advance: "7s" })
    const at = `/ui/phone?phone=${encodeURIComponent(phone)}&number=${encodeURIComponent(number)}`
    const line = await page(at, "line")
    assertTrue(line.text.trimStart().startsWith('<div id="line"'))
    assertTrue(line.text.includes(`POST /admin/calls/${sid}/hangup`))
    assertTrue((await page(at, "going")).text.includes(`going-${sid}`))
    assertTrue(!(await page(at, "talk")).text.includes(sid))
    await order(`/admin/calls/${sid}/hangup`, {})
    const over = (await page(at, "line")).text
    assertTrue(over.includes("Last call") && !over.includes("/hangup"))
  })
  it("come 50 at a time, and are searched", async () => {
    for (let i = 0; i < 60; i++) await places("<Response/>")
    const first = (await page("/ui/calls")).text
    strictEqual(first.match(/<tr id="CA/g)?.length, 50)
    assertTrue(first.length < 150_000)
    const older = link.exec(first)?.[1] ?? ""
    strictEqual((await page(older)).text.match(/<tr id="CA/g)?.length, 12)
    strictEqual((await page("/ui/calls?q=status:completed")).text.match(/<tr id="CA/g)?.length, 2)
    assertTrue((await page("/ui/calls?q=stats:x")).text.includes("did you mean status:?"))
    strictEqual((await page("/")).text.match(/<li id="CA/g)?.length, 10)
  })
})
