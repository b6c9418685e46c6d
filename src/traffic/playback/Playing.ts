import { sha256 } from "../../core/canonical.ts"
import { limits } from "../../core/limits.ts"
import { dropOldest } from "../../core/oldest.ts"
import {
  headerOf,
  isAnswered,
  type RecordedAnswer,
  type RecordedExchange,
  type RecordedRequest,
  type TrafficHeader,
} from "../../core/traffic/RecordedExchange.ts"
import type { Traffic } from "../../core/traffic/reader.ts"
import { Redactor } from "../../core/traffic/redact/Redactor.ts"
import { type FieldRule, matchRules } from "./reading.ts"
import { type Rewriting, rewriteBody, rewriteValue } from "./rewrite.ts"
import { type Hit, type Miss, type PlaybackMode, Tape } from "./Tape.ts"

export interface PlayingOptions {
  readonly traffic: Pick<Traffic, "header" | "exchanges">
  readonly mode: PlaybackMode
  readonly fields: ReadonlyMap<string, FieldRule>
  /** The salt of the recording's stand-ins, if it is known. */
  readonly salt: string | undefined
}

/** What is known of a recording that is being played: what was asked for, and what its names mean now. */
export class Playing {
  readonly #tape: Tape
  readonly #redactor: Redactor
  readonly #texts = new Map<string, string>()
  readonly #now: () => number
  readonly #began: number
  #later: number | undefined
  #answered = 0
  #missed = 0

  constructor({ fields, mode, salt, traffic }: PlayingOptions, now: () => number) {
    const { exchanges, header } = traffic
    this.#tape = new Tape(exchanges, matchRules(header, fields, salt !== undefined), mode)
    this.#redactor = redactorOf(header, salt)
    this.#now = now
    this.#began = exchanges[0]?.at ?? header.started
  }

  find(asked: RecordedRequest): Hit | Miss {
    const found = this.#tape.find({ asked, redacted: redactedRequest(this.#redactor, asked) })
    if ("nearest" in found) this.#missed++
    else this.#answered++
    return found
  }

  /** How an answer is written now, and what follows it. */
  answering({ exchange, names, texts, times }: Hit): Rewriting {
    for (const [recorded, now] of texts) {
      if (this.#texts.size >= limits.trafficTextsMax) dropOldest(this.#texts)
      this.#texts.set(recorded, now)
    }
    const { about, request } = exchange
    if (times === 0 || about === "" || request.url.includes(about)) return this.rewriting(names)
    // It was made again: another thing, which has a SID of its own.
    const again = about.slice(0, 2) + sha256(`${about}\n${times}`).slice(0, 32)
    this.#tape.pairs.bindAgain({ now: again, recorded: about })
    return this.rewriting(new Map([...names, [about, again]]))
  }

  rewriting(names: ReadonlyMap<string, string> = new Map()): Rewriting {
    this.#later ??= 1_000 * Math.floor((this.#now() - this.#began) / 1_000)
    return {
      later: this.#later,
      name: (recorded) => names.get(recorded) ?? this.#tape.pairs.now(recorded),
      text: (recorded) => this.#texts.get(recorded),
    }
  }

  soFar() {
    return { answered: this.#answered, missed: this.#missed, unused: this.#tape.unused }
  }
}

/** Redacts as the recorder did where its salt is known, else only secrets: they are never compared. */
const redactorOf = ({ redaction }: TrafficHeader, salt: string | undefined): Redactor =>
  new Redactor({
    salt: salt ?? "",
    keepBodies: redaction.bodies === "kept" || salt === undefined,
    keepNumbers: redaction.numbers === "kept" || salt === undefined,
  })

const redactedRequest = (redactor: Redactor, request: RecordedRequest): RecordedRequest =>
  redactor.exchange({
    about: "",
    answer: { failed: "" },
    at: 0,
    direction: "api",
    n: 1,
    request,
    took: 0,
  }).request

/** An answer as it is given now. */
export interface PlayedAnswer {
  readonly status: number
  /** As node takes them: name, value, name, value. */
  readonly headers: Array<string>
  readonly body: string | Buffer | undefined
}

/** Headers that are about bytes which are not sent as they came. */
const notPlayed = new Set(["content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"])

/** The answer of a recorded exchange, or why there is none to give. */
export const answerNow = (
  { answer, n }: RecordedExchange,
  rewriting: Rewriting,
): PlayedAnswer | { readonly why: string } => {
  if (!isAnswered(answer)) return { why: `request ${n} had no answer: ${answer.failed}` }
  const body = bodyNow(answer, rewriting)
  if (body === undefined)
    return { why: `the body of answer ${n} is not in the recording, which has its length and hash` }
  const { status } = answer
  const headers = answer.headers
    .filter(([name]) => !notPlayed.has(name))
    .flatMap(([name, value]) => [name, rewriteValue(rewriting, value)])
  if (status === 204 || status === 304) return { body: undefined, headers, status }
  return { body, headers: [...headers, "content-length", String(Buffer.byteLength(body))], status }
}

const bodyNow = ({ body, headers }: RecordedAnswer, rewriting: Rewriting): string | Buffer | undefined => {
  if ("text" in body) return rewriteBody(rewriting, headerOf(headers, "content-type") ?? "", body.text)
  return "base64" in body ? Buffer.from(body.base64, "base64") : undefined
}
