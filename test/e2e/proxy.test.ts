import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import * as http from "node:http"
import * as net from "node:net"
import { join } from "node:path"
import * as tls from "node:tls"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { type Server, serve } from "../support/ringback.ts"
import { connectThrough, secured, sent } from "../support/throughProxy.ts"

const request = (server: Server, path: string, host: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: ${server.authorization}\r\nConnection: close\r\n\r\n`

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
const bodyOf = (answer: string): string => answer.slice(answer.indexOf("\r\n\r\n") + 4)

/** A server of another host, and what it was asked. */
const other = async () => {
  const asked: Array<string> = []
  const server = http.createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`)
    response.writeHead(203, { "X-Other": "yes" })
    request.pipe(response)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return { asked, port: (server.address() as net.AddressInfo).port, close: () => server.close() }
}

describe("The proxy on the exchange's own port", () => {
  let server: Server
  let state: string
  const ca = (): string =>
    readFileSync(join(state, "ringback", "ca.key"), "utf8").replace(/^[\s\S]*?(?=-----BEGIN CERT)/, "")

  beforeAll(async () => {
    state = newFolder()
    server = await serve({ env: { XDG_STATE_HOME: state } })
  })

  it("makes its CA when the first name needs it, and not before", async () => {
    assertFalse(existsSync(join(state, "ringback")))
    const { socket, status } = await connectThrough(server.port, "api.twilio.com:443")
    strictEqual(status, 200)
    const over = await secured(socket, { servername: "api.twilio.com", rejectUnauthorized: false })
    assertTrue(existsSync(join(state, "ringback", "ca.key")))
    over.destroy()
  })

  it("answers as Twilio under its names, with a certificate of the local CA", async () => {
    for (const name of ["api.twilio.com", "messaging.twilio.com", "api.dublin.ie1.twilio.com"]) {
      const { socket } = await connectThrough(server.port, `${name}:443`)
      const over = await secured(socket, { servername: name, ca: ca() })
      strictEqual(over.getPeerCertificate().subjectaltname, `DNS:${name}`)
      const answer = await sent(over, request(server, server.messages, name))
      strictEqual(statusOf(answer), 200, answer)
      deepStrictEqual(JSON.parse(bodyOf(answer)).messages, [])
    }
  })

  it("answers without TLS, too, where a client asks for port 80 or names the host on the request line", async () => {
    const { socket } = await connectThrough(server.port, "api.twilio.com:80")
    strictEqual(statusOf(await sent(socket, request(server, server.messages, "api.twilio.com"))), 200)
    for (const scheme of ["http", "https"]) {
      const direct = net.connect(server.port, "127.0.0.1")
      const target = `${scheme}://api.twilio.com${server.messages}`
      strictEqual(statusOf(await sent(direct, request(server, target, "elsewhere.example"))), 200)
    }
  })

  it("names in its answers the host it was asked as, and https where it was asked by that", async () => {
    const made = await server.ask("/v1/Services", {
      form: { FriendlyName: "a" },
      headers: { authorization: server.authorization },
    })
    strictEqual(made.status, 201)
    assertTrue(made.json.url.startsWith(`${server.address}/v1/Services/`), made.text)
    const path = new URL(made.json.url).pathname
    const { socket } = await connectThrough(server.port, "messaging.twilio.com:443")
    const over = await secured(socket, { servername: "messaging.twilio.com", ca: ca() })
    const answer = await sent(over, request(server, path, "messaging.twilio.com"))
    strictEqual(JSON.parse(bodyOf(answer)).url, `https://messaging.twilio.com${path}`)
    const plain = net.connect(server.port, "127.0.0.1")
    const named = await sent(plain, request(server, `https://messaging.twilio.com${path}`, "x"))
    strictEqual(JSON.parse(bodyOf(named)).url, `https://messaging.twilio.com${path}`)
  })

  it("shows neither pages nor control under Twilio's names", async () => {
    for (const path of ["/", "/ui/log", "/admin/log", "/health", "/openapi.json"]) {
      const { socket } = await connectThrough(server.port, "api.twilio.com:443")
      const over = await secured(socket, { servername: "api.twilio.com", ca: ca() })
      const answer = await sent(over, request(server, path, "127.0.0.1"))
      strictEqual(statusOf(answer), 404, path)
      strictEqual(JSON.parse(bodyOf(answer)).code, 20404)
    }
  })

  it("has no certificate for another name, whatever CONNECT asked for, nor where none is said", async () => {
    for (const servername of ["evil.example", "twilio.com", "twilio.com.evil.example", "nottwilio.com", ""]) {
      const { socket, status } = await connectThrough(server.port, "api.twilio.com:443")
      strictEqual(status, 200)
      const failed = await secured(socket, { servername, rejectUnauthorized: false }).then(
        () => "secured",
        (error: NodeJS.ErrnoException) => error.code,
      )
      assertTrue(failed !== "secured", servername)
    }
  })

  it("is the exchange itself under its own address, with what that lets in", async () => {
    const own = `127.0.0.1:${server.port}`
    const direct = net.connect(server.port, "127.0.0.1")
    const health = await sent(direct, request(server, `http://${own}/health`, own))
    strictEqual(JSON.parse(bodyOf(health)).status, "healthy")
    const { socket } = await connectThrough(server.port, own)
    strictEqual(statusOf(await sent(socket, request(server, "/admin/clock", own))), 200)
    const { socket: again } = await connectThrough(server.port, `localhost:${server.port}`)
    strictEqual(statusOf(await sent(again, request(server, "/admin/clock", "evil.example"))), 403)
  })

  it("passes to other hosts for callers on this machine: connections and requests, as they come", async () => {
    const { asked, close, port } = await other()
    const { socket, status } = await connectThrough(server.port, `127.0.0.1:${port}`)
    strictEqual(status, 200)
    const through = await sent(socket, request(server, "/through", "a.example"))
    assertTrue(through.startsWith("HTTP/1.1 203") && through.includes("X-Other: yes"), through)
    const direct = net.connect(server.port, "127.0.0.1")
    const answer = await sent(
      direct,
      `POST http://u:p@127.0.0.1:${port}/named?x=1 HTTP/1.1\r\nHost: a.example\r\nProxy-Authorization: Basic x\r\nContent-Length: 4\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-Kept: 1\r\n\r\nbody`,
    )
    assertTrue(answer.startsWith("HTTP/1.1 203") && answer.includes("body"), answer)
    strictEqual(asked.length, 2)
    assertTrue(asked[1]?.startsWith("POST /named?x=1 ") === true, asked[1])
    assertTrue(asked[1]?.includes('"x-kept":"1"') === true)
    for (const gone of ["proxy-authorization", "x-hop", "u:p"]) assertFalse(asked[1]?.includes(gone) === true, gone)
    close()
  })

  it("says why another host cannot be reached", async () => {
    const { body, socket, status } = await connectThrough(server.port, "127.0.0.1:1")
    strictEqual(status, 502)
    strictEqual(body, "Ringback's proxy cannot reach 127.0.0.1:1 (ECONNREFUSED)\n")
    socket.destroy()
    const direct = net.connect(server.port, "127.0.0.1")
    const answer = await sent(direct, request(server, "http://127.0.0.1:1/", "x"))
    strictEqual(statusOf(answer), 502)
  })

  it("answers what it cannot read with 400", async () => {
    for (const authority of ["api.twilio.com", "api.twilio.com:0", "api.twilio.com:99999", "/x:1", "a b:1", ":443"]) {
      const { socket, status } = await connectThrough(server.port, authority)
      strictEqual(status, 400, authority)
      socket.destroy()
    }
  })

  it("keeps its CA when the server starts again, and ends with it", async () => {
    const before = ca()
    const { socket } = await connectThrough(server.port, "api.twilio.com:443")
    const over = await secured(socket, { servername: "api.twilio.com", ca: before })
    const { port } = await other()
    const tunnel = await connectThrough(server.port, `127.0.0.1:${port}`)
    const closed = Promise.all([once(over, "close"), once(tunnel.socket, "close")])
    const began = performance.now()
    const { code } = await server.kill("SIGTERM")
    strictEqual(code, 0)
    assertTrue(performance.now() - began < 3_000, "idle connections do not hold it up")
    await closed
    server = await serve({ env: { XDG_STATE_HOME: state } })
    const next = await connectThrough(server.port, "api.twilio.com:443")
    ;(await secured(next.socket, { servername: "api.twilio.com", ca: before })).destroy()
  })
})

