import * as http from "node:http"
import * as net from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { apiRequested, apiResponded } from "../src/core/entries.ts"
import type { Engine } from "../src/engine/Engine.ts"
import { ApiIntake } from "../src/server/ApiIntake.ts"
import { apiHandler, makeRest } from "../src/server/apiHandler.ts"
import { oneAtATime, usualPatience, watchUnread } from "../src/server/connections.ts"
import type { ApiDoor, HttpRequest } from "../src/server/Exchange.ts"
import { listen } from "../src/server/listening.ts"
import { PlainLane } from "../src/server/PlainLane.ts"
import { readPlain } from "../src/server/plainRequest.ts"

/** Answers whose body is not plain text, by path. */
const answers: Readonly<Record<string, object>> = {
  "/none": { body: "", status: 204 },
  "/not-modified": { body: "unsaid", status: 304 },
  "/dated": { body: "", headers: [["date", "Thu, 01 Jan 1970 00:00:00 GMT"]], status: 200 },
  "/umlaut": { body: "späte Größe ☎", status: 200 },
  "/latin": { body: "plain", headers: [["X-Name", "Größe"]], status: 201 },
  "/latin-alone": { body: "", headers: [["X-Name", "Größe"]], status: 201 },
  "/latin-bytes": { content_type: "image/größe", length: 3, sha256: "0", status: 200 },
  "/long": { body: "x".repeat(2 ** 24), status: 200 },
  "/bytes": { content_type: "image/png", length: 3, sha256: "0", status: 200 },
  "/missing": { body: "{}", status: 404 },
  "/odd": { body: "x", status: 599 },
}

const door: ApiDoor = {
  wireIn: (request) => apiRequested.draft("", request as unknown as never),
  headers: ({ concurrent, contentType }) => [
    "Content-Type",
    contentType ?? "application/json",
    "Concurrent",
    String(concurrent),
  ],
  fill: (body) => body,
  overloaded: { status: 429, body: "overloaded" },
  unavailable: { status: 503, body: "unavailable" },
  preflight: ["Allowed", "all"],
  bytes: () => Buffer.from([255, 0, 10]),
  gone: { status: 404, body: "gone" },
}

/** A server of an engine that answers what it was asked, with a lane for plain requests or without; those of `/node` have none. */
const serving = ({ full = (): boolean => false, lane = true, headersMsMax = 20_000 } = {}) =>
  Effect.gen(function* () {
    const asked: Array<HttpRequest> = []
    const pending: Array<() => void> = []
    let hold = false
    const engine = {
      get full() {
        return full()
      },
      ask: (({ data }, answer) => {
        const request = data as unknown as HttpRequest
        asked.push({ ...request, body: Buffer.from(request.body as Uint8Array) })
        const said = answers[request.url.split("?", 1)[0] ?? ""] ?? { body: "done", status: 200 }
        const go = () => answer({ entry: apiResponded.draft("", said as never), hash: "h", aside: undefined } as never)
        if (hold) pending.push(go)
        else setImmediate(go)
      }) as Engine["ask"],
    }
    const intake = new ApiIntake(engine as unknown as Engine, door)
    const unread = yield* watchUnread(usualPatience, () => 0)
    let byNode = 0
    const handler = apiHandler(intake)
    const server = http.createServer(
      { keepAliveTimeout: 65_000 },
      oneAtATime(unread, (request, response) => {
        byNode++
        handler(request, response)
      }),
    )
    const made = lane
      ? new PlainLane(server, {
          intakeOf: (path) => (path.startsWith("/node") ? undefined : intake),
          timing: () => undefined,
          unread,
          rest: makeRest(),
          hostNow: () => 0,
          headersMsMax,
        })
      : undefined
    const scope = yield* Scope.make()
    const end = Scope.close(scope, Exit.void)
    yield* Scope.extend(listen(server, { host: "127.0.0.1", port: 0 }, new Set(), made), scope)
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        server.closeAllConnections()
        made?.cut()
        return end
      }),
    )
    const { port } = server.address() as net.AddressInfo
    return {
      port,
      /** Has the server end, as the process does when it is told to stop. */
      end,
      lane: made,
      intake,
      asked,
      /** From now on nothing is answered before `release`, which answers what was asked first. */
      hold: (held = true) => {
        hold = held
      },
      release: () => pending.shift()?.(),
      pending,
      byNode: () => byNode,
    }
  })

