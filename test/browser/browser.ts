import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { deepStrictEqual } from "@effect/vitest/utils"
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core"

/* A real browser for tests of pages: Debian's chromium, driven by playwright-core. */

const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

/** Where a browser is; undefined where there is none. */
export const browserPlace: string | undefined = places.find((place) => existsSync(place))

export const howToInstall = "no chromium is installed, so pages are not looked at; apt-get install chromium"

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(browserPlace === undefined ? {} : { executablePath: browserPlace }),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  })

/** A page that keeps what its console complained of. */
export interface Watched {
  readonly page: Page
  readonly complaints: ReadonlyArray<string>
}

export const openPage = async (browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: Array<string> = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text())
  })
  page.on("pageerror", (error) => complaints.push(String(error)))
  page.on("request", (request) => {
    if (!request.url().startsWith("http://127.0.0.1:")) complaints.push(`asks for ${request.url()}`)
  })
  return { page, complaints }
}

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

/** Pages are accessible, and no wider than a telephone. */
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
        await page.setViewportSize({ width: 375, height: 700 })
        const wide = await page.evaluate("document.documentElement.scrollWidth")
        deepStrictEqual([address, Number(wide) <= 375], [address, true])
        if (colorScheme === "light") deepStrictEqual([address, await seriousFaults(page)], [address, []])
      },
      { colorScheme },
    )
}
