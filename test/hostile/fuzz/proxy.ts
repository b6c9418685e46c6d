import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import * as net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as tls from "node:tls"
import { ringback, type Server, serve } from "../../support/program.ts"
import { mutated, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

/* What comes to the proxy: CONNECT, requests that name their host, and the beginnings of TLS, whole and mangled. */

const names = [
  "api.twilio.com",
  "messaging.twilio.com",
  "api.dublin.ie1.twilio.com",
  "API.Twilio.com.",
  "twilio.com",
  "*.twilio.com",
  "api.twilio.com.evil.example",
  "evil.example",
  "localhost",
]

/** The hello of a client for a name, as Node sends it. */
const helloFor = (servername: string): Promise<Buffer> =>
  new Promise((resolve) => {
    const server = net.createServer((socket) => {
      socket.once("data", (bytes) => {
        socket.destroy()
        server.close()
        resolve(bytes)
      })
      socket.on("error", () => {}) // The client is gone once its hello is there.
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      tls.connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false }).on("error", () => {})
    })
  })

const authorityOf = (random: Random, port: number): string => {
  const host = random.pick([...names, "127.0.0.1", "[::1]", "0.0.0.0", "a b", random.pick(nasty)])
  const text = `${host}${random.pick([":443", ":443", ":443", ":80", `:${port}`, ":0", ":99999", "", ":x"])}`
  return (random.chance(20) ? mutated(random, text, 2) : text).replace(/[\r\n]/g, "?")
}

const requestFor = (random: Random, server: Server, target: string): string =>
  [
    `${random.pick(["GET", "GET", "POST", "OPTIONS", "HEAD", "CONNECT", "get"])} ${target} HTTP/1.1`,
    `Host: ${random.pick(["api.twilio.com", "127.0.0.1", `127.0.0.1:${server.port}`, "evil.example"])}`,
    ...(random.chance(70) ? [`Authorization: ${server.authorization}`] : []),
    ...random.some(2, () =>
      random.pick([
        "Proxy-Authorization: Basic x",
        "Connection: keep-alive, Host",
        "Upgrade: h2c",
        "TE: trailers",
        "Expect: x",
      ]),
    ),
    random.pick(["Connection: close", "Connection: close", "Content-Length: 5", "Transfer-Encoding: chunked"]),
    "",
    random.pick(["", "", "hello", "5\r\nhello\r\n0\r\n\r\n"]),
  ].join("\r\n")

const pathOf = (random: Random, { messages }: Server): string =>
  random.pick([
    messages,
    messages,
    "/admin/clock",
    "/health",
    "/",
    "/ui/log",
    "/v1/Services",
    "",
    "?x",
    `/${encodeURIComponent(random.pick(nasty).toWellFormed())}`,
  ])

/** Writes one thing after the other, each after an answer has come or a moment has passed; gives all that comes back. */
const said = (port: number, parts: ReadonlyArray<Buffer>): Promise<string> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    const chunks: Array<Buffer> = []
    let next = 0
    const go = () => {
      const part = parts[next++]
      if (part === undefined) socket.end()
      else socket.write(part)
    }
    socket.on("connect", go)
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk)
      go()
    })
    socket.setTimeout(300, () => (next < parts.length ? go() : socket.destroy()))
    socket.on("error", () => {}) // A reset is one more way to be closed.
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")))
  })

/** Whether a handshake under a name comes to its end. */
const secured = (port: number, servername: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write("CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n"))
    socket.on("error", () => resolve(false))
    socket.once("data", () => {
      const over = tls.connect({ socket, servername, rejectUnauthorized: false })
      const end = (done: boolean) => {
        over.destroy()
        resolve(done)
      }
      over.once("secureConnect", () => end(true))
      over.once("error", () => end(false))
      over.once("close", () => end(false))
    })
  })

