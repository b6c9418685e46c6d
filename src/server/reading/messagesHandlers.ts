import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { codesIn, linksIn } from "../../carriers/delivery/found.ts"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { iso, parseInstant } from "../../core/Instant.ts"
import { limits } from "../../core/limits.ts"
import { ControlApi } from "../controlApi.ts"
import { BadOrder, committed } from "../controlErrors.ts"
import { Exchange, type MessagesView } from "../Exchange.ts"
import { type Expectation, judge, senseless, type Verdict } from "./expectations.ts"
import { type Match, matcherOf } from "./match.ts"
import { ExpectationFailed, NoMessage } from "./messagesApi.ts"
import { lookUntil, Waiters, waitMs } from "./waiting.ts"

const messageJson = (message: SeenMessage) => ({
  sid: message.sid,
  account_sid: message.accountSid,
  messaging_service_sid: message.serviceSid ?? null,
  direction: message.direction,
  from: message.from === "" ? null : message.from,
  to: message.to,
  body: message.body,
  codes: codesIn(message.body),
  links: linksIn(message.body),
  status: message.status,
  error_code: message.errorCode ?? null,
  num_media: message.numMedia,
  num_segments: message.numSegments,
  date_created: iso(message.created),
  date_updated: iso(message.updated),
  date_sent: message.sent === undefined ? null : iso(message.sent),
})

interface Filter extends Match {
  readonly since?: string
}

/** The virtual instant from which messages count. */
const sinceOf = (since: string | undefined): Effect.Effect<number, BadOrder> => {
  if (since === undefined) return Effect.succeed(Number.NEGATIVE_INFINITY)
  const at = parseInstant(since)
  return at === undefined
    ? new BadOrder({
        message: `since: expected an instant such as 2026-01-01T00:00:00Z, found ${JSON.stringify(since.slice(0, 100))}`,
      })
    : Effect.succeed(at)
}

interface Page {
  readonly messages: ReadonlyArray<SeenMessage>
  readonly next: string | null
}

/** One page: of at most `limits.messagesSearchedMax` messages those that match, newest first. */
const pageOf = (messages: Iterable<SeenMessage>, match: Match, since: number, limit: number): Page => {
  const { fits } = matcherOf(match)
  const found: Array<SeenMessage> = []
  let searched = 0
  let last: string | null = null
  for (const message of messages) {
    // Created later never stands behind created earlier.
    if (message.created < since) break
    if (found.length === limit || searched === limits.messagesSearchedMax) return { messages: found, next: last }
    searched++
    last = message.sid
    if (fits(message)) found.push(message)
  }
  return { messages: found, next: null }
}

/** The messages that expectations are about, oldest first; nothing when there are too many to look at. */
const expectedOf = (view: MessagesView, since: number): ReadonlyArray<SeenMessage> | undefined => {
  const messages: Array<SeenMessage> = []
  for (const message of view.newest() ?? []) {
    if (message.created < since) break
    if (messages.length === limits.messagesSearchedMax) return undefined
    messages.push(message)
  }
  return messages.reverse()
}

const tooMany = new BadOrder({
  message: `since: there are more than ${limits.messagesSearchedMax} messages to look at; name an instant to begin at`,
})

/** What a failed order says first. */
const failure = ({ fates }: Verdict): string =>
  fates.flatMap(({ met, why }, i) => (met ? [] : [`messages[${i}]: ${why}`])).join("; ")

export const MessagesLive = HttpApiBuilder.group(ControlApi, "messages", (handlers) =>
  Effect.gen(function* () {
    const { messages: view, run } = yield* Exchange
    const waiters = yield* Waiters
    const { engine } = run
    const waited = Effect.provideService(Waiters, waiters)
    const first = (filter: Filter, before: string | undefined, limit: number, wait: string | undefined) =>
      Effect.gen(function* () {
        const since = yield* sinceOf(filter.since)
        const ms = yield* waitMs("wait", wait)
        if (view.newest(before) === undefined)
          return yield* new BadOrder({ message: "before: expected the SID of a message that is or was there" })
        let page: Page = { messages: [], next: null }
        yield* lookUntil(engine, ms, () => {
          page = pageOf(view.newest(before) ?? [], filter, since, limit)
          return page.messages.length > 0 ? Option.some(page) : Option.none()
        }).pipe(waited)
        return page
      })
    return handlers
      .handle("list", ({ urlParams: { before, limit = 50, wait, ...filter } }) =>
        Effect.map(first(filter, before, limit, wait), ({ messages, next }) => ({
          messages: messages.map(messageJson),
          next,
        })),
      )
      .handle("latest", ({ urlParams: { wait, ...filter } }) =>
        Effect.flatMap(first(filter, undefined, 1, wait), ({ messages: [latest], next }) => {
          if (latest !== undefined) return Effect.succeed(messageJson(latest))
          return new NoMessage({
            message:
              next === null
                ? "no message matches"
                : `none of the newest ${limits.messagesSearchedMax} messages matches`,
          })
        }),
      )
      .handle("expect", ({ payload: { in_order = false, messages, since, within } }) =>
        Effect.gen(function* () {
          const from = yield* sinceOf(since)
          const ms = yield* waitMs("within", within)
          const expectations: ReadonlyArray<Expectation> = messages
          for (const [i, expectation] of expectations.entries()) {
            const why = senseless(expectation)
            if (why !== undefined) return yield* new BadOrder({ message: `messages[${i}]: ${why}` })
          }
          let verdict: Verdict | undefined
          const look = () => {
            const there = expectedOf(view, from)
            verdict = there && judge(expectations, there, { inOrder: in_order, namedMax: limits.expectedNamedMax })
            return verdict === undefined || verdict.final ? Option.some(verdict) : Option.none()
          }
          const found = yield* lookUntil(engine, ms, look).pipe(waited)
          if (Option.isNone(found) && ms > 0) {
            yield* committed(engine)
            look()
          }
          if (verdict === undefined) return yield* tooMany
          const { fates, met } = verdict as Verdict
          if (met) return { met: true as const, messages: fates }
          return yield* new ExpectationFailed({ message: failure(verdict), met: false, messages: fates })
        }),
      )
  }),
)
