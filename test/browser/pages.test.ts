import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { configFile } from "../support/config.ts"
import { type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"
import { browserPlace, howToInstall, openBrowser, openPage } from "./browser.ts"
import { fitsAll, visit } from "./visits.ts"

/* Every page in a real browser, over the built program. */

if (browserPlace === undefined) process.stdout.write(`${howToInstall}\n`)

const nasty = `<script>document.title="run"</script><img src=x onerror="document.title='run'"> {{ request.To }} <%= it.story.sid %> \${1}`

let browser: Browser
let server: Server

const settings = configFile({
  endpoints: [
    { url: "https://app.test/status", answers: [{ status: 204 }] },
    { url: "https://app.test/broken", answers: [{ status: 500, body: "<b>no</b>" }] },
  ],
})

const at = (path: string, use: (page: Page) => Promise<void>) => visit(browser, `${server.address}${path}`, use)

describe.skipIf(browserPlace === undefined)("The pages", () => {
  let sid = ""
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({ config: settings, args: ["--pace", "paused"] })
    await server.send({ Body: nasty, StatusCallback: "https://app.test/status" })
    sid = (await server.send({ StatusCallback: "https://app.test/broken" })).json.sid
    await server.clock({ advance: "5s" })
  })
  afterAll(() => browser?.close())

  const paths = (): ReadonlyArray<string> => [
    "/",
    "/ui/messages",
    `/ui/messages/${sid}`,
    "/ui/messages?q=stats:x",
    "/ui/messages?q=nothing-is-like-this",
    "/ui/callbacks",
    "/ui/log",
    "/ui/log/3",
    "/ui/phone",
    "/ui/phone?phone=%2B15551234567&number=%2B15550000001",
    "/ui/settings",
  ]
  it.each(["light", "dark"] as const)("are accessible and fit a telephone's screen: %s", (colorScheme) =>
    fitsAll(
      browser,
      paths().map((path) => `${server.address}${path}`),
      colorScheme,
    ),
  )

  it("say that there is no such page, on a telephone's screen too", async () => {
    const { page } = await openPage(browser, { viewport: { width: 375, height: 700 } })
    await page.goto(`${server.address}/ui/timeline/SM${"0".repeat(60)}`)
    await page.getByRole("heading", { name: "Not here" }).waitFor()
    strictEqual(await page.evaluate("document.documentElement.scrollWidth <= 375"), true)
    await page.context().close()
  })

  it("show text of messages as text", () =>
    at("/ui/messages", async (page) => {
      const row = page.locator(".rows .text", { hasText: "request.To" })
      strictEqual((await row.innerText()).includes(nasty.slice(0, 40)), true)
      await row.locator("a").click()
      strictEqual(await page.locator("#drawer .bubble-text").innerText(), nasty)
      strictEqual((await page.title()).startsWith("Messages"), true)
    }))

  it("take up new messages and their statuses by themselves, and nothing jumps", () =>
    at("/ui/messages", async (page) => {
      const head = page.locator(".rows thead")
      const before = await head.boundingBox()
      const { json } = await server.send({ Body: "comes by itself" })
      const row = page.locator(`#${json.sid}`)
      await row.getByText("comes by itself").waitFor()
      strictEqual(await row.locator(".badge").innerText(), "queued")
      await server.clock({ advance: "2s" })
      await row.locator(".badge", { hasText: "sent" }).waitFor()
      deepStrictEqual(await head.boundingBox(), before)
    }))

  it("leave the rows where they are while somebody is at them, and say how many are new", () =>
    at("/ui/messages", async (page) => {
      await page.keyboard.press("j")
      const { json } = await server.send({ Body: "waits to be shown" })
      const fresh = page.locator("[data-fresh]")
      await fresh.getByText("1 new, show").waitFor()
      strictEqual(await page.locator(`#${json.sid}`).count(), 0)
      await fresh.click()
      await page.locator(`#${json.sid}`).waitFor()
      strictEqual(await fresh.isVisible(), false)
    }))

  it("ask every three seconds where no events come", async () => {
    const { page } = await openPage(browser)
    await page.route("**/ui/live", (route) =>
      route.request().resourceType() === "eventsource" ? route.abort() : route.continue(),
    )
    await page.goto(`${server.address}/ui/messages`)
    const { json } = await server.send({ Body: "without events" })
    await page.locator(`#${json.sid}`).waitFor()
    await page.context().close()
  })

  it("search as one types, keep the search in the address, and say what is wrong with it", () =>
    at("/ui/messages", async (page) => {
      await page.keyboard.press("/")
      await page.keyboard.type("body:request status:delivered,sent")
      await until("one row is left", async () => (await page.locator(".rows tbody tr").count()) === 1)
      await until(
        "the address has it",
        () => new URL(page.url()).searchParams.get("q") === "body:request status:delivered,sent",
      )
      await page.reload()
      strictEqual(await page.locator("#q").inputValue(), "body:request status:delivered,sent")
      strictEqual(await page.locator(".rows tbody tr").count(), 1)
      await page.locator("#q").fill("stats:sent")
      await page.locator("[role=alert]", { hasText: "did you mean status:?" }).waitFor()
      await page.locator("#q").fill("nothing is like this")
      await page.getByText("Nothing fits").waitFor()
    }))

  it("go on looking by themselves while a search has found nothing yet", () =>
    at("/ui/messages", async (page) => {
      // A search of so few messages is never cut short: the page is told that it was.
      await page.route("**/ui/messages?q=nowhere", async (route) => {
        const answer = await route.fetch()
        const onwards =
          '<nav class="pager"><a class="button" href="/ui/messages?q=-nowhere" data-onwards>Look</a></nav>'
        const body = (await answer.text()).replace(/(<section id="list"[\s\S]*?)<\/section>/, `$1${onwards}</section>`)
        await route.fulfill({ response: answer, body })
      })
      await page.goto(`${server.address}/ui/messages?q=nowhere`)
      await page.waitForURL("**/ui/messages?q=-nowhere")
      assertTrue((await page.locator(".rows tbody tr").count()) > 0)
    }))

  it("open a drawer that has an address, closes, and comes back", () =>
    at("/ui/messages", async (page) => {
      await page.locator(`#${sid} a`).click()
      await page.locator("#drawer h3", { hasText: "Status history" }).waitFor()
      assertTrue(page.url().endsWith(`/ui/messages/${sid}`))
      await page.reload()
      strictEqual(await page.locator("#drawer .subject code").innerText(), sid)
      strictEqual(await page.locator("#drawer .callback .badge").first().innerText(), "waiting")
      await page.keyboard.press("Escape")
      await page.locator("#drawer").waitFor({ state: "hidden" })
      assertTrue(page.url().endsWith("/ui/messages"))
      await page.goBack()
      await page.locator("#drawer .subject").waitFor()
      await page.goto(`${server.address}/ui/messages?q=status:queued`)
      assertTrue((await page.locator(".rows a").first().getAttribute("href"))?.includes("?q=status%3Aqueued") === true)
    }))

  it("tell every attempt of a callback, and send it again", async () => {
    await at(`/ui/messages/${sid}`, async (page) => {
      const callback = page.locator("#drawer .callback").first()
      await callback.getByText("500").first().waitFor()
      await callback.locator("summary", { hasText: "Request" }).first().click()
      const signature = await callback.locator("dd code").first().innerText()
      assertTrue(/^[\w+/]{27}=$/.test(signature))
      await callback.locator("summary", { hasText: "Answer" }).first().click()
      strictEqual(await callback.locator("pre").first().innerText(), "<b>no</b>")
      await callback.getByRole("button", { name: "Send again" }).click()
      await page.getByText("Sent again").waitFor()
    })
    const { json } = await server.ask(`/admin/callbacks?subject=${sid}`)
    strictEqual(json.callbacks.filter(({ copy }: { copy: number }) => copy > 0).length, 1)
  })

  it("are used by keys alone", () =>
    at("/ui/messages", async (page) => {
      await page.keyboard.press("?")
      await page.locator("#help").waitFor()
      await page.keyboard.press("Escape")
      await page.locator("#help").waitFor({ state: "hidden" })
      for (const key of ["j", "j", "k", "j"]) await page.keyboard.press(key)
      const second = await page.locator(".rows tbody tr").nth(1).getAttribute("id")
      strictEqual(await page.locator(".selected").getAttribute("id"), second)
      await page.keyboard.press("Enter")
      await page.locator("#drawer .subject").waitFor()
      strictEqual(await page.locator("#drawer .subject code").innerText(), second)
      await page.keyboard.press("Escape")
      await page.locator("#drawer").waitFor({ state: "hidden" })
      await page.keyboard.press("g")
      await page.keyboard.press("l")
      await page.waitForURL("**/ui/log")
    }))

  it("show times as one chooses, and remember it", () =>
    at("/ui/messages", async (page) => {
      const time = page.locator(".rows time").last()
      assertTrue(/ago$/.test(await time.innerText()))
      await page.getByRole("button", { name: "UTC" }).click()
      assertTrue(/^2026-01-01 \d\d:\d\d:\d\d$/.test(await time.innerText()))
      await page.reload()
      assertTrue(/^2026-01-01 /.test(await time.innerText()))
    }))

  it("follow an entry to its cause and to what came of it", () =>
    at("/ui/log?q=type:message.created", async (page) => {
      await page.locator(".rows .go").last().click()
      await page.locator("#drawer h2", { hasText: "message.created" }).waitFor()
      await page.locator("#drawer a", { hasText: "api.requested" }).click()
      await page.locator("#drawer h2", { hasText: "api.requested" }).waitFor()
      await page.locator("#drawer a", { hasText: "message.created" }).click()
      await page.locator("#drawer h2", { hasText: "message.created" }).waitFor()
    }))
})