describe("Settings of the proxy", () => {
  it("refuse: no other host is passed on to, which is told once", async () => {
    const server = await serve({
      env: { XDG_STATE_HOME: newFolder() },
      config: configFile({ proxy: { others: "refuse" } }),
    })
    for (let i = 0; i < 2; i++) {
      const { body, status } = await connectThrough(server.port, "api.stripe.com:443")
      strictEqual(status, 403)
      strictEqual(
        body,
        "Ringback's proxy stands for *.twilio.com and does not pass on to api.stripe.com:443; proxy.others: pass in the settings lets everything pass\n",
      )
    }
    const direct = net.connect(server.port, "127.0.0.1")
    strictEqual(statusOf(await sent(direct, request(server, "http://a.example/", "a.example"))), 403)
    strictEqual(server.stderr().split("proxy: the proxy does not pass on to api.stripe.com:443").length, 2)
  })

  it("beyond loopback: callers there reach Twilio's names, and nothing else unless they may pass", async () => {
    const address = Object.values((await import("node:os")).networkInterfaces())
      .flat()
      .find((each) => each?.internal === false && each.family === "IPv4")?.address
    if (address === undefined) return
    const { port: otherPort } = await other()
    for (const others of [undefined, "pass"] as const) {
      const server = await serve({
        env: { XDG_STATE_HOME: newFolder() },
        config: configFile(others === undefined ? {} : { proxy: { others } }),
        args: ["--host", "0.0.0.0"],
      })
      const { socket, status } = await connectThrough(server.port, "api.twilio.com:443", address)
      strictEqual(status, 200)
      const over = await secured(socket, { servername: "api.twilio.com", rejectUnauthorized: false })
      strictEqual(statusOf(await sent(over, request(server, server.messages, "api.twilio.com"))), 200)
      for (const target of [
        `127.0.0.1:${otherPort}`,
        `localhost:${otherPort}`,
        `0.0.0.0:${otherPort}`,
        `[::ffff:127.0.0.1]:${otherPort}`,
        "169.254.169.254:80",
      ]) {
        const tried = await connectThrough(server.port, target, address)
        strictEqual(tried.status, others === undefined ? 403 : 502, target)
        tried.socket.destroy()
      }
      const own = await connectThrough(server.port, `127.0.0.1:${server.port}`, address)
      strictEqual(statusOf(await sent(own.socket, request(server, "/admin/clock", `127.0.0.1:${server.port}`))), 403)
      await server.kill("SIGTERM")
    }
  })

  it("a folder that cannot be used is told, and the connection ends", async () => {
    const folder = newFolder()
    const file = configFile("x\n")
    const server = await serve({ cwd: folder, config: configFile({ proxy: { ca_path: join(file, "ca") } }) })
    const { socket } = await connectThrough(server.port, "api.twilio.com:443")
    const outcome = await secured(socket, { servername: "api.twilio.com", rejectUnauthorized: false }).then(
      () => "secured",
      () => "ended",
    )
    strictEqual(outcome, "ended")
    assertTrue(server.stderr().includes("proxy: no certificate can be made:"), server.stderr())
    assertTrue(server.stderr().includes("name another folder with proxy.ca_path"), server.stderr())
  })
})

describe("TLS on a port of its own", () => {
  it("answers as Twilio to whoever a hosts file or an alias sends there, and to no other name", async () => {
    const state = newFolder()
    const server = await serve({ env: { XDG_STATE_HOME: state }, args: ["--tls", "--tls-port", "0"] })
    const port = Number(/TLS +127\.0\.0\.1:(\d+), as \*\.twilio\.com/.exec(server.stdout())?.[1])
    const reach = async (servername: string) => {
      const socket = tls.connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false })
      await once(socket, "secureConnect")
      return socket
    }
    const answer = await sent(await reach("api.twilio.com"), request(server, server.messages, "api.twilio.com"))
    strictEqual(statusOf(answer), 200)
    const control = await sent(await reach("api.twilio.com"), request(server, "/admin/log", "localhost"))
    strictEqual(statusOf(control), 404)
    for (const name of ["evil.example", "localhost"]) strictEqual(await reach(name).catch(() => "refused"), "refused")
    strictEqual((await server.kill("SIGTERM")).code, 0)
  })
})
