import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { formBody } from "../core/form.ts"
import { aboutOf, paramsOf, pathOf } from "../core/traffic/about.ts"
import { headerOf, isAnswered, type RecordedExchange, textOf } from "../core/traffic/RecordedExchange.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import { askStage } from "../scenarios/askStage.ts"
import type { Answered } from "../scenarios/Play.ts"
import { ScenarioBroken } from "../scenarios/Scenario.ts"
import type { Stage } from "../scenarios/Stage.ts"
import { Callbacks } from "../traffic/compare/Callbacks.ts"
import type { Comparison, Difference, LeftOut } from "../traffic/compare/Comparison.ts"
import { type Comparing as CompareBy, compareTexts } from "../traffic/compare/fields.ts"
import { Sids } from "../traffic/compare/Sids.ts"
import { accountOf, behaviorOf, numbersNeeded, sendersOf } from "../traffic/setup.ts"
import {
  asHappened,
  type Ending,
  endingsOf,
  jsonOf,
  subjectOf,
  type Webhook,
  webhookOf,
  whyNotAsked,
} from "../traffic/story.ts"
import { stages } from "./stages.ts"

/** How long the run goes on after the last exchange, for callbacks that come later than they were recorded. */
const afterMs = 24 * 60 * 60 * 1000

export interface CompareOptions {
  readonly exchanges: ReadonlyArray<RecordedExchange>
  /** Whether texts of the recording are stand-ins. */
  readonly standIns: boolean
  readonly seed: number
  /** Told how many exchanges are done. */
  readonly progress: (done: number) => void
}

/**
 * Feeds a recording's requests to the simulator, on a run of its own in memory, at their instants, and compares what it answers and
 * what it calls back with what was recorded. What the other ends did is taken from the recording: messages and calls that came in,
 * what became of messages, and what the application answered.
 */
export const compareTraffic = (options: CompareOptions): Effect.Effect<Comparison, ScenarioBroken> =>
  Effect.scoped(
    Effect.gen(function* () {
      const exchanges = asHappened(options.exchanges)
      const comparing = new Comparing(exchanges, options)
      yield* comparing.all(yield* comparing.open())
      return comparing.comparison()
    }),
  )

type Stopped = EngineStopped | OrderFailed

/** One comparison while it goes on. */
class Comparing {
  readonly #exchanges: ReadonlyArray<RecordedExchange>
  readonly #options: CompareOptions
  readonly #endings: ReadonlyMap<string, Ending>
  readonly #sids = new Sids()
  readonly #by: CompareBy
  readonly #callbacks: Callbacks
  readonly #differences: Array<Difference> = []
  readonly #leftOut: Array<LeftOut> = []
  /** What arrived already, and calls that were told of. */
  readonly #arrived = new Set<string>()
  readonly #behaviors = new Map<string, string>()
  #answers = { compared: 0, same: 0 }
  #fields = 0

