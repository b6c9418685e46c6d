import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import * as net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import Database from "better-sqlite3"
import { sid as sidOf } from "../../../src/core/chance.ts"
import { brokenLives } from "../../support/lives.ts"
import { ringback, type Server, serve } from "../../support/program.ts"
import { callGood, callOrders, callParameters, callPath } from "./calling.ts"
import { orders, patchedBack, patches } from "./orders.ts"
import { pageOrders, pagePath, partHeaders } from "./pages.ts"
import { mutated, nasty, type Random } from "./random.ts"
import { expectations, readingGood, readingParameters, readingPath, verifyPath } from "./reading.ts"
import { resourceOf } from "./resources.ts"
import type { Outcome, Surface } from "./runner.ts"

/** Of the server's run, so that cases can name its messages. */
const seed = 1

/** A request as bytes, and what is known of the answer it should have. */
interface Case {
  readonly bytes: Buffer
  /** Whether it is whole: something that is must be answered. */
  readonly whole: boolean
  readonly method: string
  readonly path: string
}

const methods = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "M-SEARCH", "get"]
const types = [
  "application/x-www-form-urlencoded",
  "application/x-www-form-urlencoded; charset=utf-16",
  "application/json",
  "multipart/form-data; boundary=x",
  "text/plain",
  ";",
]
const parameters = [
  ...readingParameters,
  ...callParameters,
  "FriendlyName",
  "PhoneNumber",
  "AreaCode",
  "Contains",
  "SmsUrl",
  "SmsMethod",
  "VoiceCallerIdLookup",
  "AccountSid",
  "PhoneNumberSid",
  "ShortCodeSid",
  "AlphaSender",
  "StickySender",
  "To",
  "From",
  "Body",
  "MediaUrl",
  "StatusCallback",
  "MessagingServiceSid",
  "PageSize",
  "Page",
  "PageToken",
  "DateSent",
  "DateSent<",
  "DateSent>",
  "DateCreated>",
  "Status",
  "Outcome",
  "ScheduleType",
  "SendAt",
  "ValidityPeriod",
  "SmartEncoded",
  "SendAsMms",
  "ContentSid",
  "ContentVariables",
  "ApplicationSid",
]
/** What the rules take in these parameters, so that some requests get far. */
const good = [
  ...readingGood,
  ...callGood,
  "FriendlyName=Alerts",
  "AreaCode=415",
  "PhoneNumber=%2B14155550100",
  "Contains=CALL",
  "SmsUrl=https%3A%2F%2Fa.example%2F",
  "AlphaSender=ACME",
  `ApplicationSid=${sidOf("AP", seed, 0)}`,
  `VoiceApplicationSid=${sidOf("AP", seed, 0)}&SmsApplicationSid=${sidOf("AP", seed, 1)}`,
  "VoiceUrl=https%3A%2F%2Fu%3Ap%40a.example%2Fvoice&MessageStatusCallback=https%3A%2F%2Fa.example%2F",
  `PhoneNumberSid=${sidOf("PN", seed, 0)}`,
  `PhoneNumberSid=${sidOf("PN", seed, 1)}`,
  `MessagingServiceSid=${sidOf("MG", seed, 0)}`,
  "MediaUrl=https%3A%2F%2Fa.example%2F1.png",
  "MediaUrl=https%3A%2F%2Fa.example%2F2.png",
  `MessagingServiceSid=MG${"0".repeat(32)}`,
  `MessagingServiceSid=MG${"0".repeat(32)}&ScheduleType=fixed&SendAt=2030-01-01T01%3A00%3A00Z`,
  "ValidityPeriod=1",
  "SmartEncoded=true",
  "SendAsMms=true",
  "Status=canceled",
  "Body=",
  "Outcome=unconfirmed",
  "DateSent%3E=2030-01-01",
  "DateSent%3C=2030-01-01T00%3A00%3A00",
]
const written = (random: Random, text: string): string =>
  random.chance(70) ? encodeURIComponent(text.toWellFormed()) : text.toWellFormed()

