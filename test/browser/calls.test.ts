import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { configFile } from "../support/config.ts"
import { type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"
import { browserPlace, openBrowser } from "./browser.ts"
import { fitsAll, visit } from "./visits.ts"

/* Calls on pages in a real browser: a phone calls a menu, is asked, and presses keys. */

const number = "+14155550100"
const phone = "+15551234567"
let browser: Browser
let server: Server

const at = (path: string, use: (page: Page) => Promise<void>) => visit(browser, `${server.address}${path}`, use)
const phonePage = `/ui/phone?phone=${encodeURIComponent(phone)}&number=${encodeURIComponent(number)}`

describe.skipIf(browserPlace === undefined)("Calls on pages", () => {
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({
      config: configFile({
        twilio: { allowed_from_numbers: [number] },
        endpoints: [
          {
            url: "https://app.test/menu",
            answers: [
              {
                body: '<Response><Gather input="dtmf speech" action="https://app.test/chosen" timeout="20"><Say>Press one</Say></Gather></Response>',
              },
            ],
          },
          {
            url: "https://app.test/chosen",
            answers: [{ body: "<Response><Say>Thank you</Say><Pause length='60'/></Response>" }],
          },
        ],
      }),
      args: ["--pace", "paused"],
    })
    const numbers = `/2010-04-01/Accounts/${server.accountSid}/IncomingPhoneNumbers.json`
    const [{ sid }] = (await server.ask(numbers)).json.incoming_phone_numbers
    await server.ask(numbers.replace(".json", `/${sid}.json`), { form: { VoiceUrl: "https://app.test/menu" } })
  })
  afterAll(() => browser?.close())

  it("are made, answered, steered and ended by a phone, and seen by themselves", async () => {
    await at(phonePage, async (page) => {
      const line = page.locator("#line")
      await page.getByRole("button", { name: "Call", exact: true }).click()
      const says = (what: string, words: string) =>
        line
          .locator("li", { has: page.locator("strong", { hasText: new RegExp(`^${what}$`) }), hasText: words })
          .first()
          .waitFor()
      await line.locator(".badge", { hasText: "in-progress" }).waitFor()
      await page.locator("#going li").waitFor()
      await says("said", "Press one")
      await line.locator(".tag", { hasText: "listens" }).waitFor()
      await line.getByPlaceholder("Words").fill("typed and left alone")
      await line.getByRole("button", { name: "5", exact: true }).click()
      await says("pressed", "5")
      strictEqual(await line.getByPlaceholder("Words").inputValue(), "typed and left alone")
      await line.getByPlaceholder("Keys").fill("12#")
      await line.getByRole("button", { name: "Press", exact: true }).click()
      await says("pressed", "12#")
      await says("said", "Thank you")
      await line.getByPlaceholder("Words").fill("That is all")
      await line.getByRole("button", { name: "Say", exact: true }).click()
      await says("spoke", "That is all")
      await line.getByRole("button", { name: "Hang up" }).click()
      await line.locator(".badge", { hasText: "completed" }).waitFor()
      strictEqual(await line.getByRole("button").count(), 0)
      await page.locator("#going li").waitFor({ state: "detached" })
    })
    await at("/ui/calls", async (page) => {
      await page.locator(".rows a").first().click()
      await page.locator("#drawer h3", { hasText: "Transcript" }).waitFor()
      assertTrue(/\/ui\/calls\/CA[0-9a-f]{32}$/.test(page.url()))
      await page.reload()
      deepStrictEqual(await page.locator("#drawer .history .badge").allInnerTexts(), [
        "ringing",
        "in-progress",
        "completed",
      ])
      await page.keyboard.press("Escape")
      await page.locator("#drawer").waitFor({ state: "hidden" })
    })
  })

  it("from the application ring until the phone answers, and come to lists by themselves", () =>
    at("/ui/calls", async (page) => {
      const { json } = await server.ask(`/2010-04-01/Accounts/${server.accountSid}/Calls.json`, {
        form: { To: phone, From: number, Url: "https://app.test/menu" },
      })
      const row = page.locator(`#${json.sid}`)
      await row.waitFor()
      await until("it rings", async () => {
        await server.clock({ step: 1 })
        const { text } = await server.ask(`/ui/calls/${json.sid}`, { headers: { accept: "text/html" } })
        return text.includes(">ringing<")
      })
      await row.locator(".badge", { hasText: "ringing" }).waitFor()
      await page.keyboard.press("g")
      await page.keyboard.press("p")
      await page.waitForURL("**/ui/phone")
      await page.locator("#going a").click()
      await page.getByRole("button", { name: "Answer" }).click()
      await page.locator("#line .badge", { hasText: "in-progress" }).waitFor()
    }))

  it("are listed as they were, and trouble with one shows in the icon", async () => {
    const calls = (await server.ask(`/2010-04-01/Accounts/${server.accountSid}/Calls.json`)).json.calls
    await at("/ui/timetravel?list=calls", async (page) => {
      await page.locator("#moment .rows.calls").waitFor()
      strictEqual(await page.locator("#moment .rows tbody tr").count(), calls.length)
      await page.goto(`${server.address}/ui/timetravel?at=2&list=calls`)
      await page.getByText("There were no calls yet.").waitFor()
      await page.getByRole("link", { name: "callbacks" }).last().click()
      await page.getByText("There were no callbacks yet.").waitFor()
    })
    await at("/ui/calls", async (page) => {
      strictEqual(await page.locator("link[rel=icon]").getAttribute("href"), "/ui/favicon.svg")
      await server.ask("/admin/settings", {
        method: "PATCH",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ twilio: { numbers: { "+15557770001": { call: { outcome: "failed" } } } } }),
      })
      await server.ask(`/2010-04-01/Accounts/${server.accountSid}/Calls.json`, {
        form: { To: "+15557770001", From: number, Url: "https://app.test/menu" },
      })
      await server.clock({ advance: "2m" })
      await page.locator("link[rel=icon][href='/ui/favicon.svg?trouble']").waitFor({ state: "attached" })
    })
  })

  it.each(["light", "dark"] as const)("are accessible and fit a telephone's screen: %s", async (scheme) => {
    const { json } = await server.ask(`/2010-04-01/Accounts/${server.accountSid}/Calls.json`)
    const drawers = json.calls.map(({ sid }: { sid: string }) => `/ui/calls/${sid}`)
    assertTrue(drawers.length >= 2)
    const paths = ["/", "/ui/calls", "/ui/calls?q=status:busy", phonePage, ...drawers]
    await fitsAll(
      browser,
      paths.map((path) => `${server.address}${path}`),
      scheme,
    )
  })
})