/** A connection that sends pieces, each in a turn of its own, and what has come over it so far. */
const connected = (port: number, pieces: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const socket = net.connect(port, "127.0.0.1").setNoDelay(true)
      const heard = { socket, text: "", closed: false }
      socket.on("error", () => {})
      socket.on("close", () => {
        heard.closed = true
      })
      socket.on("data", (chunk) => {
        heard.text = (heard.text + chunk.toString("latin1")).replaceAll(/^Date: .*$/gm, "Date")
      })
      pieces.forEach((piece, i) => void setTimeout(() => socket.destroyed || socket.write(piece), i * 10))
      return heard
    }),
    ({ socket }) => Effect.sync(() => socket.destroy()),
  )

type Heard = Effect.Effect.Success<ReturnType<typeof connected>>

/** So long another look is worth it. */
const moment = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 5)))

const until = (there: () => boolean) =>
  Effect.gen(function* () {
    while (!there()) yield* moment
  })

const answersIn = ({ text }: Heard) => text.split("HTTP/1.1 ").length - 1

/** Looks without news after which nothing more is waited for, and all looks. */
const quietLooks = 12
const looksMax = 600

/** Both servers say the same of these pieces, in so many answers, and nothing more in a while. */
const saysTheSame = (ours: number, nodes: number, pieces: ReadonlyArray<string>, answers = 1) =>
  Effect.gen(function* () {
    const [our, node] = [yield* connected(ours, pieces), yield* connected(nodes, pieces)]
    yield* until(() => answersIn(our) >= answers && answersIn(node) >= answers)
    let before = ""
    for (let looks = 0, quiet = 0; quiet < quietLooks && looks < looksMax; looks++) {
      yield* moment
      const now = our.text + node.text
      quiet = now === before && our.text === node.text && our.closed === node.closed ? quiet + 1 : 0
      before = now
    }
    deepStrictEqual({ text: our.text, closed: our.closed }, { text: node.text, closed: node.closed })
    return our
  })

const request = (line: string, body = "", more = "") =>
  `${line} HTTP/1.1\r\nHost: x\r\n${more}${body === "" ? "" : `Content-Length: ${Buffer.byteLength(body)}\r\n`}\r\n${body}`

const lines = [
  "POST /a",
  "GET /a?b=c",
  "DELETE /a",
  ...Object.keys(answers).flatMap((path) => (path === "/long" ? [] : [`POST ${path}`])),
]