const formOf = (random: Random): string =>
  [
    ...(random.chance(60) ? ["To=%2B15551234567", "From=%2B15550000001", "Body=Hello"] : []),
    ...random.some(random.chance(40) ? 2 : 0, () => random.pick(good)),
    ...random.some(random.chance(3) ? 1_500 : 6, () => {
      const name = random.chance(60) ? random.pick(parameters) : random.pick(nasty)
      return `${written(random, name)}${random.pick(["=", "=", "=", "", "=="])}${written(random, random.pick(nasty))}`
    }),
  ].join(random.pick(["&", "&", "&", "&&", ";"]))

const pathOf = (random: Random, { accountSid, messages, port }: Server): string => {
  const sid = random.pick([
    `SM${"0".repeat(32)}`,
    sidOf("SM", seed, random.below(50)),
    sidOf("MM", seed, random.below(50)),
  ])
  const medium = sidOf("ME", seed, random.below(20))
  if (random.chance(35)) return messages
  if (random.chance(20)) return pagePath(random, seed)
  const path = random.pick([
    resourceOf(random, seed, accountSid),
    resourceOf(random, seed, accountSid),
    resourceOf(random, seed, accountSid),
    resourceOf(random, seed, accountSid),
    resourceOf(random, seed, accountSid),
    resourceOf(random, seed, accountSid),
    messages,
    messages,
    messages,
    messages.replace(".json", `/${sid}.json`),
    messages.replace(".json", `/${sid}.json`),
    messages.replace(".json", `/${sid}/Feedback.json`),
    messages.replace(".json", `/${sid}/Media.json`),
    messages.replace(".json", `/${sid}/Media/${medium}.json`),
    messages.replace(".json", `/${sid}/Media/${medium}`),
    callPath(random, seed, accountSid),
    callPath(random, seed, accountSid),
    callPath(random, seed, accountSid),
    callPath(random, seed, accountSid),
    callPath(random, seed, accountSid),
    callPath(random, seed, accountSid),
    "/",
    "/health",
    "/metrics",
    "/openapi.json",
    "/admin/log",
    "/admin/clock",
    "/admin/inbound",
    "/admin/opt-outs",
    `/admin/opt-outs?recipient=${written(random, random.pick(nasty))}&sender=%2B15550000001`,
    "/admin/alerts",
    `/admin/alerts?after=${written(random, random.pick(nasty))}`,
    "/admin/settings",
    "/admin/settings",
    "/admin/callbacks",
    "/admin/callbacks/3/resend",
    "/admin/nothing",
    readingPath(random),
    readingPath(random),
    verifyPath(random, seed),
    verifyPath(random, seed),
    `/clear/${random.pick(["messages", "calls", "all", "callbacks", "x", "__proto__"])}`,
    `http://127.0.0.1${messages}`,
    `http://127.0.0.1:${port}${messages}`,
    `https://api.twilio.com${messages}`,
    "//evil.example/",
    `/${random.pick(nasty)}`,
    "*",
  ])
  return random.chance(20) ? mutated(random, path, 2) : path
}

/** On a request line and in headers stands what node's parser lets through, and now and then what it does not. */
const lineSafe = (random: Random, text: string): string =>
  random.chance(2) ? text : text.toWellFormed().replace(/[\0-\x20\x7f]/g, (char) => encodeURIComponent(char))

const headersOf = (random: Random, { authorization }: Server): Array<readonly [string, string]> => [
  ...(random.chance(97)
    ? [["Host", random.pick(["127.0.0.1", "127.0.0.1", "evil.example", "[::1]:8080", ""])] as const]
    : []),
  ...(random.chance(80)
    ? [["Authorization", authorization] as const]
    : [["Authorization", random.pick(["Basic", "Basic !!", "Bearer x", mutated(random, authorization)])] as const]),
  ...random.some(random.chance(30) ? 3 : 0, () =>
    random.pick<readonly [string, string]>([
      ["Accept", "text/event-stream"],
      ["Accept", "text/html"],
      random.pick(partHeaders),
      ["Accept-Encoding", "gzip, br"],
      ["Expect", "100-continue"],
      ["Expect", "nonsense"],
      ["Upgrade", "websocket"],
      ["Origin", "https://evil.example"],
      ["Sec-Fetch-Site", random.pick(["cross-site", "same-origin", "x"])],
      ["Last-Event-ID", random.pick(nasty)],
      ["X-Forwarded-For", random.pick(nasty)],
      ["Cookie", random.pick(nasty)],
      ["__proto__", "x"],
      ["Transfer-Encoding", "gzip"],
      ["If-None-Match", "*"],
    ]),
  ),
]

