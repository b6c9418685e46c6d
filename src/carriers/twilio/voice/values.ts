import type { Pair } from "../../../core/entries.ts"
import type { AlertCode } from "../alerts/debugger.ts"
import { urlIn } from "../twiml/urls.ts"
import type { Callback, MachineDetection, Target } from "./orders.ts"
import type { Action, Verb } from "./state.ts"
import type { Work } from "./work.ts"

/** A whole number of an attribute, and what it is when it is not given or none. */
interface NumberRule {
  readonly or: number
  readonly min: number
  readonly max: number
  readonly code: AlertCode
}

/** The attributes of a verb or noun, checked as they are asked for: one that is wrong is an alert, and counts as not given. */
export class Values {
  readonly #work: Work
  readonly #verb: Verb
  readonly #source: Target | null

  constructor(work: Work, verb: Verb, source: Target | null) {
    this.#work = work
    this.#verb = verb
    this.#source = source
  }

  /** As it is written, and empty too. */
  raw(name: string): string | undefined {
    return this.#verb.attributes.find(([each]) => each === name)?.[1]
  }

  /** Without white space around it; one that is empty counts as not given. */
  text(name: string): string | undefined {
    const text = this.raw(name)?.trim()
    return text === "" ? undefined : text
  }

  wrong(code: AlertCode, name: string): void {
    this.#work.alert({ code, detail: `${name}="${(this.raw(name) ?? "").slice(0, 100)}" of <${this.#verb.name}>` })
  }

  number(name: string, { code, max, min, or }: NumberRule): number {
    const text = this.text(name)
    if (text === undefined) return or
    const number = /^\d{1,9}$/.test(text) ? Number(text) : -1
    if (number >= min && number <= max) return number
    this.wrong(code, name)
    return or
  }

  flag(name: string, or: boolean, code: AlertCode): boolean {
    const text = this.text(name)?.toLowerCase()
    if (text === "true" || text === "false") return text === "true"
    if (text !== undefined) this.wrong(code, name)
    return or
  }

  oneOf<Value extends string>(name: string, values: ReadonlyArray<Value>, or: Value, code: AlertCode): Value {
    const text = this.text(name)
    if (text === undefined) return or
    const value = values.find((each) => each === text)
    if (value === undefined) this.wrong(code, name)
    return value ?? or
  }

  /** A text of a form, or null. */
  like(name: string, form: RegExp, code: AlertCode): string | null {
    const text = this.text(name)
    if (text === undefined) return null
    if (form.test(text)) return text
    this.wrong(code, name)
    return null
  }

  method(name: string, code: AlertCode): Target["method"] {
    const text = this.text(name)?.toUpperCase()
    if (text === "GET" || text === "POST") return text
    if (text !== undefined) this.wrong(code, name)
    return "POST"
  }

  /** A URL, absolute; null when it is not given or none. One that is relative in a document without a URL is 15004. */
  url(name: string, code: AlertCode): string | null {
    const text = this.text(name)
    if (text === undefined) return null
    const url = urlIn(text, this.#source?.url ?? "")
    if (url !== undefined) return url
    this.wrong(this.#source === null && !/^[a-z][a-z\d+.-]*:/i.test(text) ? 15004 : code, name)
    return null
  }

  target(name: string, methodName: string, code: AlertCode, methodCode: AlertCode): Action {
    const method = this.method(methodName, methodCode)
    const url = this.url(name, code)
    return url === null ? null : { method, url }
  }

  /** Where input goes: `action`, or the document itself where that is not given. */
  action(methodCode: AlertCode): Action {
    const method = this.method("method", methodCode)
    const url = this.text("action") === undefined ? (this.#source?.url ?? null) : this.url("action", 11100)
    return url === null ? null : { method, url }
  }

  /** Somebody who is told of events; those are parted by blanks or commas. */
  callback(name: string, rule: CallbackRule): Callback | null {
    const target = this.target(name, `${name}Method`, rule.code, rule.methodCode)
    const given = (this.text(`${name}Event`) ?? "").split(/[\s,]+/).filter((event) => event !== "")
    const events = rule.events.filter((event) => given.includes(event))
    if (given.some((event) => !rule.events.includes(event))) this.wrong(rule.eventCode, `${name}Event`)
    return target === null ? null : { ...target, events: events.length > 0 ? events : rule.or }
  }

  recordingCallback(): Callback | null {
    return this.callback("recordingStatusCallback", recordingEvents)
  }

  machineDetection(): MachineDetection | null {
    const mode = this.oneOf("machineDetection", ["none", "Enable", "DetectMessageEnd"], "none", 12200)
    const ms = (name: string, or: number, min: number, max: number) => this.number(name, { or, min, max, code: 12200 })
    const found = {
      timeout: ms("machineDetectionTimeout", 30, 3, 60),
      speech_threshold: ms("machineDetectionSpeechThreshold", 2_400, 1_000, 6_000),
      speech_end_threshold: ms("machineDetectionSpeechEndThreshold", 1_200, 500, 5_000),
      silence_timeout: ms("machineDetectionSilenceTimeout", 5_000, 2_000, 10_000),
      callback: this.target("amdStatusCallback", "amdStatusCallbackMethod", 11100, 12200),
    }
    return mode === "none" ? null : { mode, ...found }
  }

  /** The `<Parameter>`s of a noun. */
  parameters(): ReadonlyArray<Pair> {
    return this.#verb.nouns
      .filter(({ name }) => name === "Parameter")
      .map(({ attributes }) => {
        const of = (name: string) => attributes.find(([each]) => each === name)?.[1] ?? ""
        return [of("name"), of("value")]
      })
  }
}

interface CallbackRule {
  readonly events: ReadonlyArray<string>
  /** Those that are told where none is named. */
  readonly or: ReadonlyArray<string>
  readonly code: AlertCode
  readonly methodCode: AlertCode
  readonly eventCode: AlertCode
}

const recordingEvents: CallbackRule = {
  events: ["in-progress", "completed", "absent"],
  or: ["completed"],
  code: 13256,
  methodCode: 12200,
  eventCode: 13621,
}

/** Events of a child call. */
export const callEvents: CallbackRule = {
  events: ["initiated", "ringing", "answered", "completed"],
  or: ["completed"],
  code: 11100,
  methodCode: 12200,
  eventCode: 12200,
}