describe("plain requests", () => {
  it.scoped("are answered what node's server answers, byte for byte, and not by it", () =>
    Effect.gen(function* () {
      const [ours, nodes] = [yield* serving(), yield* serving({ lane: false })]
      for (const line of lines) {
        const bytes = request(line, line.startsWith("POST") ? "a=b" : "")
        yield* saysTheSame(ours.port, nodes.port, [bytes])
      }
      deepStrictEqual([ours.byNode(), nodes.byNode()], [0, lines.length])
      deepStrictEqual(ours.asked, nodes.asked)
      strictEqual(ours.intake.open, 0)
    }),
  )

  it.scoped("that are refused are answered as by node's server", () =>
    Effect.gen(function* () {
      const [ours, nodes] = [yield* serving({ full: () => true }), yield* serving({ full: () => true, lane: false })]
      const { text } = yield* saysTheSame(ours.port, nodes.port, [request("POST /a", "a=b")])
      strictEqual(text.split("overloaded").length, 2)
      deepStrictEqual([ours.byNode(), ours.intake.open], [0, 0])
    }),
  )

  it.scoped("that come before their forerunner is answered wait, in order", () =>
    Effect.gen(function* () {
      const { asked, hold, intake, pending, port, release } = yield* serving()
      hold()
      const heard = yield* connected(
        port,
        ["/1", "/2", "/3"].map((path) => request(`GET ${path}`)),
      )
      for (const n of [1, 2, 3]) {
        yield* until(() => pending.length > 0)
        deepStrictEqual(
          asked.map(({ url }) => url),
          ["/1", "/2", "/3"].slice(0, n),
        )
        strictEqual(intake.open, 1)
        release()
      }
      yield* until(() => answersIn(heard) === 3)
      strictEqual(intake.open, 0)
    }),
  )

  it.scoped("of somebody who has gone are answered nobody", () =>
    Effect.gen(function* () {
      const { hold, intake, pending, port, release } = yield* serving()
      hold()
      const socket = net.connect(port, "127.0.0.1").on("error", () => {})
      socket.write(request("GET /a"))
      yield* until(() => pending.length > 0)
      socket.resetAndDestroy()
      yield* until(() => intake.open === 0)
      release()
      hold(false)
      const heard = yield* connected(port, [request("GET /none")])
      yield* until(() => heard.text.startsWith("HTTP/1.1 204 "))
    }),
  )

  it.scoped("are waited for so long, and closed when the server ends", () =>
    Effect.gen(function* () {
      const { lane, port } = yield* serving({ headersMsMax: 60 })
      const silent = yield* connected(port, [])
      yield* until(() => silent.closed)
      strictEqual(silent.text, "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
      const idle = yield* connected(port, [request("GET /a")])
      yield* until(() => idle.text.endsWith("done"))
      strictEqual(idle.closed, false)
      lane?.end()
      yield* until(() => idle.closed)
    }),
  )

  it.scopedLive("are not asked when no answer can reach who sent them", () =>
    Effect.gen(function* () {
      const { asked, hold, intake, lane, pending, port, release } = yield* serving({ headersMsMax: 100 })
      const halfOpen = (bytes: string) => {
        const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => {})
        socket.write(bytes)
        return socket
      }
      // Never takes the first answer.
      const gone = halfOpen(request("GET /long")).pause()
      yield* until(() => asked.length === 1 && intake.open === 1)
      yield* Effect.sleep("30 millis")
      gone.write(request("POST /after-gone", "a=b"))
      yield* Effect.sleep("30 millis")
      gone.resetAndDestroy()
      yield* until(() => intake.open === 0)
      const slow = halfOpen("")
      yield* Effect.promise(() => new Promise((resolve) => slow.once("data", resolve)))
      slow.write(request("POST /after-408", "a=b"))
      hold()
      const last = halfOpen(request("GET /last"))
      yield* until(() => asked.some(({ url }) => url === "/last"))
      lane?.end()
      last.once("data", () => last.write(request("POST /after-end", "a=b")))
      while (pending.length > 0) release()
      yield* Effect.sleep("50 millis")
      for (const socket of [slow, last]) socket.destroy()
      deepStrictEqual(
        asked.map(({ url }) => url),
        ["/long", "/last"],
      )
      strictEqual(intake.open, 0)
    }),
  )

  it.scoped.each([
    ["here", true],
    ["by node's server", false],
  ] as const)("that are under way when the server ends are the last of their connections, %s", ([, lane]) =>
    Effect.gen(function* () {
      const { asked, end, hold, pending, port, release } = yield* serving({ lane })
      const idle = yield* connected(port, [request("GET /idle")])
      yield* until(() => answersIn(idle) === 1)
      hold()
      const busy = yield* connected(port, [request("GET /busy"), request("POST /after", "a=b")])
      yield* until(() => pending.length === 1)
      yield* until(() => busy.socket.bytesWritten > request("GET /busy").length)
      const ended = yield* Effect.fork(end)
      yield* until(() => idle.closed)
      release()
      // No time passes by this clock, so nothing is cut.
      yield* Fiber.join(ended)
      yield* until(() => busy.closed)
      assertTrue(busy.text.endsWith("Content-Length: 4\r\nDate\r\nConnection: close\r\n\r\ndone"), busy.text)
      strictEqual(answersIn(busy), 1)
      deepStrictEqual(
        asked.map(({ url }) => url),
        ["/idle", "/busy"],
      )
    }),
  )

  const post = request("POST /a", "a=b")
  it.scoped.each<readonly [what: string, pieces: ReadonlyArray<string>, answers?: number]>([
    ["two in one piece", [post + post], 2],
    ["one in two pieces", [post.slice(0, 30), post.slice(30)]],
    ["a body in pieces", [post.slice(0, -1), post.slice(-1)]],
    ["a path that is not an API's", [request("GET /node")]],
    ["OPTIONS", [request("OPTIONS /a")]],
    ["HEAD", [request("HEAD /a")]],
    ["HTTP/1.0", [post.replace("1.1", "1.0")]],
    ["no host", [post.replace("Host: x\r\n", "")]],
    ["a chunked body", [request("POST /a", "", "Transfer-Encoding: chunked\r\n").concat("3\r\na=b\r\n0\r\n\r\n")]],
    ["two lengths", [request("POST /a", "a=b", "Content-Length: 3\r\n")]],
    ["lengths that differ", [request("POST /a", "a=b", "Content-Length: 5\r\n")]],
    ["a length and a coding", [request("POST /a", "a=b", "Transfer-Encoding: chunked\r\n")]],
    ["an expectation", [request("POST /a", "a=b", "Expect: 100-continue\r\n")], 2],
    ["the last request", [request("POST /a", "a=b", "Connection: close\r\n")]],
    ["a folded line", [request("GET /a", "", "X: a\r\n b\r\n")]],
    ["a bare line feed", [request("GET /a", "", "X: a\nY: b\r\n")]],
    ["a space before the colon", [request("GET /a", "", "X : a\r\n")]],
    ["an empty value", [request("GET /a", "", "X:\r\n")]],
    ["the same name twice", [request("GET /a", "", "X: a\r\nX: b\r\n")]],
    ["a name that objects have", [request("GET /a", "", "Constructor: a\r\n")]],
    ["a target with a host", [request("GET http://x/a")]],
    ["nonsense", ["\x16\x03\x01\x02"]],
  ])("of another form are node's to read: %s", ([, pieces, answers]) =>
    Effect.gen(function* () {
      const [ours, nodes] = [yield* serving(), yield* serving({ lane: false })]
      yield* saysTheSame(ours.port, nodes.port, pieces, answers)
      deepStrictEqual(ours.asked, nodes.asked)
      // Pieces may come together all the same.
      if (pieces.length === 1) strictEqual(ours.byNode(), nodes.byNode())
      strictEqual(ours.intake.open, nodes.intake.open)
    }),
  )

  it.scoped("are never read otherwise than by node, whatever byte stands anywhere", () =>
    Effect.gen(function* () {
      const { asked, port } = yield* serving({ lane: false })
      const text = request("POST /a?b=c", "a=b", "X-One: t w\r\n")
      let plain = 0
      const socket = net.connect(port, "127.0.0.1").on("error", () => {})
      let answered = () => {}
      socket.on("data", () => answered())
      for (let at = 0; at < text.length - 3; at++)
        for (let byte = 0; byte < 256; byte++) {
          const bytes = Buffer.from(text, "latin1")
          bytes[at] = byte
          const read = readPlain(bytes)
          if (read === undefined) continue
          plain++
          asked.length = 0
          yield* Effect.promise(() => {
            const answer = new Promise<void>((resolve) => {
              answered = resolve
            })
            socket.write(bytes)
            return answer
          })
          const [node] = asked
          deepStrictEqual(
            {
              method: node?.method,
              url: node?.url,
              headers: node?.headers,
              body: Buffer.from(node?.body as Uint8Array),
            },
            { ...read, body: Buffer.from(read.body) },
          )
        }
      assertTrue(plain > 1_000, `only ${plain}`)
      socket.destroy()
    }),
  )
})