const headerSafe = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 4_000)

/** The same chance, but what is likely always happens and what is not never does: such cases get past the first door. */
const politely = (random: Random): Random => ({
  ...random,
  chance: (percent) => percent >= 60 || (percent > 30 && random.chance(percent)),
})

const caseOf = (chance: Random, server: Server): Case => {
  const random = chance.chance(60) ? politely(chance) : chance
  const garbage = random.chance(4)
  const query = random.chance(30) ? `?${formOf(random)}` : ""
  const path = lineSafe(random, `${pathOf(random, server)}${query}`)
  const usual = path.startsWith("/admin/settings")
    ? ["GET", "PATCH", "PATCH", "PATCH"]
    : ["GET", "POST", "POST", "POST"]
  const method = random.chance(60) ? random.pick(usual) : random.pick(methods)
  const control = /^\/admin\/(clock|inbound|opt-outs|expect|settings|calls|breakpoints|forks|numbers)/.test(path)
  const settings = path.startsWith("/admin/settings")
  const order = settings
    ? patches
    : path.startsWith("/admin/expect")
      ? expectations
      : path.startsWith("/admin/calls")
        ? callOrders
        : /^\/admin\/(breakpoints|forks|numbers)/.test(path)
          ? pageOrders
          : orders
  const bodyText = method === "GET" && random.chance(80) ? "" : control ? random.pick(order) : formOf(random)
  const body = Buffer.from(
    !settings && random.chance(10) ? mutated(random, bodyText) : bodyText,
    random.chance(5) ? "utf16le" : "utf8",
  )
  const headers = headersOf(random, server)
  const type = control && random.chance(80) ? "application/json" : random.chance(80) ? types[0] : random.pick(types)
  if (body.length > 0 && random.chance(97)) headers.push(["Content-Type", type as string])
  const lie = random.chance(4)
  const chunked = random.chance(10)
  if (chunked) headers.push(["Transfer-Encoding", "chunked"])
  else if (body.length > 0 || lie)
    headers.push([
      "Content-Length",
      lie ? random.pick(["-1", "5", "99999999999999999999", "x", ""]) : String(body.length),
    ])
  headers.push(["Connection", "close"])
  const head = [
    `${method} ${path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${headerSafe(value)}`),
    "",
    "",
  ]
  const sent = chunked
    ? Buffer.concat([
        Buffer.from(body.length === 0 ? "" : `${body.length.toString(16)}\r\n`),
        body,
        Buffer.from(`${body.length === 0 ? "" : "\r\n"}0\r\n\r\n`),
      ])
    : body
  const all = Buffer.concat([Buffer.from(head.join("\r\n")), sent])
  if (!garbage) {
    const plain = !headers.some(([name]) => ["Expect", "Upgrade"].includes(name) || name === "Accept")
    return { bytes: all, whole: plain && !lie, method, path }
  }
  const cut = all.subarray(0, random.below(all.length + 1))
  return {
    bytes: random.chance(50) ? cut : Buffer.from(mutated(random, all.toString("latin1")), "latin1"),
    whole: false,
    method,
    path,
  }
}

/** Everything that comes back until the other end closes; what is no whole request is not waited for. */
const exchange = (port: number, { bytes, whole }: Case): Promise<string> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    const chunks: Array<Buffer> = []
    socket.on("data", (chunk) => chunks.push(chunk))
    socket.on("error", () => {}) // A reset is one more way to be closed.
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")))
    socket.on("connect", () => socket.write(bytes, () => whole || socket.end(() => socket.destroy())))
  })

const isControl = (path: string) =>
  /^\/($|\?|health|metrics|favicon\.ico|docs|openapi\.json|admin(\/|\?|$)|ui(\/|\?|$)|clear\/)/.test(path)

/** Whether a path is that of a medium's bytes. */
const isBytes = (path: string) => /\/Media\/[^/.?]+(\?|$)|\/Recordings\/[^/.?]+(\.wav|\.mp3)?(\?|$)/.test(path)

