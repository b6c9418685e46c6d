import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { startExchange } from "../../src/app/exchange.ts"
import { machines } from "../../src/app/machines.ts"
import { readSettings } from "../../src/app/settings.ts"
import { nextTimer, timersMachine } from "../../src/clock/timers.machine.ts"
import { decode, type Entry, genesis, type Row } from "../../src/core/Entry.ts"
import { apiRequested, type Pair } from "../../src/core/entries.ts"
import { firing } from "../../src/engine/drafts.ts"
import { type Made, runTurn } from "../../src/engine/turn.ts"
import { WorldState } from "../../src/engine/World.ts"
import type { Head } from "../../src/log/EventLog.ts"
import { numberedForm, sendData } from "../support/message.ts"

/*
 * What a request costs the rules as messages become more: one world for each size, all of them in this process, measured by
 * turns, so that what drifts on the machine or in the collector meets all. Prints µs for each operation, size and round.
 */

const [config = "", rounds = "0", ...sizes] = process.argv.slice(2)
const { path, ...rest } = sendData("")
const request = (method: string, params: ReadonlyArray<Pair>, to: string, query: ReadonlyArray<Pair> = []) =>
  apiRequested.draft("", { ...rest, method, params, path: to, query })

/** Every so many messages go to one number, whichever number of messages there are. */
const messagesPerNumber = 5

/** A world that is run by its rules alone: no log, no clock. */
class Bare {
  readonly #world = new WorldState(machines)
  readonly #made: Array<Made> = []
  readonly #sids: Array<string> = []
  #head: Head = { seq: 0, at: 0, hash: genesis }

  constructor(started: Entry) {
    this.#take(started, started.at)
  }

  #take(input: Parameters<typeof runTurn>[2], at = this.#head.at): ReadonlyArray<Made> {
    this.#made.length = 0
    this.#head = runTurn(this.#world, this.#head, input, at, this.#made)
    return this.#made
  }

  #answered(input: Parameters<typeof runTurn>[2], status: number): ReadonlyArray<Made> {
    const made = this.#take(input)
    const answer = made.find(({ entry }) => entry.type === "api.responded")
    const found = (answer?.entry.data as { readonly status: number } | undefined)?.status
    if (found !== status) throw new Error(`answered ${found}, not ${status}`)
    return made
  }

  #number(n: number): string {
    return new Map(numberedForm(n)).get("To") as string
  }

  send(): void {
    const n = Math.floor(this.#sids.length / messagesPerNumber)
    const made = this.#answered(request("POST", numberedForm(n), path), 201)
    this.#sids.push((made[1] as Made).entry.subject)
  }

  /** Messages all over the world, in an order that has nothing to do with that of their creation. */
  fetch(draw: number): void {
    const sid = this.#sids[(draw * 7_919_999) % this.#sids.length] as string
    this.#answered(request("GET", [], path.replace(".json", `/${sid}.json`)), 200)
  }

  list(): void {
    this.#answered(request("GET", [], path), 200)
  }

  listTo(draw: number): void {
    const numbers = Math.floor(this.#sids.length / messagesPerNumber)
    this.#answered(request("GET", [], path, [["To", this.#number((draw * 7_919_999) % numbers)]]), 200)
  }

  listFromNobody(): void {
    this.#answered(request("GET", [], path, [["From", "+15550009999"]]), 200)
  }

  fire(): void {
    const timer = nextTimer(this.#world.slice(timersMachine))
    if (timer === undefined) throw new Error("no timer is left")
    this.#take(firing(timer), Math.max(timer.due, this.#head.at))
  }
}

/** Operations by name, and how often each is done to be timed once. */
const operations: ReadonlyArray<readonly [string, number, (bare: Bare, draw: number) => void]> = [
  ["send", 50, (bare) => bare.send()],
  ["fetch", 50, (bare, draw) => bare.fetch(draw)],
  ["first page", 5, (bare) => bare.list()],
  ["first page of one To", 10, (bare, draw) => bare.listTo(draw)],
  ["first page of an unknown From", 10, (bare) => bare.listFromNobody()],
  ["next timer", 50, (bare) => bare.fire()],
]

const microseconds = (bare: Bare, round: number, times: number, run: (bare: Bare, draw: number) => void): number => {
  const began = performance.now()
  for (let i = 0; i < times; i++) run(bare, round * times + i)
  return ((performance.now() - began) * 1000) / times
}

const started = await Effect.runPromise(
  Effect.gen(function* () {
    const settings = yield* readSettings({ config, db: ":memory:" })
    const { exchange } = yield* startExchange({ settings, seed: 1, pace: { _tag: "fast" } })
    const [first] = yield* exchange.run.log.read(0, 1)
    return decode(first as Row)
  }).pipe(Effect.scoped),
)

const worlds = sizes.map((size) => {
  const bare = new Bare(started)
  for (let i = 0; i < Number(size); i++) bare.send()
  process.stderr.write(`growth: ${size} messages …\n`)
  return bare
})
const found = operations.map(([name]) => ({ name, us: worlds.map(() => [] as Array<number>) }))
const warmUp = Math.ceil(Number(rounds) / 5)
for (let round = -warmUp; round < Number(rounds); round++)
  operations.forEach(([, times, run], o) => {
    worlds.forEach((bare, w) => {
      const us = microseconds(bare, round + warmUp, times, run)
      if (round >= 0) found[o]?.us[w]?.push(us)
    })
  })
process.send?.(found)
