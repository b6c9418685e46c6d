import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { type Server, serve } from "../support/ringback.ts"
import { browserPlace, openBrowser, openPage } from "./browser.ts"
import { seriousFaults, visit } from "./visits.ts"

/* The settings in a real browser over the built program. */

let browser: Browser
let server: Server

const at = (path: string, use: (page: Page) => Promise<void>) => visit(browser, `${server.address}${path}`, use)

describe.skipIf(browserPlace === undefined)("The settings", () => {
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({ args: ["--pace", "fast"] })
  })
  afterAll(() => browser?.close())
  const status = async (sid: string) =>
    (await server.ask(`/admin/messages?limit=1000`)).json.messages.find((each: { sid: string }) => each.sid === sid)

  it("give a number a fate of its own, and take it away", async () => {
    await at("/ui/settings", async (page) => {
      const fates = page.locator("#fates")
      await fates.getByLabel("Number").fill("+15557770000")
      await fates.getByLabel("Error code").fill("30005")
      await fates.getByLabel("Calls end").selectOption("busy")
      await fates.getByRole("button", { name: "Save" }).click()
      await fates.locator("td", { hasText: "30005" }).waitFor()
      await fates.locator("td", { hasText: "busy" }).waitFor()
    })
    const { json } = await server.send({ To: "+15557770000" })
    await server.clock({ settle: true })
    strictEqual((await status(json.sid)).error_code, 30005)
    await at("/ui/settings", async (page) => {
      await page.getByRole("button", { name: "Remove +15557770000" }).click()
      await page.getByText("None: every message goes by the lists").waitFor()
    })
  })

  it("try a template while it is written, say what is wrong with it, save it, and take it back", async () => {
    const before = (await server.ask("/health")).json.entries
    // A refusal is a 400, which the console tells.
    const { page } = await openPage(browser)
    await page.goto(`${server.address}/ui/settings`)
    const template = page.locator("#template-send_sms_success")
    await template.locator("summary").click()
    const text = template.locator("textarea")
    await text.fill('{\n"sid": "{{ message_sid }"}')
    await template.locator("[data-says]", { hasText: "send_sms_success:2:24: expected" }).waitFor()
    await text.fill('{"sid":"{{ message_sid }}","note":"<script>{{ body }}</script>"}')
    await template.locator("[data-preview]", { hasText: "<script>" }).waitFor()
    strictEqual(await template.locator("[data-says]").isVisible(), false)
    strictEqual((await server.ask("/health")).json.entries, before)
    deepStrictEqual(await seriousFaults(page), [])
    await template.getByRole("button", { name: "Save" }).click()
    await template.locator("summary .tag", { hasText: "edited" }).waitFor()
    strictEqual((await server.send({ Body: "Hello" })).json.note, "<script>Hello</script>")
    await template.getByRole("button", { name: "As at the start" }).click()
    await template.locator("summary .tag").waitFor({ state: "detached" })
    strictEqual((await server.send({ Body: "Hello" })).json.status, "queued")
    strictEqual((await text.inputValue()).includes("<script>"), false)
    await page.context().close()
  })

  it("show what a change comes to, and what is wrong with it, before it is one", async () => {
    const before = (await server.ask("/health")).json.entries
    const { page } = await openPage(browser)
    await page.goto(`${server.address}/ui/settings`)
    const text = page.locator("#settings-text")
    const save = page.locator("#whole").getByRole("button", { name: "Save" })
    await text.fill('{"twilio":{"default_behavior":"maybe"}}')
    await page.getByRole("button", { name: "Preview" }).click()
    await page
      .locator("#whole [data-says]", { hasText: "twilio.default_behavior: expected success or failure" })
      .waitFor()
    await save.click()
    await page.locator("#whole [data-says]", { hasText: "expected success or failure" }).waitFor()
    await text.fill("{")
    await save.click()
    await page.locator("#whole [data-says]", { hasText: "JSON" }).waitFor()
    await text.fill('{"twilio":{"default_behavior":"failure"}}')
    await page.getByRole("button", { name: "Preview" }).click()
    await page.locator("[data-preview]", { hasText: '+ "failure"' }).waitFor()
    strictEqual((await server.ask("/health")).json.entries, before)
    await save.click()
    await page.getByText("Saved").waitFor()
    strictEqual((await server.ask("/admin/settings")).json.settings.twilio.default_behavior, "failure")
    strictEqual((await server.ask("/health")).json.entries, before + 1)
    await page.context().close()
  })
})
