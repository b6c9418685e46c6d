import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import { parsePace } from "../clock/pace.ts"
import { iso } from "../core/Instant.ts"
import { pathOf } from "../core/traffic/about.ts"
import { isImported } from "../traffic/imported.ts"
import { type Replayed, replay } from "../traffic/replay/replay.ts"
import { readTrafficFile } from "../traffic/TrafficFile.ts"
import { jsonLine, printable, styled } from "./terminal.ts"
import { faultLines } from "./trafficFaults.ts"

export interface ReplayGiven {
  readonly file: string
  readonly to: URL
  readonly signAs: URL | undefined
  readonly token: Redacted.Redacted<string> | undefined
  readonly pace: string
  readonly json: boolean
}

/** Replays a recording and tells about it. Gives the exit code; fails with why nothing was sent. */
export const runReplay = ({ file, json, pace, signAs, to, token }: ReplayGiven): Effect.Effect<0 | 1, string> =>
  Effect.gen(function* () {
    const speed = yield* speedOf(pace)
    const traffic = yield* Effect.mapError(readTrafficFile(file), ({ message }) => message)
    if (!traffic.exchanges.some(({ direction }) => direction === "webhook"))
      return yield* Effect.fail(`${file} has no webhooks to send`)
    for (const line of faultLines(file, traffic)) yield* Console.error(printable(line))
    const console = yield* Effect.console
    const all = yield* replay({
      exchanges: traffic.exchanges,
      to,
      signAs,
      token,
      throughRecorder: !isImported(traffic.header),
      speed,
      told: (replayed) => {
        const line = json ? jsonLine(JSON.stringify(asJson(replayed))) : linesOf(replayed).join("\n")
        if (line !== "") console.unsafe.log(line)
      },
    })
    const count = (tag: Replayed["outcome"]["_tag"]) => all.filter(({ outcome }) => outcome._tag === tag).length
    const differs = count("Differs")
    const passed = differs === 0
    const [same, left] = [count("Same"), count("NotCompared")]
    if (json) yield* Console.log(jsonLine(JSON.stringify({ file, passed, same, differs, not_compared: left })))
    else
      yield* Console.log(
        `${styled(passed ? "green" : "red", `${same} of ${all.length} answers are the same`)}${left === 0 ? "" : `, ${left} were not compared`} (${file})`,
      )
    return passed ? 0 : 1
  })

/** How many times as fast as recorded; 0: without waiting. */
const speedOf = (text: string): Effect.Effect<number, string> => {
  const pace = parsePace(text)
  if (Either.isRight(pace) && pace.right._tag !== "paused")
    return Effect.succeed(pace.right._tag === "times" ? pace.right.n : pace.right._tag === "real" ? 1 : 0)
  return Effect.fail(`--pace: expected real, fast or a number of times such as 10x, found ${JSON.stringify(text)}`)
}

const titleOf = ({ exchange: { about, at, n, request } }: Replayed): string =>
  `exchange ${n}  ${iso(at)}  ${request.method} ${pathOf(request.url)}${about === "" ? "" : ` about ${about}`}`

const linesOf = (replayed: Replayed): ReadonlyArray<string> => {
  const { outcome } = replayed
  switch (outcome._tag) {
    case "Same":
      return []
    case "NotCompared":
      return [`${printable(titleOf(replayed))}: not compared: ${printable(outcome.reason)}`]
    case "Differs":
      return [
        styled("bold", printable(titleOf(replayed))),
        ...outcome.differences.flatMap(({ field, made, recorded }) => [
          `  ${printable(field)}`,
          `    recorded  ${printable(recorded)}`,
          `    now       ${printable(made)}`,
        ]),
      ]
  }
}

const asJson = ({ exchange: { about, at, n, request }, outcome }: Replayed) => ({
  n,
  at,
  about,
  url: request.url,
  outcome: outcome._tag === "Same" ? "same" : outcome._tag === "Differs" ? "differs" : "not compared",
  ...(outcome._tag === "Differs" ? { differences: outcome.differences } : {}),
  ...(outcome._tag === "NotCompared" ? { reason: outcome.reason } : {}),
})
