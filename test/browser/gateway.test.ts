import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { configFile } from "../support/config.ts"
import { type Server, serve } from "../support/ringback.ts"
import { browserPlace, openBrowser } from "./browser.ts"
import { fitsAll, visit } from "./visits.ts"

/* The page of the gateway in a real browser, over the built program. */

let browser: Browser
let server: Server

const nasty = `<img src=x onerror="document.title='run'">`
const settings = configFile({
  gateway: {
    providers: [
      { id: "provider1" },
      { id: "provider2", profile: { outages: [{ from: 0, for: "2m", how: "connect" }] } },
      { id: "provider3" },
    ],
    failover: { attempts: 1 },
  },
})

const send = (text = "Hello") =>
  server.ask("/api/sms/send", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ phone: "01921317475", text }),
  })

const at = (path: string, use: (page: Page) => Promise<void>) => visit(browser, `${server.address}${path}`, use)
const tile = (page: Page, name: string) => page.locator(".tile", { hasText: name }).locator("strong")

describe.skipIf(browserPlace === undefined)("The page of the gateway", () => {
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({ config: settings, args: ["--pace", "paused", "--start", "2026-01-01T12:00:00Z"] })
    for (let i = 0; i < 12; i++) await send(nasty)
    await server.clock({ advance: "1m" })
  })
  afterAll(() => browser?.close())

  it.each(["light", "dark"] as const)("is accessible and fits a telephone's screen: %s", (colorScheme) =>
    fitsAll(
      browser,
      ["/ui/gateway", "/ui/gateway?at=20"].map((path) => `${server.address}${path}`),
      colorScheme,
    ),
  )

  it("shows providers, limits, choices and dead letters, and text as text", () =>
    at("/ui/gateway", async (page) => {
      strictEqual(await tile(page, "Requests").innerText(), "12")
      strictEqual(await tile(page, "Dead letters").innerText(), "4")
      strictEqual(await page.locator("#provider-provider1 .badge").innerText(), "healthy")
      strictEqual(await page.locator(".choices tbody tr").count(), 12)
      strictEqual(await page.locator(".windows li").count(), 4)
      strictEqual((await page.title()).startsWith("Gateway"), true)
      strictEqual(await page.locator("td.text", { hasText: "onerror" }).count(), 4)
    }))

  it("takes up new requests by itself, and sends a dead letter again", () =>
    at("/ui/gateway", async (page) => {
      await send()
      await tile(page, "Requests").getByText("13", { exact: true }).waitFor()
      await server.clock({ advance: "3m" })
      const dead = page.locator("[id^=dead-] button").first()
      await dead.click()
      await page.getByText("Back in the queue").waitFor()
      await server.clock({ advance: "1m" })
      await tile(page, "Dead letters").getByText("3", { exact: true }).waitFor()
    }))

  it("goes back to any entry, without orders, and shows it as it was", () =>
    at("/ui/gateway", async (page) => {
      await page.locator("[data-step=first]").click()
      await tile(page, "Requests").getByText("0", { exact: true }).waitFor()
      strictEqual(new URL(page.url()).searchParams.get("at"), "1")
      await page.fill("#to", "2026-01-01T12:00:30Z")
      await page.getByRole("button", { name: "Jump" }).click()
      await tile(page, "Requests").getByText("12", { exact: true }).waitFor()
      deepStrictEqual(
        [await tile(page, "Dead letters").innerText(), await page.getByRole("button", { name: "Resend" }).count()],
        ["4", 0],
      )
      await page.locator("[data-step=last]").click()
      await page.getByRole("button", { name: "Resend" }).first().waitFor()
    }))
})
