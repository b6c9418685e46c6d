import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { configFile } from "../support/config.ts"
import { converse, conversedSettings, posted, setUp } from "../support/conversed.ts"
import { type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"
import { browserPlace, openBrowser } from "./browser.ts"
import { fitsAll, visit } from "./visits.ts"

let browser: Browser
let server: Server
let id = ""

const nasty = "<img src=x onerror=\"document.title='run'\"> <%= it.self %>"

describe.skipIf(browserPlace === undefined)("The page of conversations", () => {
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({ config: configFile(conversedSettings), args: ["--pace", "paused"] })
    await setUp(server)
    id = await converse(server)
    await posted(server, "/admin/inbound", { from: "+14155550199", to: "+14155550100", body: nasty })
  })
  afterAll(() => browser?.close())

  it.each(["light", "dark"] as const)("is accessible and fits a telephone's screen: %s", (colorScheme) =>
    fitsAll(
      browser,
      [
        "/ui/conversations",
        "/ui/conversations?only=no-tenant&q=hola",
        `/ui/conversations/${id}`,
        `/ui/conversations/${id}?step=3`,
      ].map((path) => `${server.address}${path}`),
      colorScheme,
    ),
  )

  it("shows the thread with badges, takes an answer, and shows what becomes of it as it comes", () =>
    visit(browser, `${server.address}/ui/conversations/${id}`, async (page) => {
      await page.getByText("tenant 7b0e4b0c").waitFor()
      await page.locator("#reply").fill("One more thing")
      await page.getByRole("button", { name: "Send" }).click()
      await page.locator("article.own", { hasText: "One more thing" }).waitFor()
      await server.clock({ advance: "20s" })
      await page
        .locator("article.own", { hasText: "One more thing" })
        .getByText("delivered", { exact: true })
        .last()
        .waitFor()
    }))

  it("shows text of messages as text, and the webhook as it came beside it", () =>
    visit(browser, `${server.address}/ui/conversations`, async (page) => {
      await page.getByRole("link", { name: "+14155550199" }).click()
      await page.locator("article", { hasText: "<img src=x" }).waitFor()
      await page.getByRole("link", { name: "raw webhook" }).click()
      await page.locator("#drawer", { hasText: "MessageSid" }).waitFor()
      strictEqual((await page.title()).includes("run"), false)
    }))

  it("shows the thread as it was at an earlier step", () =>
    visit(browser, `${server.address}/ui/conversations/${id}`, async (page) => {
      strictEqual((await page.locator("article").count()) > 2, true)
      await page.locator("#step").fill("2")
      await page.getByText("As it was after entry").waitFor()
      await until("one message is left", async () => ((await page.locator("article").count()) === 1 ? true : undefined))
    }))
})
