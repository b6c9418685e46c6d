import * as Schema from "effect/Schema"
import { rules } from "../../../src/app/rules.ts"
import { settingsOf } from "../../../src/app/settings.ts"
import { nextTimer, timersMachine } from "../../../src/clock/timers.machine.ts"
import { canonical, type JsonObject } from "../../../src/core/canonical.ts"
import { type Draft, genesis } from "../../../src/core/Entry.ts"
import {
  apiRequested,
  apiResponded,
  outboundAnswered,
  outboundRequested,
  runStarted,
  timerFired,
} from "../../../src/core/entries.ts"
import { type Made, runTurn } from "../../../src/engine/turn.ts"
import { WorldState } from "../../../src/engine/World.ts"
import { defaultProfile, type SimulatedProfile } from "../../../src/gateway/providers/profile.ts"
import { providersMachine } from "../../../src/gateway/providers/providers.machine.ts"
import { defaultGatewaySettings } from "../../../src/gateway/settings.ts"
import { mutated, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const isShaped = new Map(rules.entryTypes.map(({ schema, type }) => [type, Schema.is(schema)]))

const bodyOf = (random: Random): string => {
  if (random.chance(15)) return random.pick(nasty).toWellFormed()
  const field = (usual: string): unknown =>
    random.chance(15) ? random.pick([...nasty, null, 5, [], "x".repeat(3_000)]) : usual
  const text = JSON.stringify({
    phone: field("01921317475"),
    text: field("Hello"),
    ...(random.chance(60) ? { reference: field(`r${random.below(4)}`) } : {}),
    ...(random.chance(40) ? { callback_url: field("https://theirs.test/receipts") } : {}),
  })
  return (random.chance(20) ? mutated(random, text, 3) : text).toWellFormed()
}

const profileOf = (random: Random): SimulatedProfile => {
  const bp = () => (random.chance(50) ? 0 : random.below(10_001))
  const span = () => {
    const min_ms = random.below(3) * 500
    return { min_ms, max_ms: min_ms + random.below(2_000) }
  }
  return {
    ...defaultProfile,
    latency: span(),
    receipt: span(),
    lost_bp: bp(),
    failing_bp: bp(),
    refused_bp: bp(),
    unanswered_bp: bp(),
    silent_bp: bp(),
    contradicting_bp: bp(),
    ...(random.chance(50) ? { limit_per_second: 1 + random.below(3) } : {}),
    outages: random.some(2, () => ({
      from_ms: random.below(5_000),
      for_ms: 1 + random.below(3_000),
      how: random.pick(["connect", "timeout", "503"] as const),
    })),
  }
}

/** Callers from outside in any order, and every timer: each of them is answered once, and in the end nothing is left. */
class Walk {
  readonly #random: Random
  readonly #world = new WorldState([providersMachine])
  readonly #waiting = new Set<number>()
  readonly #receipts: Array<number> = []
  #seq = 0
  #at = 1_000
  problem: string | undefined

  constructor(random: Random) {
    this.#random = random
    const [first, ...others] = defaultGatewaySettings.providers
    const gateway = { ...defaultGatewaySettings, providers: [{ ...first, profile: profileOf(random) }, ...others] }
    this.#turn(
      runStarted.draft("", {
        flags: [],
        format: 1,
        rules: 1,
        seed: random.below(1_000),
        settings: { ...settingsOf({}).run, gateway } as unknown as JsonObject,
        templates: {},
      }),
    )
  }

  run(requests: number): ReadonlyArray<string> {
    const said: Array<string> = []
    for (let i = 0; i < requests; i++) {
      if (this.#random.chance(40)) this.#at += this.#random.below(1_500)
      this.#fire(this.#at)
      const text = bodyOf(this.#random)
      said.push(text)
      const path = this.#random.pick([
        "/api/sms/provider1",
        "/api/sms/provider1",
        "/api/sms/provider2",
        "/",
        "/api/sms/x",
      ])
      const method = this.#random.pick(["POST", "POST", "POST", "GET", "PUT"])
      const query = this.#random.chance(30) ? ([["reference", `r${this.#random.below(4)}`]] as const) : []
      this.#turn(apiRequested.draft("", { api: "provider", method, params: [], path, query, text }))
    }
    this.#fire(Number.MAX_SAFE_INTEGER)
    for (const seq of this.#receipts) this.#turn(outboundAnswered.draft("", { body: "", status: 204 }, seq))
    const { attempts, coming, decided, outside, seqOf } = this.#world.slice(providersMachine)
    if (this.#waiting.size > 0) this.problem ??= `${this.#waiting.size} requests were never answered`
    if ([attempts, coming, decided, outside, seqOf].some(({ size }) => size > 0)) this.problem ??= "something is left"
    return said
  }

  #fire(until: number): void {
    for (let timer = nextTimer(this.#world.slice(timersMachine)); timer !== undefined && timer.due <= until; ) {
      this.#at = Math.max(this.#at, timer.due)
      this.#turn(timerFired.draft(timer.subject, { key: timer.key }))
      timer = nextTimer(this.#world.slice(timersMachine))
    }
  }

  #turn(input: Draft): void {
    const made: Array<Made> = []
    this.#seq = runTurn(this.#world, { seq: this.#seq, at: this.#world.at, hash: genesis }, input, this.#at, made).seq
    for (const { entry } of made) {
      canonical(entry.data)
      if (isShaped.get(entry.type)?.(entry.data) !== true) this.problem ??= `${entry.type} has another shape`
      if (apiRequested.is(entry)) this.#waiting.add(entry.seq)
      if (apiResponded.is(entry) && !this.#waiting.delete(entry.cause))
        this.problem ??= `${entry.cause} is answered twice`
      if (outboundRequested.is(entry)) this.#receipts.push(entry.seq)
    }
  }
}

/** Callers of simulated providers from outside. */
export const providersSurface: Surface = {
  name: "providers",
  atOnce: 1,
  open: async () => ({
    run: async (random): Promise<Outcome> => {
      try {
        const walk = new Walk(random)
        return { input: JSON.stringify(walk.run(30)), problem: walk.problem }
      } catch (error) {
        return { input: "", problem: `throws ${error instanceof Error ? error.stack : error}` }
      }
    },
    end: async () => undefined,
  }),
}