/** What is wrong with what came back. */
const faultOf = (text: string, underTwilio: boolean): string | undefined => {
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
  const bad = statuses.find((status) => status >= 500)
  if (bad !== undefined) return `is answered ${bad}: ${text.slice(0, 500)}`
  if (underTwilio && /"virtual_time"|<html|"paths"/.test(text)) return `shows control or pages: ${text.slice(0, 500)}`
  return text.includes("PRIVATE KEY") ? "tells a key" : undefined
}

const isSimulated = (name: string): boolean =>
  /^(?:[a-z0-9-]+\.)+twilio\.com$/.test(name.toLowerCase().replace(/\.$/, ""))

export const proxySurface: Surface = {
  name: "proxy",
  atOnce: 8,
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    const db = join(folder, "ringback.db")
    const config = join(folder, "config.yaml")
    const state = join(folder, "state")
    writeFileSync(config, "proxy: { others: refuse, tls_port: 0 }\n")
    const server = await serve({ cwd: folder, db, config, env: { XDG_STATE_HOME: state }, args: ["--pace", "fast"] })
    const tlsPort = Number(/TLS +127\.0\.0\.1:(\d+)/.exec(server.stdout())?.[1])
    const hellos = await Promise.all(names.slice(0, 3).map(helloFor))
    const hello = (random: Random): Buffer => {
      const bytes = Buffer.from(random.pick(hellos))
      for (let i = random.below(6); i > 0; i--) bytes[random.below(bytes.length)] = random.below(256)
      return random.chance(30) ? bytes.subarray(0, random.below(bytes.length) + 1) : bytes
    }
    const one = async (random: Random): Promise<Outcome> => {
      if (random.chance(15)) {
        const name = random.chance(70)
          ? random.pick(names)
          : mutated(random, random.pick(names), 2).replace(/[^\x21-\x7e]/g, "x")
        const done = await secured(server.port, name)
        return { input: `TLS for ${name}`, problem: done && !isSimulated(name) ? "has a certificate" : undefined }
      }
      const direct = random.chance(20)
      const target = random.chance(50)
        ? `${random.pick(["http", "https", "HTTP", "ftp", "x"])}://${authorityOf(random, server.port)}${pathOf(random, server)}`
        : pathOf(random, server)
      const connect = `CONNECT ${authorityOf(random, server.port)} HTTP/1.1\r\nHost: x\r\n\r\n`
      const asked = Buffer.from(requestFor(random, server, target))
      const then = random.pick([asked, asked, hello(random), Buffer.from(random.pick(nasty)), Buffer.from([0x16])])
      const parts = direct
        ? [then]
        : random.chance(50)
          ? [Buffer.from(connect), then]
          : [Buffer.concat([Buffer.from(connect), then])]
      const whole = random.chance(30) ? [asked] : parts
      const text = await said(direct ? tlsPort : server.port, whole)
      const twilio = /^CONNECT (?:[a-z0-9-]+\.)+twilio\.com:/i.test(whole[0]?.toString("latin1") ?? "")
      return { input: Buffer.concat(whole).toString("latin1"), problem: faultOf(text, twilio) }
    }
    return {
      run: one,
      end: async () => {
        const key = join(state, "ringback", "ca.key")
        const kept = existsSync(key) ? readFileSync(key, "utf8") : "there is none"
        const lives = (await secured(server.port, "api.twilio.com")) && (await server.send()).status === 201
        const { code, stderr, stdout } = await server.kill("SIGTERM")
        const verified = await ringback(["verify", db], { cwd: folder })
        const files = existsSync(key) ? readdirSync(join(state, "ringback")) : []
        rmSync(folder, { recursive: true, force: true })
        if (!lives) return `the proxy answers no more; it said ${stderr}`
        if (code !== 0 || / ERROR /.test(stderr))
          return `the server ended with ${code} and said ${stderr.slice(0, 2_000)}`
        if (verified.code !== 0) return `the log is not sound: ${verified.stderr}`
        const line = kept.split("\n")[1] ?? ""
        if (line === "" || (stderr + stdout).includes(line)) return "the CA's key is told, or there is none"
        return files.some((name) => name !== "ca.key") ? `files are left: ${files}` : undefined
      },
    }
  },
}