describe.skipIf(browserPlace === undefined)("The dashboard", () => {
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({ config: settings, args: ["--pace", "paused"] })
  })
  afterAll(() => browser?.close())

  it("says what to do while there is nothing, and fills by itself", () =>
    at("/", async (page) => {
      await page.getByText("No messages yet").waitFor()
      const { json } = await server.send({ StatusCallback: "https://app.test/broken" })
      await page.locator(`#${json.sid}`).waitFor()
      await page.locator(".tile", { hasText: "Messages" }).getByText("1", { exact: true }).waitFor()
    }))

  it("moves the clock", () =>
    at("/", async (page) => {
      await page.getByRole("button", { name: "Step" }).click()
      await page.locator(".recent .badge", { hasText: "sent" }).waitFor()
      await page.locator("#advance").fill("1h")
      await page.getByRole("button", { name: "Advance" }).click()
      await page.getByText("2026-01-01 01:00:02").first().waitFor()
      await page.locator("#advance-to").fill("2026-02-03T04:05:06")
      await page.getByRole("button", { name: "Go to" }).click()
      await page.getByText("2026-02-03 04:05:06").first().waitFor()
      await server.send()
      await page.getByRole("button", { name: "Run until settled" }).click()
      await until("nothing is due", async () => (await server.ask("/admin/clock")).json.next_due === null)
      await page.getByRole("button", { name: "fast" }).click()
      await page.locator(".paces button[aria-pressed=true]", { hasText: "fast" }).waitFor()
    }))

  it("says why an order was not carried out", async () => {
    const { page } = await openPage(browser)
    await page.goto(`${server.address}/`)
    await page.locator("#advance-to").fill("2020-01-01T00:00:00")
    await page.getByRole("button", { name: "Go to" }).click()
    await page.locator(".toast.bad", { hasText: "advance_to" }).waitFor()
    await page.context().close()
  })

  it("switches faults, and shows trouble in its icon", () =>
    at("/", async (page) => {
      await page.getByRole("switch", { name: "API answers 429" }).click()
      await page.locator("[aria-checked=true]", { hasText: "API answers 429" }).waitFor()
      strictEqual((await server.send()).status, 429)
      await page.getByRole("switch", { name: "API answers 429" }).click()
      await page.locator("[aria-checked=false]", { hasText: "API answers 429" }).waitFor()
      strictEqual((await server.send({ To: "+15559999999" })).status, 201)
      await server.clock({ pace: "paused" })
      await server.send({ StatusCallback: "https://app.test/broken" })
      await server.clock({ step: 2 })
      await page.locator("link[rel=icon][href='/ui/favicon.svg?trouble']").waitFor({ state: "attached" })
    }))

  it("lets everything be cleared, but asks first", () =>
    at("/ui/messages", async (page) => {
      await page.getByRole("button", { name: "Clear" }).click()
      await page.getByRole("button", { name: "Cancel" }).click()
      assertTrue((await page.locator(".rows tbody tr").count()) > 0)
      await page.getByRole("button", { name: "Clear" }).click()
      await page.getByRole("button", { name: "Yes" }).click()
      await page.getByText("No messages yet").waitFor()
    }))
})

