import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { deepStrictEqual } from "@effect/vitest/utils"
import type { Browser, BrowserContextOptions, Page } from "playwright-core"
import { openPage } from "./browser.ts"

/* What is asked of every page. */

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** What axe finds of a page that is serious or worse. */
export const seriousFaults = async (page: Page): Promise<ReadonlyArray<string>> => {
  // Evaluated by the debugger: the page's policy lets no other script in.
  await page.evaluate(axe)
  const found = await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes[0].html })))",
  )
  return (found as ReadonlyArray<{ id: string; impact: string; html: string }>)
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ html, id }) => `${id}: ${html}`)
}

/** Uses a page, and holds it to it that its console had nothing to complain of. */
export const visit = async (
  browser: Browser,
  address: string,
  use: (page: Page) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<void> => {
  const { complaints, page } = await openPage(browser, options)
  try {
    await page.goto(address)
    await use(page)
    deepStrictEqual(complaints, [])
  } finally {
    await page.context().close()
  }
}

/** Badges that are far wider than what they say: stretched by a rule that is meant for something else. */
const wideBadges = `[...document.querySelectorAll(".badge")].filter((badge) => {
  const text = document.createRange()
  text.selectNodeContents(badge)
  return badge.getBoundingClientRect().width > text.getBoundingClientRect().width + 100
}).map((badge) => badge.textContent)`

/** Pages are accessible, no wider than a telephone, and badges no wider than they have to be. */
export const fitsAll = async (
  browser: Browser,
  addresses: ReadonlyArray<string>,
  colorScheme: "dark" | "light",
): Promise<void> => {
  for (const address of addresses)
    await visit(
      browser,
      address,
      async (page) => {
        deepStrictEqual([address, await seriousFaults(page)], [address, []])
        deepStrictEqual([address, await page.evaluate(wideBadges)], [address, []])
        await page.setViewportSize({ width: 375, height: 700 })
        const wide = await page.evaluate("document.documentElement.scrollWidth")
        deepStrictEqual([address, Number(wide) <= 375], [address, true])
        if (colorScheme === "light") deepStrictEqual([address, await seriousFaults(page)], [address, []])
      },
      { colorScheme },
    )
}
