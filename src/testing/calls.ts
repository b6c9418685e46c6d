import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { untimely } from "../carriers/twilio/calls/moments.ts"
import { type SeenCall, seenCall, seenCalls } from "../carriers/twilio/calls/seenCalls.ts"
import { twilioMachine } from "../carriers/twilio/twilio.machine.ts"
import type { CallAct, Exchange, TranscriptLine } from "../server/Exchange.ts"
import { addressIs, type Check, holds, type Matcher, matcher } from "../server/reading/match.ts"
import type { Call, CallLine, CallMatch, Calls, PhoneCall } from "./callTypes.ts"
import { calledFrom, failedAt, RingbackError } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { readLog } from "./log.ts"
import { nearest, said, type Wanted } from "./miss.ts"
import { promised } from "./promised.ts"
import { standing } from "./standing.ts"
import type { Patience } from "./waiting.ts"

type Exchanging = typeof Exchange.Service

/** What a test means by a match, and what it is about. */
export interface SoughtCall {
  readonly matcher: Matcher<SeenCall>
  readonly noun: "call"
  readonly wanted: Wanted
  /** Oldest first. */
  readonly candidates: () => ReadonlyArray<SeenCall>
}

const callsIn = ({ run }: Exchanging) => run.engine.world.slice(twilioMachine).calls

/** The calls of a run as a test reads them, and what it does at their other ends. */
export const callsOf = (exchange: Exchanging, patience: Patience): Calls => {
  const { run } = exchange
  const latest = (match: CallMatch): Call | undefined => {
    const { candidates, matcher } = soughtCall(exchange, match)
    const found = candidates().findLast(matcher.fits)
    return found && callAs(found)
  }
  const missing = (match: CallMatch, when: string): string => {
    const sought = soughtCall(exchange, match)
    return [
      `No ${said(sought.noun, sought.wanted)}${when}.`,
      ...nearest(sought, sought.candidates(), ({ sid }) => sid),
      standing(run),
    ].join("\n")
  }
  const doing = (frames: string, call: string | Call, act: CallAct): Promise<Call> =>
    promised(frames, done(exchange, sidOf(call), act))
  return {
    list: (match = {}) => {
      const { candidates, matcher } = soughtCall(exchange, match)
      return candidates().filter(matcher.fits).reverse().map(callAs)
    },
    latest: function latestCall(match = {}) {
      const found = latest(match)
      if (found === undefined) throw failedAt(calledFrom(latestCall), missing(match, ""))
      return found
    },
    waitFor: function waitForCall(match, options = {}) {
      return promised(
        calledFrom(waitForCall),
        Effect.suspend(() =>
          patience.find(run, options, { look: () => latest(match), missing: (when) => missing(match, when) }),
        ),
      )
    },
    get: function getCall(sid) {
      const found = seenCall(callsIn(exchange), sid)
      if (found === undefined) throw failedAt(calledFrom(getCall), nobodys(sid))
      return callAs(found)
    },
    transcript: function transcriptOfCall(call) {
      const sid = sidOf(call)
      if (seenCall(callsIn(exchange), sid) === undefined) throw failedAt(calledFrom(transcriptOfCall), nobodys(sid))
      return linesOf(exchange, sid).map(lineAs)
    },
    press: function press(call, digits) {
      return doing(calledFrom(press), call, { do: "press", digits })
    },
    speak: function speak(call, text, options = {}) {
      return promised(
        calledFrom(speak),
        Effect.suspend(() => {
          const { confidence = 0.9 } = onlyKnown(options, keys.speak)
          return confidence >= 0 && confidence <= 1
            ? done(exchange, sidOf(call), { do: "speak", text, confidence })
            : Effect.fail(new RingbackError(`confidence: expected 0 to 1, found ${String(confidence)}`))
        }),
      )
    },
    answer: function answer(call) {
      return doing(calledFrom(answer), call, { do: "answer" })
    },
    hangUp: function hangUp(call) {
      return doing(calledFrom(hangUp), call, { do: "hang up" })
    },
  }
}

/** A phone calls a number. */
export const phoneCalls = (exchange: Exchanging, call: PhoneCall): Effect.Effect<Call, { readonly message: string }> =>
  Effect.gen(function* () {
    const { from, then: steps = [], to } = onlyKnown(call, keys.phoneCall)
    const { calls, run } = exchange
    const draft = yield* refusedAs("call", calls.calling({ from, to, steps }))
    const placed = calls.called(yield* run.engine.submit(draft))
    if (placed === undefined)
      return yield* Effect.fail(
        new RingbackError(
          `call: no active account has the number ${to}; buy it, or name it in settings.twilio.allowed_from_numbers`,
        ),
      )
    return yield* callNow(exchange, placed.sid)
  })

