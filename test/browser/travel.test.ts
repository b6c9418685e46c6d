import { existsSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"
import { browserPlace, openBrowser } from "./browser.ts"
import { fitsAll, visit } from "./visits.ts"

/* Looking back, and what would have happened if, in a real browser over the built program. */

describe.skipIf(browserPlace === undefined)("Looking back", () => {
  let browser: Browser
  let server: Server
  let sid = ""
  const folder = newFolder()
  const db = join(folder, "run.db")
  const at = (path: string, use: (page: Page) => Promise<void>) => visit(browser, `${server.address}${path}`, use)
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({
      db,
      config: configFile({ endpoints: [{ url: "https://app.test/status" }] }),
      args: ["--pace", "paused", "--seed", "7"],
    })
    for (let i = 0; i < 3; i++)
      sid = (await server.send({ Body: `message ${i}`, StatusCallback: "https://app.test/status" })).json.sid
    await server.clock({ advance: "10s" })
  })
  afterAll(() => browser?.close())

  /** What the page shows of the moment. */
  const shown = async (page: Page, seq: number): Promise<string> => {
    await page.locator(`#moment[data-seq="${seq}"]`).waitFor()
    return page.locator("#moment").innerText()
  }

  it.each(["light", "dark"] as const)("is accessible and fits a telephone's screen: %s", (colorScheme) =>
    fitsAll(
      browser,
      ["/ui/timetravel?at=9", `/ui/timeline/${sid}?at=9`, `/ui/messages/${sid}?at=9`, "/ui/forks"].map(
        (path) => server.address + path,
      ),
      colorScheme,
    ),
  )

  it("shows the same moment again, whichever way one comes there", async () => {
    const there = new Map<number, string>()
    for (const seq of [3, 12, 20])
      await at(`/ui/timetravel?at=${seq}`, async (page) => {
        there.set(seq, await shown(page, seq))
      })
    await at("/ui/timetravel?at=12", async (page) => {
      await page.locator("#slider").focus()
      for (let i = 0; i < 8; i++) await page.keyboard.press("ArrowRight")
      strictEqual(await shown(page, 20), there.get(20))
      for (let i = 0; i < 17; i++) await page.keyboard.press("ArrowLeft")
      strictEqual(await shown(page, 3), there.get(3))
      await page.getByRole("button", { name: "One entry forward" }).click()
      await shown(page, 4)
      await page.locator("#slider").fill("12")
      strictEqual(await shown(page, 12), there.get(12))
      assertTrue(page.url().includes("at=12"))
    })
  })

  it("shows lists and counters as they were, and what the entry changed", () =>
    at("/ui/timetravel?at=3", async (page) => {
      strictEqual(await page.locator(".rows tbody tr").count(), 1)
      strictEqual(await page.locator(".rows .badge").innerText(), "queued")
      await page.goto(`${server.address}/ui/log?q=type:message.status-changed+delivered`)
      const seq = (await page.locator(".rows .seq a").last().innerText()).trim()
      await page.goto(`${server.address}/ui/timetravel?at=${seq}`)
      strictEqual(await page.locator("[data-changed=true] .badge").innerText(), "delivered")
      strictEqual(await page.locator("#count-messages\\.delivered strong").innerText(), "+1")
      strictEqual(await page.locator(".around [aria-current] .type").innerText(), "message.status-changed")
    }))

  it("opens what a list shows as it was then, and keeps to the slider", () =>
    at("/ui/timetravel?at=3", async (page) => {
      const first = page.locator(".rows .go").first()
      const [, , , of] = new URL((await first.getAttribute("href")) ?? "", page.url()).pathname.split("/")
      await first.click()
      const drawer = page.locator("#drawer")
      await drawer.getByText("As it was after entry 3").waitFor()
      deepStrictEqual(await drawer.locator(".history .badge").allInnerTexts(), ["queued"])
      strictEqual(await drawer.locator(".callback").count(), 0)
      assertTrue(page.url().endsWith("/ui/timetravel?at=3"))
      const { entries } = (await server.ask("/health")).json
      await page.locator("#slider").fill(String(entries))
      await drawer.getByText(`As it was after entry ${entries}`).waitFor()
      deepStrictEqual(await drawer.locator(".history .badge").allInnerTexts(), [
        "queued",
        "sending",
        "sent",
        "delivered",
      ])
      strictEqual(await drawer.locator(".callback").count(), 2)
      strictEqual(await drawer.getByRole("button", { name: "Send again" }).count(), 0)
      await page.locator("#slider").fill("1")
      await drawer.getByText("Not there then").waitFor()
      await page.locator("#slider").fill("3")
      await drawer.locator(".history").waitFor()
      await page.keyboard.press("Escape")
      await drawer.waitFor({ state: "hidden" })
      await page.keyboard.press("ArrowRight")
      await shown(page, 4)
      strictEqual(await drawer.isVisible(), false)
      await page.goto(`${server.address}/ui/timeline/${of}?at=3`)
      await page.getByText("As far as entry 3").waitFor()
      strictEqual(await page.locator(".tl-row", { hasText: "message.status-changed" }).count(), 0)
    }))

  it("jumps to an instant, says when there is none, plays, and goes on live", () =>
    at("/ui/timetravel", async (page) => {
      await page.locator("#to").fill("2026-01-01T00:00:02Z")
      await page.getByRole("button", { name: "Jump" }).click()
      assertTrue((await page.locator("#moment").innerText()).includes("at 2026-01-01 00:00:02"))
      await page.locator("#to").fill("tomorrow")
      await page.getByRole("button", { name: "Jump" }).click()
      await page.locator("[role=alert]", { hasText: "expected an entry's seq or an instant" }).waitFor()
      await page.goto(`${server.address}/ui/timetravel?at=2`)
      await page.getByRole("button", { name: "Play" }).click()
      await until("it has played on", async () => Number(await page.locator("#moment").getAttribute("data-seq")) >= 6)
      await page.getByRole("button", { name: "Live" }).click()
      const { entries } = (await server.ask("/health")).json
      await shown(page, entries)
      await server.send({ Body: "while one looks" })
      await page.locator(".rows", { hasText: "while one looks" }).waitFor()
    }))

  it("draws a timeline whose marks open their entries", () =>
    at(`/ui/timeline/${sid}`, async (page) => {
      await page.locator(".tl-row", { hasText: "api.requested" }).waitFor()
      assertTrue((await page.locator(".tl-arrow").count()) > 4)
      await page.locator(".tl-row a", { hasText: "message.created" }).click()
      await page.locator("#drawer h2", { hasText: "message.created" }).waitFor()
      assertTrue(page.url().includes("/ui/timeline/"))
      await page.keyboard.press("Escape")
      await page.locator("#drawer").waitFor({ state: "hidden" })
      await page.getByRole("link", { name: "small" }).click()
      await page.locator(".tl-small").waitFor()
    }))

  it("forks with one thing changed, shows both runs, and leaves the run as it is", async () => {
    const before = (await server.ask("/health")).json.digest
    await at("/ui/forks?at=3", async (page) => {
      await page.locator("textarea[name=set]").fill("twilio.nothing=1")
      await page.getByRole("button", { name: "Run on" }).click()
      await page.locator("[data-says]", { hasText: "nothing" }).waitFor()
      await page.locator("textarea[name=set]").fill("twilio.default_behavior=failure")
    }).catch((error) => {
      // Chromium itself says that the order was answered 400.
      if (!String(error).includes("400")) throw error
    })
    await at("/ui/forks?at=4", async (page) => {
      await page.locator("textarea[name=set]").fill("twilio.default_behavior=failure")
      await page.getByRole("button", { name: "Run on" }).click()
      await page.waitForURL("**/ui/forks/1")
      strictEqual(await page.locator("#first-difference").count(), 1)
      await page.locator(".sides .first", { hasText: "settings.changed" }).waitFor()
      await page.getByText("It leads to").waitFor()
    })
    const { forks } = (await server.ask("/admin/forks")).json
    // The end of the last turn up to there.
    deepStrictEqual([forks.length, forks[0].cut], [1, 1])
    assertTrue(existsSync(join(folder, "run.fork-1.db")))
    strictEqual((await ringback(["verify", join(folder, "run.fork-1.db")])).code, 0)
    strictEqual((await server.ask("/health")).json.digest, before)
  })

  it("asks of a callback what would have been if it had been answered otherwise", async () => {
    const { callbacks } = (await server.ask("/admin/callbacks")).json
    const { seq } = callbacks.at(-1).attempts[0]
    await at(`/ui/callbacks/${seq}`, async (page) => {
      await page.getByLabel("What if it had been answered").first().fill("503@2s")
      await page.getByRole("button", { name: "Fork" }).first().click()
      await page.waitForURL("**/ui/forks/2")
      await page.locator(".sides .first", { hasText: "answer.replaced" }).waitFor()
      await page.getByText(`entry ${seq} is answered 503@2s`).waitFor()
      await page.getByText("gets 503 after 2s").waitFor()
    })
    strictEqual((await ringback(["verify", join(folder, "run.fork-2.db")])).code, 0)
  })

  it("shows the templates that were in force", async () => {
    const edited = '{"sid":"{{ message_sid }}","mine":true}'
    await fetch(`${server.address}/admin/templates`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ send_sms_success: edited }),
    })
    const { entries } = (await server.ask("/health")).json
    await at(`/ui/timetravel?at=${entries - 1}`, async (page) => {
      await shown(page, entries - 1)
      strictEqual(await page.locator(".template").count(), 0)
      await page.keyboard.press("ArrowRight")
      await shown(page, entries)
      await page.locator("#force-send_sms_success summary").click()
      strictEqual(await page.locator("#force-send_sms_success pre").innerText(), edited)
    })
    await fetch(`${server.address}/admin/templates`, {
      method: "PATCH",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ send_sms_success: null }),
    })
  })

  it("stops the clock at a breakpoint", () =>
    at("/ui/timetravel", async (page) => {
      await page.locator("#breakpoints input").fill("type:message.status-changed delivered")
      await page.locator("#breakpoints").getByRole("button", { name: "Set" }).click()
      await page.locator("#breakpoints td", { hasText: "not yet" }).waitFor()
      await server.clock({ pace: "1000x" })
      await server.send()
      await until("the clock is paused", async () => (await server.ask("/admin/clock")).json.pace === "paused")
      // Messages of other tests may be under way, too.
      const [{ hits }] = (await server.ask("/admin/breakpoints")).json.breakpoints
      assertTrue(hits >= 1)
      await page
        .locator("#breakpoints td", { hasText: hits === 1 ? "once, last by" : `${hits} times, last by` })
        .waitFor()
      await page.getByRole("button", { name: "Remove type:message.status-changed delivered" }).click()
      await page.locator("#breakpoints td").first().waitFor({ state: "detached" })
      deepStrictEqual((await server.ask("/admin/breakpoints")).json, { breakpoints: [] })
    }))
})
