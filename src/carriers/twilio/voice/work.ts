import type { Pair } from "../../../core/entries.ts"
import { limits } from "../../../core/limits.ts"
import type { Problem } from "../alerts/debugger.ts"
import type { FetchPurpose, Line, Order, Stop, Target } from "./orders.ts"
import { speechMs } from "./speech.ts"
import type { Doing, Frame, Verb, VoiceState } from "./state.ts"

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** A frame while a step works on it. */
export type Open = Mutable<Frame>

/** What doing has which name. */
export type DoingOf<What extends Doing["what"]> = Extract<Doing, { readonly what: What }>

/** What the caller hears when a document cannot be carried out. Source: what Twilio says then; the wording is unconfirmed. */
export const apology = "We are sorry, an application error has occurred. Goodbye."

/** One step at work: a state that changes, and the orders so far. It is not seen outside of its step. */
export class Work {
  readonly at: number
  readonly orders: Array<Order> = []
  readonly frames: Array<Open>
  readonly #state: Mutable<VoiceState>
  readonly #alerts = new Map<string, { readonly place: number; readonly detail: string; count: number }>()

  constructor(state: VoiceState, at: number) {
    this.at = at
    this.#state = { ...state }
    this.frames = state.frames.map((frame) => ({ ...frame }))
  }

  done(): { readonly state: VoiceState; readonly orders: ReadonlyArray<Order> } {
    return { state: { ...this.#state, frames: this.frames }, orders: this.orders }
  }

  get state(): Readonly<VoiceState> {
    return this.#state
  }

  /** The frame whose document is heard. */
  get top(): Open | undefined {
    return this.frames.at(-1)
  }

  /** The frame that waits for the answer to an order. */
  waitingFor<What extends "fetching" | "naming" | "dialing" | "queued" | "sending">(
    what: What,
    id: number,
  ): { readonly frame: Open; readonly doing: DoingOf<What> } | undefined {
    for (const frame of this.frames) {
      const { doing } = frame
      if (doing.what === what && "id" in doing && doing.id === id) return { frame, doing: doing as DoingOf<What> }
    }
    return undefined
  }

  /** The `id` of an order to come. */
  id(): number {
    return this.#state.next++
  }

  order(order: Order): void {
    this.orders.push(order)
  }

  line(line: Line): void {
    this.orders.push({ type: "line", line })
  }

  /** Alerts of one code and document are one in a step. */
  alert(problem: Problem, url = this.top?.source?.url ?? ""): void {
    const detail = (problem.detail ?? "").slice(0, 200)
    const key = `${problem.code} ${url}`
    const same = this.#alerts.get(key)
    if (same === undefined) {
      const place = this.orders.push({ type: "alert", code: problem.code, detail, url }) - 1
      this.#alerts.set(key, { place, detail, count: 1 })
      return
    }
    same.count++
    const more = `${same.detail} (and ${same.count - 1} more)`.trim()
    this.orders[same.place] = { type: "alert", code: problem.code, detail: more, url }
  }

  wait(ms: number): number {
    const id = this.id()
    this.order({ type: "wait", id, ms: Math.max(1, ms) })
    return id
  }

  stop(id: number, of: Stop["of"], answer = false): void {
    this.order({ type: "stop", id, of, answer })
  }

  stopWait(id: number | null): void {
    if (id !== null) this.stop(id, "wait")
  }

  /** Time has passed, or the other end did something: what is carried out at once counts from here. */
  passed(): void {
    this.#state.documents_at_once = 0
    this.#state.verbs_at_once = 0
  }

  /** Counts a verb; false when there were too many. */
  counts(): boolean {
    const state = this.#state
    state.verbs++
    state.verbs_at_once++
    return state.verbs <= limits.callVerbsMax && state.verbs_at_once <= limits.callVerbsAtOnceMax
  }

  /** An inbound call that was not answered is, now. */
  answer(): void {
    if (this.#state.answered) return
    this.#state.answered = true
    this.order({ type: "answer" })
  }

  /** Somebody else has answered it. */
  wasAnswered(): void {
    this.#state.answered = true
  }

  /** It goes its own way: nobody is connected behind what it hears. */
  isWhisperNoLonger(): void {
    this.#state.role = "call"
  }

  fallsBackTo(fallback: Target | null): void {
    this.#state.fallback = fallback
  }

  /** Puts a document that is said aloud in the place of what is left. */
  goesOnWith(frame: Open, rest: ReadonlyArray<Verb>): void {
    frame.rest = rest
    frame.doing = { what: "nothing" }
  }

  /** Asks for a document, unless there were too many. */
  fetch(frame: Open, target: Target, purpose: FetchPurpose, params: ReadonlyArray<Pair> = []): void {
    const state = this.#state
    if (state.documents >= limits.callDocumentsMax || state.documents_at_once >= limits.callRedirectsMax) {
      const many = state.documents >= limits.callDocumentsMax ? limits.callDocumentsMax : limits.callRedirectsMax
      this.fail(frame, { code: 11215, detail: `more than ${many} documents` }, false)
      return
    }
    state.documents++
    state.documents_at_once++
    const id = this.id()
    const { method, url } = target
    const shown = frame.place === "call" ? purpose : frame.place
    frame.rest = []
    frame.doing = { what: "fetching", id, purpose: shown, target: { method, url } }
    this.order({ type: "fetch", id, purpose: shown, method, url, params, final: false })
  }

  /** Tells an action how something ended. With none the next verb follows; when the call is over, nothing follows. */
  tell(frame: Open, action: Target | null, purpose: FetchPurpose, params: ReadonlyArray<Pair>): void {
    frame.doing = { what: "nothing" }
    if (!this.state.over) {
      if (action !== null) this.fetch(frame, action, purpose, params)
      return
    }
    this.frames.length = 0
    if (action !== null) this.order({ type: "fetch", id: this.id(), purpose, ...action, params, final: true })
  }

  /**
   * A document cannot be had or carried out. The fallback is asked, if there is one and it was not what failed; otherwise the caller is
   * told and the call ends. A document of waiting is no longer heard, and the waiting goes on; behind one that is heard before the parties are
   * connected they are (unconfirmed).
   */
  fail(frame: Open, problem: Problem, mayFallBack = true): void {
    const { doing, source } = frame
    const failed = doing.what === "fetching" ? doing.target : source
    this.alert(problem, failed?.url ?? "")
    frame.rest = []
    if (frame.place === "queue-whisper") {
      frame.doing = { what: "nothing" }
      return
    }
    if (frame.place !== "call") {
      frame.doing = { what: "talking", wait: null }
      return
    }
    const { fallback } = this.state
    const askedAlready = doing.what === "fetching" && doing.purpose === "fallback"
    if (mayFallBack && fallback !== null && !askedAlready && !frame.failed) {
      this.fetch(frame, fallback, "fallback", [
        ["ErrorCode", String(problem.code)],
        ["ErrorUrl", failed?.url ?? ""],
      ])
      return
    }
    this.answer()
    const ms = speechMs(apology)
    this.line({ what: "said", text: apology, ms, loop: 1, language: "en-US", voice: "man" })
    frame.failed = true
    frame.doing = { what: "talking", wait: this.wait(ms) }
  }

  /** Nothing more is carried out. */
  over(): void {
    this.#state.over = true
    if (this.frames.every(({ doing }) => doing.what === "nothing")) this.frames.length = 0
  }
}
