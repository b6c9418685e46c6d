import type { Json, JsonObject } from "../../core/canonical.ts"
import type { Pair } from "../../core/entries.ts"
import { formatDuration, iso } from "../../core/Instant.ts"
import { paramsOf, pathOf, sidPattern } from "../../core/traffic/about.ts"
import { headerOf, isAnswered, type RecordedExchange, textOf } from "../../core/traffic/RecordedExchange.ts"
import { accountOf, behaviorOf, numbersNeeded, sendersOf } from "../setup.ts"
import { asHappened, type Ending, endingsOf, jsonOf, subjectOf, webhookOf, whyNotAsked } from "../story.ts"
import { endpointsOf } from "./endpoints.ts"
import { expectationsOf } from "./expected.ts"
import { plain } from "./words.ts"

/** A scenario as its file has it, and what of the recording is not in it. */
export interface MadeScenario {
  readonly scenario: JsonObject
  readonly leftOut: ReadonlyArray<{ readonly n: number; readonly reason: string }>
}

/**
 * Makes a scenario of a recording: what the application asked and what phones did as steps with the time between them, what the
 * application answered as endpoints, and what was seen as expectations.
 */
export const toScenario = (recorded: ReadonlyArray<RecordedExchange>, name: string): MadeScenario => {
  const exchanges = asHappened(recorded)
  const making = new Making(exchanges)
  making.all()
  const accountSid = accountOf(exchanges)
  const endpoints = endpointsOf(exchanges)
  const { requests, webhooks } = making
  return {
    scenario: {
      name,
      description: `Made of recorded traffic: ${counted(requests, "request")} and ${counted(webhooks, "webhook")}.`,
      start: iso(exchanges[0]?.at ?? 0),
      settings: {
        twilio: { ...(accountSid === undefined ? {} : { account_sid: accountSid }), ...sendersOf(exchanges) },
      },
      ...(endpoints.endpoints.length === 0 ? {} : { endpoints: endpoints.endpoints }),
      steps: making.steps,
      expect: expectationsOf(exchanges, making.names),
    },
    leftOut: [...making.leftOut, ...endpoints.leftOut].sort((a, b) => a.n - b.n),
  }
}

/** The longest that one step lets go by: 100 years. */
const advanceMsMax = 100 * 365 * 86_400_000

/** A scenario while it is made. */
class Making {
  readonly steps: Array<JsonObject> = []
  readonly leftOut: Array<{ readonly n: number; readonly reason: string }> = []
  readonly names = new Map<string, string>()
  requests = 0
  webhooks = 0
  readonly #exchanges: ReadonlyArray<RecordedExchange>
  readonly #endings: ReadonlyMap<string, Ending>
  readonly #behaviors = new Map<string, string>()
  readonly #arrived = new Set<string>()
  readonly #counts = new Map<string, number>()
  readonly #accountSid: string | undefined
  #now: number

  constructor(exchanges: ReadonlyArray<RecordedExchange>) {
    this.#exchanges = exchanges
    this.#endings = endingsOf(exchanges)
    this.#accountSid = accountOf(exchanges)
    this.#now = exchanges[0]?.at ?? 0
  }

