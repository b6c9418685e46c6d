import { readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { newFolder } from "../support/folder.ts"
import { entriesOf, type LoggedEntry } from "../support/logEntries.ts"
import { ringback, serve } from "../support/ringback.ts"
import { browserPlace, howToInstall, openBrowser, openPage } from "./browser.ts"

/* A trace's page in a real browser, opened from disk as whoever gets it attached opens it. */

if (browserPlace === undefined) process.stdout.write(`${howToInstall}\n`)

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** What a message may hold to become more than text: markup, the end of a script, a template. */
const nasty = `<script>document.title="run"</script></script><img src=x onerror="document.title='run'">{{ x }}<!--`

/** What axe finds that matters. The debugger evaluates it: the page's policy lets no other script in. */
const faults = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(axe)
  const found = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0].html })))",
  )
  return (found as ReadonlyArray<{ id: string; impact: string; html: string }>)
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ html, id }) => `${id}: ${html}`)
}

describe.skipIf(browserPlace === undefined)("A trace", () => {
  const folder = newFolder()
  const whole = join(folder, "trace.html")
  const one = join(folder, "one.html")
  let browser: Browser
  let sid = ""
  let entries: ReadonlyArray<LoggedEntry> = []

  beforeAll(async () => {
    browser = await openBrowser()
    const db = join(folder, "ringback.db")
    const server = await serve({ db, args: ["--pace", "fast"] })
    sid = (await server.send({ Body: nasty })).json.sid
    await server.send({ To: "+15559876543" })
    await server.clock({ settle: true })
    await server.kill("SIGTERM")
    entries = await entriesOf(db)
    for (const [file, args] of [
      [whole, []],
      [one, ["--subject", sid]],
    ] as const)
      strictEqual((await ringback(["trace", db, ...args, "--out", file])).code, 0)
  })
  afterAll(() => browser?.close())

  const at = async (file: string, use: (page: Page) => Promise<void>, options: Parameters<typeof openPage>[1] = {}) => {
    const { complaints, page } = await openPage(browser, options)
    const { href } = pathToFileURL(file)
    try {
      await page.goto(href)
      await use(page)
      // Nothing in the console, and of all addresses it has asked for its own.
      deepStrictEqual(complaints, [`asks for ${href}`])
    } finally {
      await page.context().close()
    }
  }
  const chosen = (page: Page) => page.locator(".tl-chosen").getAttribute("data-seq")
  const shown = async (page: Page) => (await page.locator(".tl-row:not(.tl-later)").count()) + 0
  const state = async (page: Page) => ({
    rows: await page.locator(".tl-row:not(.tl-later)").allTextContents(),
    arrows: await page.locator(".tl-arrow:not(.tl-later)").count(),
    fates: await page.locator("#fates tbody tr:not(.absent)").allTextContents(),
    entry: await page.locator("#entry").textContent(),
    told: await page.locator("#told").textContent(),
  })

  it("opens from disk, whole and at its end, and asks for nothing else", () =>
    at(whole, async (page) => {
      strictEqual(await shown(page), entries.length)
      strictEqual(await chosen(page), String(entries.length))
      assertTrue(
        (await page.locator("#told").textContent())?.startsWith(`${entries.length} of ${entries.length}: #`) === true,
      )
      strictEqual(await page.locator("#fates tbody tr:not(.absent)").count(), 2)
    }))
  it("keeps what messages hold text", () =>
    at(whole, async (page) => {
      strictEqual((await page.title()).includes("run"), false)
      strictEqual(await page.locator("img").count(), 0)
      strictEqual(await page.locator("script").count(), 2)
      const created = entries.find(({ data, type }) => type === "message.created" && data.body === nasty)
      await page.locator(`#e${created?.seq}`).click()
      const { data } = JSON.parse((await page.locator("#entry").textContent()) ?? "")
      strictEqual(data.body, nasty)
      assertTrue((await page.locator(`#e${created?.seq}`).textContent())?.includes("<script>document.title=") === true)
    }))
  it("shows the same at an entry, whichever way the slider came there", () =>
    at(whole, async (page) => {
      const slider = page.locator("#place")
      const to = async (place: number) => {
        await slider.fill(String(place))
        return state(page)
      }
      const first = await to(6)
      strictEqual(first.rows.length, 6)
      await to(entries.length)
      const back = await to(6)
      deepStrictEqual(back, first)
      await to(1)
      deepStrictEqual(await to(6), first)
    }))
  it("shows what had a status, and which it had then", () =>
    at(one, async (page) => {
      const statuses = async () =>
        (await page.locator("#fates tbody tr:not(.absent) td:last-child").allTextContents()).join()
      strictEqual(await statuses(), "delivered")
      await page.keyboard.press("Home")
      strictEqual(await statuses(), "")
      assertTrue(await page.locator("#none").isVisible())
      const seen = new Set<string>()
      for (let n = 0; n < (await page.locator(".tl-row").count()); n++) {
        seen.add(await statuses())
        await page.keyboard.press("j")
      }
      seen.add(await statuses())
      deepStrictEqual([...seen], ["", "queued", "sending", "sent", "delivered"])
    }))
  it("is moved through by keyboard alone", () =>
    at(whole, async (page) => {
      await page.keyboard.press("Home")
      strictEqual(await chosen(page), "1")
      for (const key of ["ArrowRight", "j", "ArrowRight"]) await page.keyboard.press(key)
      strictEqual(await chosen(page), "4")
      for (const key of ["ArrowLeft", "k"]) await page.keyboard.press(key)
      strictEqual(await chosen(page), "2")
      const answered = entries.find(({ type }) => type === "api.responded")
      for (let seq = 2; seq < (answered?.seq ?? 0); seq++) await page.keyboard.press("j")
      await page.keyboard.press("c")
      strictEqual(await chosen(page), String(answered?.cause))
      await page.keyboard.press("?")
      assertTrue(await page.locator("#help").isVisible())
      await page.keyboard.press("Escape")
      strictEqual(await page.locator("#help").isVisible(), false)
      await page.locator("#place").focus()
      await page.keyboard.press("End")
      await page.keyboard.press("ArrowLeft")
      strictEqual(await chosen(page), String(entries.length - 1))
    }))
  it("plays to its end and stops there", () =>
    at(one, async (page) => {
      await page.keyboard.press(" ")
      await page.locator("#play", { hasText: "Pause" }).waitFor()
      await page.locator("#play", { hasText: "Play" }).waitFor()
      strictEqual(await shown(page), await page.locator(".tl-row").count())
    }))
  it("begins at the entry its address names", async () => {
    const { page } = await openPage(browser)
    await page.goto(`${pathToFileURL(whole).href}#e3`)
    strictEqual(await chosen(page), "3")
    await page.locator("#e2").click()
    assertTrue(page.url().endsWith("#e2"))
    await page.context().close()
  })
  for (const colorScheme of ["light", "dark"] as const)
    for (const width of [1280, 375])
      it(`has nothing serious wrong for axe, ${colorScheme}, ${width} px wide, and is no wider than its window`, () =>
        at(
          whole,
          async (page) => {
            deepStrictEqual(await faults(page), [])
            await page.keyboard.press("Home")
            await page.keyboard.press("j")
            deepStrictEqual(await faults(page), [])
            strictEqual(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), true)
          },
          { colorScheme, viewport: { width, height: 800 } },
        ))
  it("runs no other script than its own", async () => {
    const changed = join(folder, "changed.html")
    writeFileSync(
      changed,
      readFileSync(one, "utf8").replace("<main>", '<script>document.title = "run"</script><main onclick="x">'),
    )
    const { complaints, page } = await openPage(browser)
    await page.goto(pathToFileURL(changed).href)
    strictEqual((await page.title()).includes("run"), false)
    assertTrue(complaints.some((line) => line.includes("Content Security Policy")))
    await page.context().close()
  })
})
