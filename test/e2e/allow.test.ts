import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, serve } from "../support/ringback.ts"

interface Sent {
  /** What became of each attempt: a status, or why there was none. */
  readonly attempts: ReadonlyArray<number | string>
  readonly stderr: string
}

/** Sends a message for each callback and gives what became of it, on a log that is then verified. */
const callback = async (urls: string | ReadonlyArray<string>, settings: object = {}): Promise<Sent> => {
  const db = join(newFolder(), "ringback.db")
  const server = await serve({ db, config: configFile(settings), args: ["--pace", "fast"] })
  for (const StatusCallback of [urls].flat()) strictEqual((await server.send({ StatusCallback })).status, 201)
  await server.clock({ settle: true })
  const { stderr } = await server.kill("SIGTERM")
  const { code } = await ringback(["verify", db])
  strictEqual(code, 0)
  const attempts = (await entriesOf(db, ["--type", "outbound.*"]))
    .filter(({ type }) => type !== "outbound.requested")
    .map(({ data }) => data.status ?? `${data.reason} ${data.detail}`)
  return { attempts, stderr }
}

const refused = "refused not-allowed"

describe.concurrent("Callbacks go where they may", () => {
  it("metadata services are refused in every spelling, once for each status, and standard error says so", async () => {
    const urls = [
      "http://169.254.169.254/latest/meta-data/iam",
      "http://2852039166/",
      "http://[::ffff:169.254.169.254]/",
      "http://[64:ff9b::a9fe:a9fe]/",
      "http://[fe80::1]:8080/",
      "http://100.100.100.200/",
    ]
    const { attempts, stderr } = await callback(urls)
    const twice = urls.flatMap(() => [refused, refused])
    deepStrictEqual(attempts, twice)
    strictEqual(stderr.match(/refused not-allowed; callbacks\.allow does not permit it/g)?.length, twice.length)
  })

  it("this machine is permitted by its name and by its address", async () => {
    const listener = await listen()
    const both = [listener.url, listener.url.replace("127.0.0.1", "localhost")]
    deepStrictEqual((await callback(both)).attempts, [204, 204, 204, 204])
  })

  it("a list permits what it names and nothing else", async () => {
    const listener = await listen()
    const named = listener.url.replace("127.0.0.1", "localhost")
    const only = (...allow: ReadonlyArray<string>) => ({ callbacks: { allow } })
    deepStrictEqual((await callback([listener.url, named], only("127.0.0.0/8"))).attempts, [204, 204, 204, 204])
    deepStrictEqual((await callback(named, only("localhost"))).attempts, [204, 204])
    const before = listener.callbacks.length
    deepStrictEqual((await callback(listener.url, only("localhost"))).attempts, [refused, refused])
    const others = only("app.example", "10.0.0.0/8")
    deepStrictEqual((await callback([named, listener.url], others)).attempts, [refused, refused, refused, refused])
    deepStrictEqual((await callback(listener.url, only())).attempts, [refused, refused])
    strictEqual(listener.callbacks.length, before)
  })

  it("where it is rewritten to is what counts", async () => {
    const listener = await listen()
    const to = (target: string) => ({
      callbacks: { allow: ["127.0.0.1"], rewrite: [{ from: "https://app.example", to: target }] },
    })
    deepStrictEqual((await callback("https://app.example/x", to(listener.url))).attempts, [204, 204])
    deepStrictEqual((await callback("https://app.example/x", to("http://10.0.0.1:1"))).attempts, [refused, refused])
  })

  it("a redirect leads nowhere that is not permitted, and is not tried again", async () => {
    let asked = 0
    const server = createServer((_, response) => {
      asked++
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data" })
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      deepStrictEqual((await callback(url)).attempts, [refused, refused])
      strictEqual(asked, 2)
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  it("a list with something else in it is named with its line: exit 2", async () => {
    const config = configFile("callbacks:\n  allow:\n    - app.example\n    - https://app.example\n")
    const { code, stderr } = await ringback(["serve", "--port", "0", "--db", ":memory:", "--config", config])
    strictEqual(code, 2)
    assertTrue(stderr.includes(`${config}:4: callbacks.allow.1: expected a host name (app.example`))
  })
})