  all(): void {
    for (const [number, { sms, voice }] of numbersNeeded(this.#exchanges))
      this.steps.push({
        number: {
          phone_number: number,
          ...(sms === undefined ? {} : { sms_url: plain(sms) }),
          ...(voice === undefined ? {} : { voice_url: plain(voice) }),
        },
      })
    for (const exchange of this.#exchanges) {
      if (exchange.direction === "api") this.#request(exchange)
      else this.#webhook(exchange)
    }
  }

  #request(exchange: RecordedExchange): void {
    const { answer, at, n, request } = exchange
    const path = pathOf(request.url)
    const why = whyNotAsked(exchange)
    if (why !== undefined || !isAnswered(answer)) {
      if (why !== undefined) this.leftOut.push({ n, reason: why })
      return
    }
    this.#goTo(at)
    this.requests++
    const fields = jsonOf(textOf(answer.body) ?? "")
    const made =
      answer.status < 300 && request.method === "POST" && typeof fields.sid === "string" ? fields.sid : undefined
    const step = this.#stepOf(exchange, path, fields)
    if (made === undefined || this.names.has(made)) this.steps.push(step)
    else {
      const name = this.#name(made)
      this.steps.push({ ...step, as: name })
      this.names.set(made, name)
    }
  }

  #stepOf(exchange: RecordedExchange, path: string, fields: JsonFields): JsonObject {
    const { answer, request } = exchange
    const expected = isAnswered(answer) ? answerExpected(answer.status, fields) : {}
    const params = paramsOf({ ...request, url: path })
    const plainForm = request.method === "POST" && !request.url.includes("?") && isForm(request)
    if (isAnswered(answer) && answer.status !== 401 && plainForm) {
      if (/\/Accounts\/[^/]+\/Messages(?:\.json)?$/.test(path)) {
        this.#ending(params, fields)
        return { send: this.#named(params, sendNames), ...expected }
      }
      if (/\/Accounts\/[^/]+\/Calls(?:\.json)?$/.test(path))
        return { call: this.#named(params, callNames), ...expected }
    }
    const { url } = request
    const query = url.includes("?") ? url.slice(url.indexOf("?")).replace(/#.*$/s, "") : ""
    const text = textOf(request.body) ?? ""
    return {
      api: {
        method: request.method,
        path: this.#text(path + query),
        ...(text === "" ? {} : isForm(request) ? { form: this.#form(params) } : this.#raw(request, text)),
        ...(isAnswered(answer) && answer.status === 401 ? { auth: "none" } : {}),
      },
      ...expected,
    }
  }

  #raw(request: RecordedExchange["request"], text: string): JsonObject {
    const type = headerOf(request.headers, "content-type")
    return { body: this.#text(text), ...(type === undefined ? {} : { content_type: type }) }
  }

  /** What will become of a message is set up before it is sent, where it is not what becomes of every message. */
  #ending(params: ReadonlyArray<Pair>, { sid }: JsonFields): void {
    const ending = typeof sid === "string" ? this.#endings.get(sid) : undefined
    const to = params.find(([name]) => name === "To")?.[1] ?? ""
    if (ending === undefined || !/^(?:[a-z]+:)?\+[1-9]\d{6,14}$/.test(to)) return
    const behavior = behaviorOf(ending)
    const known = JSON.stringify(behavior)
    if (this.#behaviors.get(to) === known) return
    this.#behaviors.set(to, known)
    this.steps.push({ settings: { twilio: { numbers: { [to]: behavior } } } })
  }

  #webhook(exchange: RecordedExchange): void {
    this.webhooks++
    const params = paramsOf(exchange.request)
    const subject = subjectOf(params)
    const webhook = webhookOf(exchange, this.#arrived)
    if (webhook.tells !== "news" && !this.#arrived.has(subject)) {
      this.#arrived.add(subject)
      this.#goTo(exchange.at)
      const name = this.#name(subject)
      const { from, to } = webhook
      this.steps.push(
        webhook.tells === "call arrived"
          ? { ring: { from, to }, as: name }
          : {
              inbound: {
                from,
                to,
                body: plain(webhook.body),
                ...(webhook.media.length === 0 ? {} : { media: webhook.media.map(plain) }),
              },
              as: name,
            },
      )
      this.names.set(subject, name)
      return
    }
    const call = this.names.get(subject)
    const value = (name: string) => params.find((pair) => pair[0] === name)?.[1] ?? ""
    if (!subject.startsWith("CA") || call === undefined) return
    if (value("Digits") !== "") this.#act(exchange.at, { press: { call: `\${${call}.sid}`, digits: value("Digits") } })
    else if (value("SpeechResult") !== "")
      this.#act(exchange.at, { speak: { call: `\${${call}.sid}`, text: plain(value("SpeechResult")) } })
  }

  #act(at: number, step: JsonObject): void {
    this.#goTo(at)
    this.steps.push(step)
  }

  #goTo(at: number): void {
    for (; this.#now < at; this.#now += Math.min(at - this.#now, advanceMsMax))
      this.steps.push({ advance: formatDuration(Math.min(at - this.#now, advanceMsMax)) })
  }

  /** `m1`, `c1` …: what it is, and which of them. */
  #name(sid: string): string {
    const kind =
      { SM: "m", MM: "m", CA: "c", PN: "number", MG: "service", VA: "verify", VE: "verification" }[sid.slice(0, 2)] ??
      "r"
    const count = (this.#counts.get(kind) ?? 0) + 1
    this.#counts.set(kind, count)
    return `${kind}${count}`
  }

  /** Parameters by the names a step has for them; others, and those that come twice where a step has one, by Twilio's. */
  #named(params: ReadonlyArray<Pair>, names: Readonly<Record<string, string>>): JsonObject {
    const own: Record<string, Json> = {}
    const rest: Record<string, Json> = {}
    for (const [name, value] of Object.entries(this.#form(params))) {
      const known = Object.hasOwn(names, name) ? names[name] : undefined
      if (known !== undefined && lists.has(name)) own[known] = Array.isArray(value) ? value : [value]
      else if (known !== undefined && !Array.isArray(value)) own[known] = value
      else if (name !== "ScheduleType" || known !== undefined) rest[name] = value
    }
    return { ...own, ...(Object.keys(rest).length === 0 ? {} : { params: rest }) }
  }

  /** Parameters as a group; of a name that repeats a list. */
  #form(params: ReadonlyArray<Pair>): JsonObject {
    const form = new Map<string, Json>()
    for (const [name, value] of params) {
      const before = form.get(name)
      const text = this.#text(value)
      form.set(name, before === undefined ? text : [...(Array.isArray(before) ? before : [before]), text])
    }
    return Object.fromEntries(form)
  }

  /** A text with names in place of SIDs that the run will make anew. */
  #text(text: string): string {
    return plain(text).replace(sidPattern, (sid) => {
      const name = this.names.get(sid)
      if (sid === this.#accountSid) return `\${account_sid}`
      return name === undefined ? sid : `\${${name}.sid}`
    })
  }
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`

type JsonFields = Readonly<Record<string, unknown>>

const isForm = ({ headers }: RecordedExchange["request"]): boolean =>
  /x-www-form-urlencoded/i.test(headerOf(headers, "content-type") ?? "")

const sendNames = {
  Body: "body",
  From: "from",
  MediaUrl: "media",
  MessagingServiceSid: "messaging_service_sid",
  SendAt: "send_at",
  StatusCallback: "status_callback",
  To: "to",
  ValidityPeriod: "validity_period",
}

const callNames = {
  From: "from",
  StatusCallback: "status_callback",
  StatusCallbackEvent: "status_callback_event",
  To: "to",
  Twiml: "twiml",
  Url: "url",
}

/** Parameters of which a step has a list. */
const lists: ReadonlySet<string> = new Set(["MediaUrl", "StatusCallbackEvent"])

/** What of an answer is held against the run: its status, what state something is in, and why it was refused. */
const answerExpected = (status: number, fields: JsonFields): JsonObject => {
  const kept = ["status", "error_code", "code"].flatMap((name): ReadonlyArray<readonly [string, Json]> => {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    return typeof value === "string" || typeof value === "number"
      ? [[name, typeof value === "string" ? plain(value) : value]]
      : []
  })
  return kept.length === 0 ? { answer: status } : { answer: { ...Object.fromEntries(kept), http: { status } } }
}
