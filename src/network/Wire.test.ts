import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { makeRunClock } from "../clock/RunClock.ts"
import type { Draft } from "../core/Entry.ts"
import {
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerFired,
} from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { Made } from "../engine/turn.ts"
import type { WorldState } from "../engine/World.ts"
import type { WireClient } from "./nodeClient.ts"
import { outboundMachine } from "./outbound.machine.ts"
import { makeWire } from "./Wire.ts"

const world = {
  settings: { callbacks: { in_flight: 1, quiet_ms: 0, rewrite: [] } },
  slice: () => outboundMachine.initial(),
} as unknown as WorldState

const timeoutMs = 15_000

/** A wire on which nothing is ever answered, what was sent over it, and what it offers the engine. */
const hanging = Effect.gen(function* () {
  const sent: Array<string> = []
  const offered: Array<Draft> = []
  const client: WireClient = {
    send: ({ url }) => {
      sent.push(url)
      return () => {}
    },
  }
  const clock = yield* makeRunClock
  clock.set(0, { _tag: "real" })
  const secrets = { fingerprint: () => "", remember: () => {}, secret: () => undefined }
  const wire = yield* makeWire({ client, clock, secrets, signs: () => undefined })
  wire.begin((answer) => offered.push(answer), world)
  let seq = 0
  const send = (url: string) => {
    const data = { attempt: 1, method: "POST", params: [], purpose: "callback", timeout_ms: timeoutMs, token: "t", url }
    const draft = outboundRequested.draft("SM1", { ...data, via: "wire" } as unknown as OutboundRequested)
    const entry = { ...draft, seq: ++seq, at: 0, cause: 0, kind: "outcome" }
    wire.committed([{ entry } as unknown as Made], world)
  }
  return { offered, send, sent, wire }
})

const sentTo = (sent: ReadonlyArray<string>, origin: string) => sent.filter((url) => url.startsWith(origin)).length

describe("the wire at paces that follow the host", () => {
  it.scoped("sends at once to an endpoint that answers, however many others hang", () =>
    Effect.gen(function* () {
      const { send, sent } = yield* hanging
      for (let n = 0; n < 1_000; n++) send(`http://hangs-${n % 6}.test/`)
      yield* TestClock.adjust(1)
      assertTrue(sent.length < limits.wireInFlightMax)
      send("http://answers.test/")
      yield* TestClock.adjust(1)
      deepStrictEqual(sentTo(sent, "http://answers.test"), 1)
    }),
  )
  it.scoped("has no more under way to one endpoint than it may", () =>
    Effect.gen(function* () {
      const { send, sent } = yield* hanging
      for (let n = 0; n < 200; n++) send("http://hangs.test/")
      yield* TestClock.adjust(1)
      deepStrictEqual(sent.length, limits.wireInFlightPerOriginMax)
    }),
  )
  it.scoped("ends each within a bounded time, sent or not", () =>
    Effect.gen(function* () {
      const { offered, send } = yield* hanging
      for (let n = 0; n < 1_000; n++) send("http://hangs.test/")
      yield* TestClock.adjust(limits.wireWaitMsMax + timeoutMs)
      deepStrictEqual(offered.length, 1_000)
      deepStrictEqual(
        new Set(offered.map(({ data }) => JSON.stringify(data))),
        new Set([
          JSON.stringify({ after_ms: timeoutMs, reason: "timeout" }),
          JSON.stringify({ detail: "not-sent", reason: "timeout" }),
        ]),
      )
    }),
  )
})

describe("the quiet period", () => {
  const settings = { callbacks: { in_flight: 1, quiet_ms: 20, rewrite: [] } }
  const quietly = { ...world, settings } as unknown as WorldState
  const written = (draft: Draft, kind: "input" | "outcome") =>
    [{ entry: { ...draft, seq: 1, at: 0, cause: 0, kind } } as unknown as Made] as const

  it.scoped("lasts from the last the application did, and there is none for what the run does by itself", () =>
    Effect.gen(function* () {
      const { wire } = yield* hanging
      const quietAfter = (draft: Draft, kind: "input" | "outcome") => {
        wire.committed(written(draft, kind), quietly)
        return wire.quietMs(quietly)
      }
      const answered = outboundAnswered.draft("SM1", { body: "", status: 204 }, 1)
      deepStrictEqual(quietAfter(timerFired.draft("SM1", { key: "x" }), "input"), 0)
      deepStrictEqual(quietAfter(answered, "outcome"), 0)
      deepStrictEqual(quietAfter(answered, "input"), 20)
      yield* TestClock.adjust(19)
      deepStrictEqual(quietAfter(timerFired.draft("SM1", { key: "x" }), "input"), 20)
      yield* TestClock.adjust(1)
      deepStrictEqual(wire.quietMs(quietly), 0)
    }),
  )
})

describe("the wire at the start of a process", () => {
  it.scoped("sends again what was on its way, but for what must not be sent twice", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      const offered: Array<Draft> = []
      const client: WireClient = {
        send: ({ url }) => {
          sent.push(url)
          return () => {}
        },
      }
      const clock = yield* makeRunClock
      clock.set(0, { _tag: "real" })
      const secrets = { fingerprint: () => "", remember: () => {}, secret: () => undefined }
      const wire = yield* makeWire({ client, clock, secrets, signs: () => undefined })
      const outbound = outboundMachine.initial()
      const ask = (seq: number, path: string, once?: true) => {
        const data = {
          ...{ attempt: 1, method: "POST", params: [], purpose: "provider", timeout_ms: timeoutMs, token: `t${seq}` },
          ...(once === undefined ? {} : { once }),
          ...{ url: `http://a.example/${path}`, via: "wire" },
        } as OutboundRequested
        const draft = outboundRequested.draft("id", data)
        outbound.pending.set(seq, { seq, at: 0, subject: "id", request: data, cleared: false })
        return { entry: { ...draft, seq, at: 0, cause: 0, kind: "outcome" } } as unknown as Made
      }
      const resumed = { ...world, slice: () => outbound } as unknown as WorldState
      ask(1, "again")
      ask(2, "interrupted", true)
      wire.committed([ask(3, "new", true)], resumed)
      wire.begin((answer) => offered.push(answer), resumed)
      deepStrictEqual(sent, ["http://a.example/again", "http://a.example/new"])
      deepStrictEqual(offered, [outboundFailed.draft("id", { reason: "interrupted" }, 2)])
    }),
  )
})