  constructor(exchanges: ReadonlyArray<RecordedExchange>, options: CompareOptions) {
    this.#exchanges = exchanges
    this.#options = options
    this.#endings = endingsOf(exchanges)
    this.#by = { sids: this.#sids, standIns: options.standIns }
    this.#callbacks = new Callbacks(
      exchanges.filter(({ direction }) => direction === "webhook"),
      this.#by,
    )
  }

  /** A stage that stands at the instant of the first exchange. */
  open(): Effect.Effect<Stage, ScenarioBroken, Scope.Scope> {
    const accountSid = accountOf(this.#exchanges)
    let stage: Stage | undefined
    const opened = stages.open({
      seed: this.#options.seed,
      start: this.#exchanges[0]?.at ?? 0,
      settings: {
        twilio: { ...(accountSid === undefined ? {} : { account_sid: accountSid }), ...sendersOf(this.#exchanges) },
        callbacks: {},
        endpoints: [],
      },
      forwards: originsOf(this.#exchanges).map((to) => ({
        to,
        handler: (request) => this.#callbacks.answer(request, stage?.run.engine.now ?? 0),
      })),
      application: undefined,
    })
    return Effect.tap(opened, (made) =>
      Effect.sync(() => {
        stage = made
      }),
    )
  }

  all(stage: Stage): Effect.Effect<void, ScenarioBroken> {
    return Effect.gen(this, function* () {
      for (const [number, { sms, voice }] of numbersNeeded(this.#exchanges)) {
        const bought = yield* buy(stage, number, sms, voice)
        if ("never" in bought || bought.status >= 300)
          this.#leave(0, `${number} cannot be set up, so nothing arrives there`)
      }
      for (const [i, exchange] of this.#exchanges.entries()) {
        yield* goTo(stage, exchange.at)
        if (exchange.direction === "api") yield* this.#request(stage, exchange)
        else yield* this.#webhook(stage, exchange)
        this.#callbacks.asking("")
        this.#options.progress(i + 1)
      }
      yield* goTo(stage, stage.run.engine.now + afterMs)
    }).pipe(Effect.mapError((error) => (error._tag === "ScenarioBroken" ? error : broken(error.message))))
  }

  comparison(): Comparison {
    const last = this.#exchanges.at(-1)?.at ?? 0
    const callbacks = this.#callbacks.compared(last)
    return {
      answers: this.#answers,
      callbacks: { compared: callbacks.compared, same: callbacks.same },
      fields: this.#fields + callbacks.fields,
      differences: [...this.#differences, ...callbacks.differences].sort((a, b) => a.at - b.at || a.n - b.n),
      leftOut: this.#leftOut,
    }
  }

  #request(stage: Stage, exchange: RecordedExchange): Effect.Effect<void, Stopped | ScenarioBroken> {
    return Effect.gen(this, function* () {
      const { answer, n, request } = exchange
      const why = whyNotAsked(exchange)
      if (why !== undefined || !isAnswered(answer)) {
        if (why !== undefined) this.#leave(n, why)
        return
      }
      const path = pathOf(request.url)
      yield* this.#ending(stage, exchange)
      const query = request.url.slice(request.url.indexOf(path) + path.length).replace(/#.*$/s, "")
      this.#callbacks.asking(aboutOf(exchange))
      const answered = yield* askStage(stage, {
        method: request.method,
        url: this.#sids.toMade(path + query),
        authorization: answer.status === 401 ? undefined : basic(stage),
        contentType: headerOf(request.headers, "content-type"),
        body: Buffer.from(this.#sids.toMade(textOf(request.body) ?? "")),
      })
      if ("never" in answered) return yield* broken(answered.never)
      this.#judge(exchange, answered)
      return undefined
    })
  }

  #judge({ answer, at, n, request }: RecordedExchange, made: Answered): void {
    if (!isAnswered(answer)) return
    const title = `${request.method} ${pathOf(request.url)}`
    const text = textOf(answer.body)
    if (text === undefined) this.#leave(n, "the body of the answer was not kept; its status alone was compared")
    const body = text === undefined ? { compared: 0, differences: [] } : compareTexts(text, made.body, this.#by)
    const status = made.undelivered === undefined ? String(made.status) : `the connection was ${made.undelivered}`
    const differences = [
      ...(status === String(answer.status) ? [] : [{ field: "status", recorded: String(answer.status), made: status }]),
      ...body.differences,
    ]
    this.#fields += body.compared + 1
    this.#answers.compared++
    if (differences.length === 0) this.#answers.same++
    for (const each of differences) this.#differences.push({ n, at, what: "answer", title, ...each })
  }

  /** What will become of a message is no fact of the carrier's: it is set up as it was. */
  #ending(stage: Stage, { answer, request }: RecordedExchange): Effect.Effect<void, ScenarioBroken> {
    return Effect.gen(this, function* () {
      if (request.method !== "POST" || !/\/Messages(?:\.json)?$/.test(pathOf(request.url)) || !isAnswered(answer))
        return
      const ending = this.#endings.get(String(jsonOf(textOf(answer.body) ?? "").sid))
      const to = paramsOf(request).find(([name]) => name === "To")?.[1] ?? ""
      if (ending === undefined || !/^(?:[a-z]+:)?\+[1-9]\d{6,14}$/.test(to)) return
      const behavior = behaviorOf(ending)
      const known = JSON.stringify(behavior)
      if (this.#behaviors.get(to) === known) return
      this.#behaviors.set(to, known)
      const changed = yield* stage.change({ twilio: { numbers: { [to]: behavior } } })
      if (Either.isLeft(changed)) return yield* broken(changed.left.join("; "))
    })
  }

  /** What somebody else did leads to a webhook; every other one follows from what there is already. */
  #webhook(stage: Stage, exchange: RecordedExchange): Effect.Effect<void, Stopped | ScenarioBroken> {
    return Effect.gen(this, function* () {
      const params = paramsOf(exchange.request)
      const subject = subjectOf(params)
      const webhook = webhookOf(exchange, this.#arrived)
      if (webhook.tells === "news") {
        yield* act(stage, this.#sids.toMade(subject), new Map(params))
        return
      }
      if (this.#arrived.has(subject)) return
      this.#arrived.add(subject)
      this.#callbacks.asking(subject)
      const draft = arriving(stage, webhook)
      if (Either.isLeft(draft)) {
        this.#leave(exchange.n, draft.left)
        return
      }
      const made = yield* stage.run.engine.submit(draft.right)
      const sid = webhook.tells === "message arrived" ? stage.phones.received(made)?.sid : stage.calls.called(made)?.sid
      if (typeof sid === "string") this.#sids.same(subject, sid)
      yield* stage.run.engine.settled
    })
  }

  #leave(n: number, reason: string): void {
    this.#leftOut.push({ n, reason })
  }
}

const broken = (message: string): ScenarioBroken => new ScenarioBroken({ lines: [message] })

const goTo = ({ run }: Stage, at: number): Effect.Effect<void, Stopped> =>
  Effect.gen(function* () {
    yield* run.engine.settled
    if (at > run.engine.now) yield* run.engine.advance(at - run.engine.now)
  })

const basic = ({ accountSid, authToken }: Stage): string =>
  `Basic ${Buffer.from(`${accountSid}:${Redacted.value(authToken)}`).toString("base64")}`

/** A number has to be the account's, so that something can arrive at it. */
const buy = (stage: Stage, number: string, sms: string | undefined, voice: string | undefined) =>
  askStage(stage, {
    method: "POST",
    url: `/2010-04-01/Accounts/${stage.accountSid}/IncomingPhoneNumbers.json`,
    authorization: basic(stage),
    contentType: "application/x-www-form-urlencoded",
    body: Buffer.from(
      formBody([
        ["PhoneNumber", number],
        ...(sms === undefined ? [] : [["SmsUrl", sms] as const]),
        ...(voice === undefined ? [] : [["VoiceUrl", voice] as const]),
      ]),
    ),
  })

const arriving = ({ calls, phones }: Stage, webhook: Exclude<Webhook, { tells: "news" }>) =>
  webhook.tells === "message arrived"
    ? phones.arriving(webhook)
    : calls.calling({ from: webhook.from, to: webhook.to, steps: [] })

/** What the other end of a call did shows in the webhook that it led to. */
const act = ({ calls, run }: Stage, sid: string, params: ReadonlyMap<string, string>): Effect.Effect<void, Stopped> =>
  Effect.gen(function* () {
    const standing = sid.startsWith("CA") ? calls.stateOf(sid)?.status : undefined
    if (standing === undefined) return
    const [digits = "", text = ""] = [params.get("Digits"), params.get("SpeechResult")]
    const done = params.get("CallStatus") === "completed"
    const draft =
      standing === "in-progress" && digits !== ""
        ? calls.doing(sid, { do: "press", digits })
        : standing === "in-progress" && text !== ""
          ? calls.doing(sid, { do: "speak", text, confidence: Number(params.get("Confidence")) || 0.9 })
          : standing === "in-progress" && done
            ? calls.doing(sid, { do: "hang up" })
            : undefined
    if (draft === undefined || Either.isLeft(draft)) return
    yield* run.engine.submit(draft.right)
    yield* run.engine.settled
  })

/** Wherever a recording names an address that something could be sent to. */
const originsOf = (exchanges: ReadonlyArray<RecordedExchange>): ReadonlyArray<string> => {
  const origins = new Set<string>()
  for (const { direction, request } of exchanges) {
    const urls = direction === "webhook" ? [request.url] : paramsOf(request).map(([, value]) => value)
    for (const url of urls) if (/^https?:\/\//i.test(url) && URL.canParse(url)) origins.add(`${new URL(url).origin}/`)
  }
  return [...origins].sort()
}