/** What is wrong with an answer. */
export const faultOf = (
  { method, path, whole }: Pick<Case, "method" | "path" | "whole">,
  text: string,
): string | undefined => {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
  if (status >= 500) return `is answered ${status}: ${text.slice(0, 500)}`
  if (!whole || isControl(path)) return undefined
  if (status === 0) return "is not answered"
  const cut = text.indexOf("\r\n\r\n")
  const head = text.slice(0, cut).toLowerCase()
  // Node's refusals of what is no HTTP (400, 431) never reach the exchange; the proxy's comes to HEAD without its text.
  const byProxy = status === 403 && head.includes("plain") && (method === "HEAD" || text.includes("Ringback's proxy"))
  if (!head.includes("twilio-request-id"))
    return byProxy || [204, 400, 408, 417, 431].includes(status) ? undefined : `${status} is nobody's`
  if (status === 200 && isBytes(path))
    return /content-type: (image\/png|audio\/)/.test(head) ? undefined : `is answered ${status} with another type`
  // What is gone has no body and so no type.
  if (status === 204) return method === "DELETE" ? undefined : "is answered with nothing"
  if (!head.includes("content-type: application/json")) return `is answered ${status} with another type`
  if (method === "HEAD") return undefined
  const length = Number(/content-length: (\d+)/.exec(head)?.[1])
  const body = text.slice(cut + 4, cut + 4 + length)
  if (body.length !== length) return `has a Content-Length of ${length} and ${body.length} bytes`
  let json: Record<string, unknown>
  try {
    json = JSON.parse(body)
  } catch {
    return `is answered ${status} with what is no JSON: ${body.slice(0, 500)}`
  }
  if (status < 400) return undefined
  const shaped = Number.isInteger(json.code) && typeof json.message === "string" && json.status === status
  return shaped ? undefined : `is answered ${status} in a shape that is not Twilio's: ${body.slice(0, 500)}`
}

const residentMiB = (pid: number): number => {
  const file = `/proc/${pid}/status`
  return existsSync(file) ? Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1]) / 1024 : 0
}

/** MiB a server may take after any number of cases; the log's messages are cleared now and then by cases themselves. */
const memoryMaxMiB = 600

/** What is wrong with the calls and messages of a log that nobody writes any more. */
const livesIn = (db: string): ReadonlyArray<string> => {
  const log = new Database(db, { readonly: true })
  try {
    const rows = log.prepare<[], { readonly data: string; readonly subject: string; readonly type: string }>(
      `SELECT t.name AS type, s.name AS subject, e.data FROM entries e
       JOIN types t ON t.id = e.type JOIN subjects s ON s.id = e.subject ORDER BY e.seq`,
    )
    return brokenLives(rows.iterate())
  } finally {
    log.close()
  }
}

/** The whole HTTP surface of a server in a process of its own, over raw sockets; its log is verified afterwards. */
export const httpSurface: Surface = {
  name: "http",
  atOnce: 16,
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    const db = join(folder, "ringback.db")
    const config = fileURLToPath(new URL("./fuzz.yaml", import.meta.url))
    const server = await serve({
      cwd: folder,
      db,
      config,
      args: ["--pace", "fast", "--seed", String(seed), "--start", "2030-01-01T00:00:00Z"],
    })
    return {
      run: async (random): Promise<Outcome> => {
        const made = caseOf(random, server)
        const input = made.bytes.toString("latin1")
        const text = await exchange(server.port, made)
        return { input, problem: faultOf(made, text) }
      },
      end: async () => {
        const headers = { "Content-Type": "application/json" }
        await server.ask("/admin/settings", { method: "PATCH", headers, body: patchedBack }).catch(() => undefined)
        // A phone that no case has opted out.
        const lives = await server.send({ To: "+12025550177" }).catch(() => undefined)
        const memory = residentMiB(server.pid)
        const { code, stderr } = await server.kill("SIGTERM")
        const verified = await ringback(["verify", db], { cwd: folder })
        const [broken] = livesIn(db)
        rmSync(folder, { recursive: true, force: true })
        if (lives?.status !== 201) return `the server sends no more: ${lives?.text}; it said ${stderr}`
        if (code !== 0 || / ERROR /.test(stderr))
          return `the server ended with ${code} and said ${stderr.slice(0, 2_000)}`
        if (verified.code !== 0) return `the log is not sound: ${verified.stderr}`
        if (broken !== undefined) return `in the log ${broken}`
        return memory > memoryMaxMiB ? `the server takes ${Math.round(memory)} MiB` : undefined
      },
    }
  },
}
