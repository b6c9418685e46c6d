import { existsSync } from "node:fs"
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
