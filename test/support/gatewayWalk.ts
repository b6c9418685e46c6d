import * as Schema from "effect/Schema"
import { rules } from "../../src/app/rules.ts"
import { settingsOf } from "../../src/app/settings.ts"
import { nextTimer, timersMachine } from "../../src/clock/timers.machine.ts"
import { canonical, type JsonObject } from "../../src/core/canonical.ts"
import { type Draft, type Entry, genesis } from "../../src/core/Entry.ts"
import {
  apiRequested,
  apiResponded,
  type OutboundFailed,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runStarted,
  settingsChanged,
  timerFired,
  turnFailed,
} from "../../src/core/entries.ts"
import { type Made, runTurn } from "../../src/engine/turn.ts"
import { WorldState } from "../../src/engine/World.ts"
import { attemptAnswered, attemptChosen, requestAccepted, requestResent } from "../../src/gateway/entries.ts"
import { gatewayMachine } from "../../src/gateway/gateway.machine.ts"
import type { GatewaySettings } from "../../src/gateway/settings.ts"
import { gatewayWith, noon, providersOf } from "./gatewayWith.ts"

/** What a walk draws its chance from, and the texts it puts where people put theirs. */
export interface Draws {
  readonly below: (n: number) => number
  /** A body of a request, or of a provider's answer. */
  readonly body: () => string
}

const { run: usual } = settingsOf({})
const final: ReadonlySet<string> = new Set(["sent", "delivered", "undelivered", "failed", "unsure", "cancelled"])
const reasons: ReadonlyArray<OutboundFailed["reason"]> = [
  "connect",
  "timeout",
  "reset",
  "refused",
  "interrupted",
  "lost",
]

/**
 * A run of the gateway alone in which anything may come at any time, from applications, providers and operators. What must always hold
 * is checked entry by entry, without the rules: `broken` says what did not.
 */
export class GatewayWalk {
  readonly broken: Array<string> = []
  readonly #draws: Draws
  readonly #settings: GatewaySettings
  readonly #world = new WorldState([gatewayMachine])
  readonly #names: Array<readonly [provider: string, name: string]> = []
  readonly #ids: Array<string> = []
  readonly #unanswered = new Set<number>()
  /** Requests to providers that have no answer, by their seq. */
  readonly #left = new Map<number, Entry<unknown>>()
  readonly #attempting = new Set<string>()
  readonly #counts = new Map<string, number>()
  #seq = 0
  #at = noon

  constructor(draws: Draws) {
    this.#draws = draws
    this.#settings = this.#drawnSettings()
    const settings = { ...usual, gateway: this.#settings } as unknown as JsonObject
    this.#turn(runStarted.draft("", { flags: [], format: 1, rules: 1, seed: 1, settings, templates: {} }))
  }

  /** Does so many things; then providers answer well until nothing is left to do. */
  run(steps: number): ReadonlyArray<string> {
    for (let i = 0; i < steps; i++) this.#step()
    this.#settle()
    return this.broken
  }

  #pick<A>(list: ReadonlyArray<A>): A {
    return list[this.#draws.below(list.length)] as A
  }

  #drawnSettings(): GatewaySettings {
    const { below } = this.#draws
    const providers = Array.from({ length: 1 + below(4) }, (_, i) => ({
      url: `https://p${i + 1}.example/send`,
      ...(below(4) === 0 ? { dialect: "twilio" as const } : {}),
      in_flight_max: 1 + below(4),
      limit: 1 + below(5),
      weight: below(5) === 0 && i > 0 ? 0 : 1 + below(5),
    }))
    return gatewayWith({
      failover: { attempts_max: 1 + below(5), gap_ms: 1 + below(3_000), unknown: this.#pick(["failover", "hold"]) },
      health: { failure_bp: 1 + below(10_000), probe_after_ms: 1 + below(5_000), samples_min: 1 + below(4) },
      limits: {
        algorithm: this.#pick(["fixed-window", "token-bucket"]),
        intake: 1 + below(12),
        total: 1 + below(8),
        window_ms: this.#pick([100, 1_000, 7_000]),
      },
      providers: providersOf(...providers),
      queue_max: 1 + below(30),
      valid_ms: this.#pick([2_000, 14_400_000]),
    })
  }

  #step(): void {
    const { below, body } = this.#draws
    const n = below(10)
    if (n < 3) this.#ask("POST", "/api/sms/send", this.#text(), below(3) === 0 ? `k${below(4)}` : undefined)
    else if (n === 3)
      this.#ask(this.#pick(["POST", "POST", "GET", "DELETE"]), this.#path(), below(2) === 0 ? this.#text() : body())
    else if (n < 7) this.#answer(this.#pick([...this.#left.values()]))
    else if (n === 7) this.#tell()
    else if (n === 8) this.#advance(this.#pick([1, 50, 1_000, 10_000]))
    else this.#order()
  }

