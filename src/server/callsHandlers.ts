import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { untimely } from "../carriers/twilio/calls/moments.ts"
import { iso } from "../core/Instant.ts"
import { NoSuchCall, WrongMoment } from "./callsApi.ts"
import { ControlApi } from "./controlApi.ts"
import { committed, Unavailable } from "./controlErrors.ts"
import { type CallAct, Exchange, type TranscriptLine } from "./Exchange.ts"
import { NobodysNumber } from "./inboundApi.ts"
import { ordered } from "./ordered.ts"
import { transcriptPage } from "./transcriptPage.ts"

const lineJson = ({ at, code, digits, ms, seq, sid, text, url, what }: TranscriptLine) => ({
  entry: seq,
  at: iso(at),
  what,
  text: text ?? null,
  digits: digits ?? null,
  url: url ?? null,
  ms: ms ?? null,
  sid: sid ?? null,
  code: code ?? null,
})

export const CallsLive = HttpApiBuilder.group(ControlApi, "calls", (handlers) =>
  Effect.gen(function* () {
    const { calls, run } = yield* Exchange
    const standing = (sid: string) =>
      Effect.suspend(() => {
        const call = calls.stateOf(sid)
        return call === undefined
          ? Effect.fail(new NoSuchCall({ message: `there is no call ${JSON.stringify(sid.slice(0, 100))}` }))
          : Effect.succeed(call)
      })
    const act = (sid: string, what: CallAct) =>
      Effect.gen(function* () {
        const stands = yield* standing(sid)
        const why = untimely(stands, what.do)
        if (why !== undefined) return yield* new WrongMoment({ message: why, status: stands.status })
        yield* ordered(run, () => calls.doing(sid, what))
        const after = yield* standing(sid)
        return { sid, status: after.status }
      })
    return handlers
      .handle("call", ({ payload: { from, then: steps = [], to } }) =>
        ordered(run, () => calls.calling({ from, steps, to })).pipe(
          Effect.flatMap(({ made }) => {
            const placed = calls.called(made)
            return placed === undefined
              ? Effect.fail(
                  new NobodysNumber({
                    message: `no active account has the number ${to.slice(0, 100)}; buy it, or name it in twilio.allowed_from_numbers`,
                  }),
                )
              : Effect.succeed(placed)
          }),
        ),
      )
      .handle("press", ({ path, payload: { digits } }) => act(path.sid, { do: "press", digits }))
      .handle("speak", ({ path, payload: { confidence = 0.9, text } }) =>
        act(path.sid, { confidence, do: "speak", text }),
      )
      .handle("answer", ({ path }) => act(path.sid, { do: "answer" }))
      .handle("hangup", ({ path }) => act(path.sid, { do: "hang up" }))
      .handle("transcript", ({ path: { sid }, urlParams: { after = 0, limit = 100 } }) =>
        Effect.gen(function* () {
          yield* standing(sid)
          yield* committed(run.engine)
          const { last, lines, more } = yield* transcriptPage(run.log, calls.transcript, { after, limit, sid })
          return { lines: lines.map(lineJson), last, more }
        }).pipe(Effect.catchTag("LogUnavailable", (error) => new Unavailable({ message: error.message }))),
      )
  }),
)