describe.skipIf(browserPlace === undefined)("The phone", () => {
  const phone = "+15551234567"
  const number = "+14155550100"
  beforeAll(async () => {
    browser = await openBrowser()
    server = await serve({
      config: configFile({
        twilio: { allowed_from_numbers: [number] },
        endpoints: [
          { url: "https://app.test/sms", answers: [{ body: "<Response><Message>Welcome</Message></Response>" }] },
        ],
      }),
      args: ["--pace", "paused"],
    })
  })
  afterAll(() => browser?.close())

  it("writes as a customer, and shows what comes back with its ticks", async () => {
    await at("/ui/settings", async (page) => {
      await page.locator("#numbers summary").click()
      await page.locator("#numbers input[name=sms_url]").fill("https://app.test/sms")
      await page.locator("#numbers").getByRole("button", { name: "Save" }).click()
      await page.locator("#numbers summary", { hasText: "https://app.test/sms" }).waitFor()
      await page.locator("#numbers input[name=voice_url]").fill("https://app.test/voice")
      await page.locator("#numbers select[name=voice_method]").selectOption("GET")
      await page.locator("#numbers").getByRole("button", { name: "Save" }).click()
      await page.locator("#numbers summary", { hasText: "https://app.test/sms, https://app.test/voice" }).waitFor()
    })
    await at("/ui/phone", async (page) => {
      await page.locator("input[name=phone]").fill(phone)
      await page.locator("input[name=number]").fill(number)
      await page.getByRole("button", { name: "Show" }).click()
      await page.locator("#compose").fill("Hello <b>there</b>")
      await page.keyboard.press("Enter")
      await page.locator(".bubble.own", { hasText: "Hello <b>there</b>" }).waitFor()
      const reply = page.locator(".bubble.theirs", { hasText: "Welcome" })
      await reply.waitFor()
      strictEqual(await reply.locator(".ticks").getAttribute("title"), "queued")
      await server.clock({ advance: "10s" })
      await reply.locator(".ticks[title=delivered]", { hasText: "✓✓" }).waitFor()
      strictEqual(await page.locator("#compose").inputValue(), "")
    })
  })

  it("says why nothing was sent", async () => {
    const { page } = await openPage(browser)
    await page.goto(`${server.address}/ui/phone?phone=${encodeURIComponent(phone)}&number=%2B14155559999`)
    await page.locator("#compose").fill("Hello")
    await page.getByRole("button", { name: "Send", exact: true }).click()
    await page.locator(".toast.bad", { hasText: "no active account has the number" }).waitFor()
    await page.context().close()
  })
})