  #text(): string {
    const { below, body } = this.#draws
    if (below(8) === 0) return body()
    return JSON.stringify({
      phone: "01921317475",
      text: "Hello",
      priority: this.#pick(["high", "normal", "low"]),
      ...(below(6) === 0 ? { send_at: new Date(this.#at + below(20_000)).toISOString() } : {}),
    })
  }

  #path(): string {
    const id = this.#ids.length === 0 ? "none" : this.#pick(this.#ids)
    const provider = this.#pick(["p1", "p2", "__proto__"])
    return this.#pick([
      `/api/sms/${provider}`,
      `/api/sms/${provider}/status`,
      `/api/sms/${provider}/receipts`,
      `/api/sms/health/${provider}/reset`,
      `/api/sms/requests/${id}`,
      `/api/sms/requests/${id}/cancel`,
      `/api/sms/dead-letters/${id}/resend`,
      "/api/sms/dead-letters/resend",
      "/api/sms/distribution-stats/reset",
      "/api/sms/requests",
      "/api/sms/rate-limits",
    ])
  }

  #ask(method: string, path: string, text: string | undefined, key?: string): void {
    const seq = this.#seq + 1
    this.#unanswered.add(seq)
    this.#turn(
      apiRequested.draft("", {
        api: "gateway",
        ...(key === undefined ? {} : { headers: [["idempotency-key", key]] }),
        method,
        params: [],
        path,
        query: [],
        ...(text === undefined ? {} : { text }),
      }),
    )
  }

  /** A provider answers a request, or there is no answer. */
  #answer(left: Entry<unknown> | undefined): void {
    if (left === undefined) return
    const { below, body } = this.#draws
    this.#left.delete(left.seq)
    if (below(4) === 0) {
      this.#turn(outboundFailed.draft(left.subject, { reason: this.#pick(reasons) }, left.seq))
      return
    }
    const status = this.#pick([200, 200, 200, 400, 404, 429, 500, 503])
    const said = below(4) === 0 ? body() : this.#good(left)
    this.#turn(outboundAnswered.draft(left.subject, { body: said, status }, left.seq))
  }

  #good({ seq, subject }: Entry<unknown>): string {
    const name = `m-${seq}`
    for (const { id } of this.#settings.providers) this.#names.push([id, name])
    return JSON.stringify({ success: true, message_id: name, sid: name, reference: subject })
  }

  /** A provider tells of a message, true or not. */
  #tell(): void {
    if (this.#names.length === 0) return
    const [provider, name] = this.#pick(this.#names)
    const status = this.#pick(["delivered", "undelivered", "sent", "lost"])
    this.#ask("POST", `/api/sms/${provider}/receipts`, JSON.stringify({ message_id: name, status }))
  }

  #order(): void {
    const { below } = this.#draws
    if (below(3) > 0) {
      this.#ask("POST", this.#path(), undefined)
      return
    }
    const settings = { ...usual, gateway: this.#settings } as unknown as JsonObject
    this.#turn(settingsChanged.draft("", { settings }))
  }

  /** Time goes on; what is due by then fires. */
  #advance(ms: number): void {
    const until = this.#at + ms
    for (let i = 0; i < 2_000; i++) {
      const timer = nextTimer(this.#world.slice(timersMachine))
      if (timer === undefined || timer.due > until) {
        this.#at = until
        return
      }
      this.#at = Math.max(this.#at, timer.due)
      this.#turn(timerFired.draft(timer.subject, { key: timer.key }, timer.set))
    }
    this.broken.push("timers fire without end")
  }

  #settle(): void {
    for (let i = 0; i < 3_000 && this.broken.length === 0; i++) {
      const [left] = this.#left.values()
      if (left !== undefined) {
        this.#left.delete(left.seq)
        this.#turn(outboundAnswered.draft(left.subject, { body: this.#good(left), status: 200 }, left.seq))
        continue
      }
      const timer = nextTimer(this.#world.slice(timersMachine))
      if (timer === undefined) break
      this.#advance(Math.max(0, timer.due - this.#at))
    }
    if (nextTimer(this.#world.slice(timersMachine)) !== undefined) this.broken.push("a timer is left")
    if (this.#unanswered.size > 0) this.broken.push(`${this.#unanswered.size} requests have no answer`)
    const { byId, providers } = this.#world.slice(gatewayMachine)
    for (const { id, status } of byId.values()) if (!final.has(status)) this.broken.push(`${id} stays ${status}`)
    for (const { id, inFlight } of providers.values())
      if (inFlight !== 0) this.broken.push(`${id} has ${inFlight} in flight`)
  }

  #turn(input: Draft): void {
    const made: Array<Made> = []
    const head = runTurn(this.#world, { seq: this.#seq, at: this.#world.at, hash: genesis }, input, this.#at, made)
    this.#seq = head.seq
    for (const { entry } of made) this.#check(entry)
  }

  #check(entry: Entry<unknown>): void {
    const type = rules.entryTypes.find((each) => each.type === entry.type)
    Schema.decodeUnknownSync(type?.schema as Schema.Schema<unknown>, { onExcessProperty: "error" })(entry.data)
    canonical(entry.data)
    if (apiResponded.is(entry)) {
      if (!this.#unanswered.delete(entry.cause)) this.broken.push(`${entry.cause} is answered again`)
      if (
        entry.data.status >= 500 &&
        entry.data.status !== 502 &&
        entry.data.status !== 503 &&
        entry.data.status !== 504
      )
        this.broken.push(`${entry.cause} is answered ${entry.data.status}`)
    }
    if (turnFailed.is(entry)) this.broken.push(entry.data.error)
    if (requestAccepted.is(entry)) this.#ids.push(entry.subject)
    if (requestResent.is(entry)) this.#attempting.delete(entry.subject)
    if (outboundRequested.is(entry)) this.#left.set(entry.seq, entry)
    if (attemptAnswered.is(entry)) this.#attempting.delete(entry.subject)
    if (attemptChosen.is(entry)) {
      if (this.#attempting.has(entry.subject)) this.broken.push(`${entry.subject} is attempted twice at once`)
      this.#attempting.add(entry.subject)
      this.#count(
        entry.data.provider,
        this.#settings.providers.find(({ id }) => id === entry.data.provider)?.limit ?? 0,
      )
      this.#count("all", this.#settings.limits.total)
    }
  }

  /** Another attempt in the fixed window of now. */
  #count(of: string, limit: number): void {
    const key = `${of} ${Math.floor(this.#at / this.#settings.limits.window_ms)}`
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    if (count > limit) this.broken.push(`${count} attempts in the window ${key}, of at most ${limit}`)
  }
}
