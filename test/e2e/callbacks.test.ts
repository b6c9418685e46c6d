import * as http from "node:http"
import type * as net from "node:net"
import { join } from "node:path"
import { afterAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import twilio from "twilio"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, serve } from "../support/ringback.ts"

const open = new Set<net.Server>()
afterAll(() => {
  for (const server of open) {
    server.close()
    if (server instanceof http.Server) server.closeAllConnections()
  }
})

const listening = async <S extends net.Server>(server: S): Promise<string> => {
  open.add(server)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
}

const outcomes = async (db: string) => {
  strictEqual((await ringback(["verify", db])).code, 0)
  return (await entriesOf(db, ["--type", "outbound.*"])).filter(({ type }) => type !== "outbound.requested")
}

describe.concurrent("Callbacks as Twilio makes them", () => {
  it("follows redirects, signs each hop, and gives up after ten", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ db, args: ["--pace", "fast"] })
    const got: Array<{ method: string; url: string; signature: string; body: string }> = []
    const application = http.createServer((request, response) => {
      let body = ""
      request.on("data", (chunk) => {
        body += chunk
      })
      request.on("end", () => {
        const { headers, method = "", url = "" } = request
        got.push({ method, url, signature: String(headers["x-twilio-signature"]), body })
        const [status, Location] =
          url === "/same"
            ? [307, "/other"]
            : url === "/other"
              ? [302, "/end"]
              : url === "/round"
                ? [301, "/round"]
                : [204, ""]
        response.writeHead(status as number, Location === "" ? {} : { Location })
        response.end()
      })
    })
    const base = await listening(application)
    await server.send({ StatusCallback: `${base}/same` })
    await server.clock({ settle: true })
    deepStrictEqual(
      got.map(({ method, url }) => `${method} ${url}`),
      ["POST /same", "POST /other", "GET /end", "POST /same", "POST /other", "GET /end"],
    )
    strictEqual(got[0]?.body, got[1]?.body)
    for (const { body, signature, url } of got)
      assertTrue(
        twilio.validateRequest(server.authToken, signature, base + url, Object.fromEntries(new URLSearchParams(body))),
      )
    got.length = 0
    await server.send({ StatusCallback: `${base}/round#rc=0` })
    await server.clock({ settle: true })
    strictEqual(got.length, 22) // Twice the request and ten redirects.
    await server.kill("SIGTERM")
    const ends = (await outcomes(db)).map(({ data }) => [data.status ?? data.detail, data.redirected])
    const led = [204, [`${base}/other`, `${base}/end`]]
    const round = ["too-many-redirects", Array.from({ length: 10 }, () => `${base}/round`)]
    deepStrictEqual(ends, [led, led, round, round])
  })

  it("brings a redirect behind a rewritten URL back to the public one, which is signed, and refuses one into the run", async () => {
    const db = join(newFolder(), "ringback.db")
    const listener = await listen()
    const away = await listen()
    const server = await serve({
      db,
      args: ["--pace", "fast"],
      config: configFile({
        callbacks: { allow: ["127.0.0.1"], rewrite: [{ from: "https://app.example", to: listener.url }] },
        endpoints: [{ url: "https://inside.example" }],
        twilio: { callbacks: { retry_attempts: 1 } },
      }),
    })
    const leads: Readonly<Record<string, string>> = {
      "/own": `${listener.url}/end?own`,
      "/public": "https://app.example/end?public",
      "/relative": "end?relative",
      "/away": `${away.url}/end`,
      "/inside": "https://inside.example/x?y",
      "/forbidden": "http://10.0.0.1/x?y",
    }
    listener.answer = ({ path }) => {
      const location = leads[path]
      return location === undefined ? 204 : { location }
    }
    for (const path of Object.keys(leads)) {
      await server.send({ StatusCallback: `https://app.example${path}` })
      await server.clock({ settle: true })
    }
    const signed = ({ headers, params, path }: (typeof listener.callbacks)[number], origin: string) =>
      twilio.validateRequest(server.authToken, String(headers["x-twilio-signature"]), `${origin}${path}`, { ...params })
    assertTrue(listener.callbacks.every((callback) => signed(callback, "https://app.example")))
    assertTrue(away.callbacks.length === 2 && away.callbacks.every((callback) => signed(callback, away.url)))
    deepStrictEqual(
      [...new Set(listener.callbacks.map(({ path }) => path).filter((path) => path.startsWith("/end")))],
      ["/end?own", "/end?public", "/end?relative"],
    )
    const { stderr } = await server.kill("SIGTERM")
    const led = (await outcomes(db)).map(({ data }) => [data.status ?? data.detail, data.redirected?.at(-1)])
    const twice = (end: unknown) => [end, end]
    deepStrictEqual(led, [
      ...twice([204, "https://app.example/end?own"]),
      ...twice([204, "https://app.example/end?public"]),
      ...twice([204, "https://app.example/end?relative"]),
      ...twice([204, `${away.url}/end`]),
      ...twice(["redirect-into-run", undefined]),
      ...twice(["not-allowed", "http://10.0.0.1/x?y"]),
    ])
    assertTrue(
      stderr.includes(
        `to ${listener.url}/forbidden, redirected to http://10.0.0.1/x, attempt 1: refused not-allowed; callbacks.allow does not permit it`,
      ),
      stderr,
    )
  })

  it("keeps to the time-outs and the retry policy of the URL's fragment, which it does not send", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ db, args: ["--pace", "fast"] })
    const listener = await listen()
    listener.answer = () => "hang"
    await server.send({ StatusCallback: `${listener.url}/hangs#rc=1&rp=rt&rt=150` })
    await server.clock({ settle: true })
    deepStrictEqual(
      listener.callbacks.map(({ path }) => path),
      ["/hangs", "/hangs", "/hangs", "/hangs"],
    )
    listener.answer = () => 500
    await server.send({ StatusCallback: `${listener.url}/fails#rp=4xx,ct` })
    await server.clock({ settle: true })
    strictEqual(listener.callbacks.length, 6)
    await server.kill("SIGTERM")
    deepStrictEqual(
      (await outcomes(db)).map(({ data }) => data.status ?? `${data.reason} ${data.after_ms}`),
      [...Array.from({ length: 4 }, () => "timeout 150"), 500, 500],
    )
  })

  it("lists them with their attempts, and sends one again with the same token", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ db, args: ["--pace", "fast"] })
    const listener = await listen()
    listener.answer = (_, n) => (n === 1 ? 500 : 204)
    const { json: message } = await server.send({ StatusCallback: `${listener.url}/status` })
    await server.clock({ settle: true })
    const { json: page } = await server.ask(`/admin/callbacks?subject=${message.sid}`)
    const shown = (
      callbacks: ReadonlyArray<{ event: string; copy: number; attempts: ReadonlyArray<{ status: number }> }>,
    ) => callbacks.map(({ attempts, copy, event }) => [event, copy, ...attempts.map(({ status }) => status)])
    deepStrictEqual(shown(page.callbacks), [
      ["sent", 0, 500, 204],
      ["delivered", 0, 204],
    ])
    deepStrictEqual([page.last, page.more], [page.callbacks[1].id, false])
    const [sent] = page.callbacks
    const again = await server.ask(`/admin/callbacks/${sent.attempts[1].seq}/resend`, { method: "POST" })
    strictEqual(again.status, 200)
    deepStrictEqual([again.json.token, again.json.copy], [sent.token, 2])
    strictEqual((await server.ask(`/admin/callbacks/${again.json.id}/resend`, { method: "POST" })).json.copy, 3)
    await server.clock({ settle: true })
    const tokens = listener.callbacks.map(({ headers }) => headers["i-twilio-idempotency-token"])
    strictEqual(tokens.filter((token) => token === sent.token).length, 4)
    strictEqual(listener.callbacks.at(-1)?.body, listener.callbacks[0]?.body)
    const walked: Array<number> = []
    for (let after = 0, more = true; more; ) {
      const { json } = await server.ask(`/admin/callbacks?limit=1&after=${after}`)
      walked.push(...json.callbacks.map(({ id }: { id: number }) => id))
      after = json.last
      more = json.more
    }
    const all = (await server.ask(`/admin/callbacks?subject=${message.sid}`)).json.callbacks
    deepStrictEqual(
      walked,
      all.map(({ id }: { id: number }) => id),
    )
    strictEqual(walked.length, 4)
    for (const id of ["1", "999999", "0", "x"])
      strictEqual(
        (await server.ask(`/admin/callbacks/${id}/resend`, { method: "POST" })).status,
        id.length > 1 || id === "1" ? 404 : 400,
      )
    await server.kill("SIGTERM")
    strictEqual((await outcomes(db)).length, 5)
    strictEqual((await entriesOf(db, ["--type", "callback.resent"])).length, 2)
  })
})