const refusedAs = <A>(what: string, given: Either.Either<A, string>): Either.Either<A, RingbackError> =>
  Either.mapLeft(given, (why) => new RingbackError(`${what}: ${why}`))

/** Whoever is at the other end of a call does something. */
const done = (exchange: Exchanging, sid: string, act: CallAct): Effect.Effect<Call, { readonly message: string }> =>
  Effect.gen(function* () {
    const { calls, run } = exchange
    const stands = calls.stateOf(sid)
    if (stands === undefined) return yield* Effect.fail(new RingbackError(nobodys(sid)))
    const why = untimely(stands, act.do)
    if (why !== undefined) return yield* Effect.fail(new RingbackError(`${sid}: ${why}`))
    yield* run.engine.submit(yield* refusedAs(act.do, calls.doing(sid, act)))
    return yield* callNow(exchange, sid)
  })

const callNow = (exchange: Exchanging, sid: string): Effect.Effect<Call, RingbackError> =>
  Effect.suspend(() => {
    const call = seenCall(callsIn(exchange), sid)
    return call === undefined ? Effect.fail(new RingbackError(nobodys(sid))) : Effect.succeed(callAs(call))
  })

const nobodys = (sid: string): string => `No call has the SID ${JSON.stringify(sid)}.`
const sidOf = (call: string | Call): string => (typeof call === "string" ? call : call.sid)

const linesOf = ({ calls, run }: Exchanging, sid: string): ReadonlyArray<TranscriptLine> =>
  calls.transcript([...readLog(run)(0, sid)])

/** Makes a match of a test ready. Throws when it has a key that no match has, or names a call there is none of. */
export const soughtCall = (exchange: Exchanging, asked: CallMatch): SoughtCall => {
  const { after, direction, from, said: saying, status, to } = onlyKnown(asked, keys.call)
  const behind = after === undefined ? undefined : sidOf(after)
  if (behind !== undefined && seenCall(callsIn(exchange), behind) === undefined)
    throw new RingbackError(`after: expected the SID of a call that is there, found ${JSON.stringify(behind)}`)
  const check = (field: "direction" | "from" | "status" | "to", wanted: unknown, fits: (there: string) => boolean) => ({
    field,
    expected: String(wanted),
    found: (call: SeenCall) => call[field],
    fits,
  })
  const texts = (call: SeenCall): ReadonlyArray<string> =>
    linesOf(exchange, call.sid).flatMap(({ text, what }) =>
      what === "said" && text !== undefined ? [inLine(text)] : [],
    )
  const checks: ReadonlyArray<Check<SeenCall>> = [
    ...(to === undefined ? [] : [check("to", to, addressIs(to))]),
    ...(from === undefined ? [] : [check("from", from, addressIs(from))]),
    ...(status === undefined ? [] : [check("status", status, (there) => there === status)]),
    ...(direction === undefined ? [] : [check("direction", direction, (there) => there === direction)]),
    // Last, because it reads the log: of calls that fit otherwise alone.
    ...(saying === undefined ? [] : [{ field: "said", expected: String(saying), ...saidBy(texts, holds(saying)) }]),
  ]
  return {
    matcher: matcher(checks),
    noun: "call",
    wanted: { ...asked },
    candidates: () => {
      const found: Array<SeenCall> = []
      for (const call of seenCalls(callsIn(exchange)) ?? []) {
        if (call.sid === behind) break
        found.push(call)
      }
      return found.reverse()
    },
  }
}

/** White space is not heard. */
const inLine = (text: string): string => text.replace(/\s+/g, " ").trim()

/** Of several texts one has to fit; in a report they stand together. */
const saidBy = (texts: (call: SeenCall) => ReadonlyArray<string>, fits: (text: string) => boolean) => ({
  found: (call: SeenCall) => texts(call).join("\n"),
  fits: (all: string) => all.split("\n").some(fits),
})

/** A call as a test sees it. */
const callAs = (call: SeenCall): Call => ({
  sid: call.sid,
  accountSid: call.accountSid,
  parentCallSid: call.parentSid ?? null,
  direction: call.direction,
  from: call.from,
  to: call.to,
  status: call.status,
  answeredBy: call.answeredBy ?? null,
  duration: call.seconds ?? null,
  dateCreated: new Date(call.created),
  startTime: dateOf(call.answered),
  endTime: dateOf(call.ended),
})

const dateOf = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at))

const lineAs = ({ at, code, digits, ms, seq, sid, text, url, what }: TranscriptLine): CallLine => ({
  seq,
  at: new Date(at),
  what,
  text: text ?? null,
  digits: digits ?? null,
  url: url ?? null,
  ms: ms ?? null,
  sid: sid ?? null,
  code: code ?? null,
})
