import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { alertRaised } from "../carriers/twilio/alerts/entries.ts"
import { lookupPurpose } from "../conversations/state.ts"
import {
  type OutboundAnswered,
  type OutboundFailed,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  turnFailed,
} from "../core/entries.ts"
import { formatDuration } from "../core/Instant.ts"
import type { Run } from "../engine/Run.ts"
import type { Made } from "../engine/turn.ts"
import { notAllowed } from "../network/allow.ts"
import { outboundMachine } from "../network/outbound.machine.ts"
import { isTriedAgain, retryGapMs } from "../network/retries.ts"
import type { LogFormat } from "./operations.ts"
import { RequestLog, type ToldRequest } from "./requestLog.ts"
import { about } from "./stderrLogger.ts"

/** Lines a host second; what is more is counted. A storm of failing callbacks must not become a storm of output. */
const linesPerSecond = { text: 20, json: 500 } as const

/**
 * Tells on the process's log what a developer has to know while the run goes: callbacks that came to nothing (WARNING),
 * rules that threw (ERROR), where lines are JSON every request that was answered (INFO), and at DEBUG every entry by seq, type and
 * subject. Message texts are never told.
 */
export const logProcess = (
  { clock, engine, log }: Run,
  level: LogLevel.LogLevel,
  format: LogFormat,
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const debugging = LogLevel.lessThanEqual(level, LogLevel.Debug)
    const requests = format === "json" && LogLevel.lessThanEqual(level, LogLevel.Info) ? new RequestLog(log) : undefined
    const linesMax = linesPerSecond[format]
    const run = Runtime.runFork(yield* Effect.runtime<never>())
    // Requests that a restart sends again were asked for before.
    const asked = new Map<number, OutboundRequested>(
      [...engine.world.slice(outboundMachine).pending].map(([seq, { request }]) => [seq, request]),
    )
    let second = 0
    let told = 0
    const tell = (line: Effect.Effect<void>) => {
      const now = Math.floor(clock.hostMonotonic() / 1_000)
      if (now !== second) {
        if (told > linesMax) run(Effect.logWarning(`${told - linesMax} more lines were not shown`))
        second = now
        told = 0
      }
      told++
      if (told <= linesMax) run(line)
    }
    const look = ({ entry }: Made) => {
      if (outboundRequested.is(entry)) asked.set(entry.seq, entry.data)
      else if (outboundAnswered.is(entry) || outboundFailed.is(entry)) {
        const request = asked.get(entry.cause)
        asked.delete(entry.cause)
        const line = request === undefined ? undefined : failedLine(request, entry.subject, entry.data)
        if (line !== undefined) tell(about({ twilio_sid: sidIn(entry.subject) }, Effect.logWarning(line)))
      } else if (alertRaised.is(entry)) {
        const { error_code, request_url } = entry.data
        const url = request_url === undefined ? "" : ` by ${withoutQuery(request_url)}`
        const line = `alert ${error_code} for ${entry.subject}${url}; /admin/alerts says more`
        tell(about({ twilio_sid: sidIn(entry.subject) }, Effect.logWarning(line)))
      } else if (turnFailed.is(entry))
        tell(Effect.logError(`a rule failed, see entry ${entry.seq}: ${entry.data.error}`))
    }
    const debug = ({ entry }: Made) =>
      run(Effect.logDebug(`entry ${entry.seq} ${entry.type}${entry.subject === "" ? "" : ` ${entry.subject}`}`))
    yield* Effect.acquireRelease(
      Effect.sync(() =>
        engine.onCommitted((made) => {
          for (const item of made) {
            look(item)
            const request = requests?.take(item, engine.world)
            if (request !== undefined) tell(about(request.fields, requestLine(request)))
            if (debugging) debug(item)
          }
        }),
      ),
      (remove) => Effect.sync(() => void remove()),
    )
  })

/** Subjects are SIDs, or ids of conversations and of the gateway's requests. */
const sidIn = (subject: string): string | undefined => (/^[A-Z]{2}[0-9a-f]{32}$/.test(subject) ? subject : undefined)

/** A server's own fault is an error; what a caller did wrong is none of ours. */
const requestLine = ({ status, text }: ToldRequest): Effect.Effect<void> =>
  status >= 500 ? Effect.logError(text) : Effect.logInfo(text)

/**
 * What is told of a request that came to nothing; nothing of one that was answered well. What was redirected names the hop it ended
 * at, too: that is who answered, or who may not be asked.
 */
export const failedLine = (
  request: OutboundRequested,
  subject: string,
  end: OutboundAnswered | OutboundFailed,
): string | undefined => {
  const { attempt, connect, purpose, retry, url } = request
  if ("status" in end && end.status >= 200 && end.status < 300) return undefined
  // A monitor says so of a number that is nobody's.
  if (purpose === lookupPurpose && "status" in end && end.status === 404) return undefined
  const why = "status" in end ? String(end.status) : [end.reason, end.detail].filter(Boolean).join(" ")
  const more =
    "detail" in end && end.detail === notAllowed
      ? "callbacks.allow does not permit it, no further attempt"
      : retry !== undefined && isTriedAgain(request, end)
        ? `next attempt in ${formatDuration(retryGapMs(retry.gap_ms, attempt))}`
        : "no further attempt"
  const led = end.redirected?.at(-1)
  const redirected = led === undefined ? "" : `, redirected to ${withoutQuery(led)}`
  return `${purpose} for ${subject} to ${withoutQuery(connect ?? url)}${redirected}, attempt ${attempt}: ${why}; ${more}`
}

const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//")
