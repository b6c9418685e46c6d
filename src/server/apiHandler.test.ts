import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as net from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { apiRequested, apiResponded } from "../core/entries.ts"
import type { Engine } from "../engine/Engine.ts"
import { EngineStopped } from "../engine/outside.ts"
import { ApiIntake } from "./ApiIntake.ts"
import { apiHandler } from "./apiHandler.ts"
import type { ApiDoor } from "./Exchange.ts"

const door: ApiDoor = {
  wireIn: ({ method, url }) =>
    apiRequested.draft("", { api: "x", headers: [], method, params: [], path: url } as unknown as never),
  headers: ({ concurrent }) => ["Concurrent", String(concurrent)],
  fill: (body) => `filled ${body}`,
  overloaded: { status: 429, body: "overloaded" },
  unavailable: { status: 503, body: "unavailable" },
  preflight: ["Allowed", "all"],
  bytes: () => undefined,
  gone: { status: 404, body: "gone" },
}

/** What a pretended engine does with a request; nobody else answers it. */
interface Pretended {
  readonly full?: () => boolean
  readonly ask?: Engine["ask"]
}
const untouched: Engine["ask"] = () => {
  throw new Error("a refused request is no input")
}
const answering =
  (data: object): Engine["ask"] =>
  (_, answer) =>
    answer({ entry: apiResponded.draft("", data as never), hash: "h", aside: undefined } as never)

/** A server of the carrier's API over an engine that is pretended. */
const serving = ({ ask = untouched, full = () => false }: Pretended, differently: Partial<ApiDoor> = {}) =>
  Effect.gen(function* () {
    const stopped: Array<EngineStopped> = []
    const engine = {
      get full() {
        return full()
      },
      ask,
      stop: (why: EngineStopped) => stopped.push(why),
    }
    const server = http.createServer(
      apiHandler(new ApiIntake(engine as unknown as Engine, { ...door, ...differently })),
    )
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
      () => Effect.sync(() => server.close().closeAllConnections()),
    )
    const { port } = server.address() as AddressInfo
    return { port, stopped }
  })

const head = (more = "") => `POST /x HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const withBody = (text: string) => head(`Content-Length: ${text.length}\r\n`) + text

/** Sends pieces over one connection, the next one when so many answers are there; gives all that came back. */
const conversation = (
  port: number,
  pieces: ReadonlyArray<readonly [answersBefore: number, text: string]>,
  end: number,
) =>
  Effect.async<string>((resume) => {
    let text = ""
    let sent = 0
    const socket = net.connect(port, "127.0.0.1")
    const answers = () => text.split("HTTP/1.1 ").length - 1
    const goOn = () => {
      for (let next = pieces[sent]; next !== undefined && answers() >= next[0]; next = pieces[sent]) {
        sent++
        socket.write(next[1])
      }
      if (answers() >= end && sent === pieces.length) socket.end(() => socket.destroy())
    }
    socket.on("connect", goOn)
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1")
      goOn()
    })
    socket.on("close", () => resume(Effect.succeed(text)))
    socket.on("error", () => {})
  })

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

describe("a request of the carrier's API", () => {
  it.scoped(
    "is refused by a full engine in the carrier's shape, with or without a body, and its connection goes on",
    () =>
      Effect.gen(function* () {
        const { port } = yield* serving({ full: () => true })
        const text = yield* conversation(
          port,
          [
            [0, head()],
            [1, withBody("a=b")],
            [2, head()],
          ],
          3,
        )
        deepStrictEqual(statuses(text), [429, 429, 429])
        strictEqual(text.split("overloaded").length, 4)
        assertTrue(text.includes("Concurrent: 0"))
      }),
  )

  it.scoped("is refused when the engine fills up while its body comes, and the next one is taken", () =>
    Effect.gen(function* () {
      const looks = [false, true, false, false]
      const { port } = yield* serving({
        full: () => looks.shift() === true,
        ask: answering({ body: "done", status: 201 }),
      })
      const text = yield* conversation(
        port,
        [
          [0, withBody("a=b")],
          [1, withBody("a=b")],
        ],
        2,
      )
      deepStrictEqual([statuses(text), looks.length], [[429, 201], 0])
    }),
  )

  it.scoped("that the engine loses is answered as unavailable", () =>
    Effect.gen(function* () {
      const { port, stopped } = yield* serving({ ask: (_, __, lost) => lost(new EngineStopped({ reason: "over" })) })
      deepStrictEqual(statuses(yield* conversation(port, [[0, head()]], 1)), [503])
      strictEqual(stopped.length, 0)
    }),
  )

  it.scoped.each<readonly [string, Partial<ApiDoor>]>([
    [
      "what it holds",
      {
        wireIn: () => {
          throw new Error("ENOSPC")
        },
      },
    ],
    [
      "what its answer tells",
      {
        fill: () => {
          throw new Error("ENOSPC")
        },
      },
    ],
  ])("stops the engine when the keys file cannot take %s, and is told so", ([, differently]) =>
    Effect.gen(function* () {
      const ask = answering({ body: "secret", holes: true, status: 201 })
      const { port, stopped } = yield* serving({ ask }, differently)
      const text = yield* conversation(port, [[0, head()]], 1)
      deepStrictEqual(statuses(text), [503])
      strictEqual(text.includes("secret"), false)
      deepStrictEqual(
        stopped.map(({ reason }) => reason),
        ["Error: ENOSPC"],
      )
    }),
  )

  it.scoped("for bytes that are kept no longer is answered so", () =>
    Effect.gen(function* () {
      const ask = answering({ content_type: "image/png", length: 1, sha256: "0", status: 200 })
      const { port } = yield* serving({ ask })
      const text = yield* conversation(port, [[0, head()]], 1)
      deepStrictEqual([statuses(text), text.endsWith("gone")], [[404], true])
    }),
  )
})
