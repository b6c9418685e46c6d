import type { IncomingMessage, ServerResponse } from "node:http"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import {
  bodyKeptBytesMax,
  isAnswered,
  type RecordedExchange,
  type RecordedRequest,
} from "../../core/traffic/RecordedExchange.ts"
import { isImported } from "../imported.ts"
import { bodyOfBytes } from "../record/collected.ts"
import { makeForwarder, recordedHeaders } from "../record/forward.ts"
import { refuse } from "../refuse.ts"
import { targetAt } from "../webhookPath.ts"
import { followings } from "./following.ts"
import { answerNow, Playing, type PlayingOptions } from "./Playing.ts"
import type { Rewriting } from "./rewrite.ts"
import type { Miss } from "./Tape.ts"
import { makeWebhookSender, type PlaybackPace, type Sent } from "./webhookSender.ts"

export interface PlayerOptions extends PlayingOptions {
  /** Who answers what was not recorded; `undefined`: nobody, it is answered 404. */
  readonly otherwise: URL | undefined
  /** Where webhooks go, how fast, and the token that signs them; `undefined`: none are sent. */
  readonly webhooks:
    | { readonly to: URL; readonly pace: PlaybackPace; readonly token: Redacted.Redacted<string> | undefined }
    | undefined
  readonly told: (event: PlayerEvent) => void
}

/** What happens while a recording is played back. */
export type PlayerEvent =
  | { readonly _tag: "Answered"; readonly exchange: RecordedExchange; readonly times: number }
  | { readonly _tag: "Missed"; readonly method: string; readonly path: string; readonly forwarded: boolean }
  | ({ readonly _tag: "Sent" } & Sent)

/** What was played so far. */
export interface Played {
  readonly answered: number
  readonly missed: number
  readonly webhooks: number
  /** Requests of the recording that nobody has asked for. */
  readonly unused: number
}

export interface Player {
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void
  readonly soFar: () => Played
}

/** Makes what answers requests from a recording. Webhooks before the first request are sent at once. */
export const makePlayer = (options: PlayerOptions): Effect.Effect<Player, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { traffic, webhooks } = options
    const clock = yield* Effect.clock
    const forwarder = yield* Effect.acquireRelease(Effect.sync(makeForwarder), ({ close }) => Effect.sync(close))
    const sender =
      webhooks === undefined
        ? undefined
        : yield* makeWebhookSender({
            ...webhooks,
            throughRecorder: !isImported(traffic.header),
            sent: (sent) => options.told({ _tag: "Sent", ...sent }),
          })
    const following = followings(traffic.exchanges)
    const state = new Playing(options, () => clock.unsafeCurrentTimeMillis())
    let webhooksSent = 0
    const follow = (n: number, rewriting: () => Rewriting) => {
      const next = following.get(n) ?? []
      if (sender === undefined || next.length === 0) return
      webhooksSent += next.length
      sender.follow(next, rewriting())
    }
    follow(0, () => state.rewriting())

    const handler = (request: IncomingMessage, response: ServerResponse): void =>
      readWhole(request, response, (body) => {
        const found = state.find(requestOf(request, body))
        if (!("nearest" in found)) {
          const rewriting = state.answering(found)
          options.told({ _tag: "Answered", exchange: found.exchange, times: found.times })
          answer(response, { exchange: found.exchange, rewriting })
          follow(found.exchange.n, () => rewriting)
          return
        }
        const { method = "GET", url = "/" } = request
        const { otherwise } = options
        options.told({ _tag: "Missed", method, path: url, forwarded: otherwise !== undefined })
        if (otherwise === undefined) refuse(response, 404, "api", missed(method, url), missJson(found))
        else
          forwarder.forward(
            request,
            response,
            { server: otherwise, target: targetAt(otherwise, url) },
            (outcome) => {
              if (!isAnswered(outcome.answer) && outcome.unanswered)
                refuse(response, 502, "api", `${otherwise.origin} could not be asked: ${outcome.answer.failed}`)
            },
            body,
          )
      })
    return { handler, soFar: () => ({ ...state.soFar(), webhooks: webhooksSent }) }
  })

/** A request as a recording has it. The server is nobody's: it is not compared. */
const requestOf = (request: IncomingMessage, body: Buffer): RecordedRequest => ({
  body: bodyOfBytes(body, request.headers["content-encoding"]),
  headers: recordedHeaders(request),
  method: request.method ?? "GET",
  url: `http://localhost${request.url ?? "/"}`,
})

const readWhole = (request: IncomingMessage, response: ServerResponse, then: (body: Buffer) => void): void => {
  const chunks: Array<Buffer> = []
  let length = 0
  request.on("data", (chunk: Buffer) => {
    length += chunk.length
    if (length <= bodyKeptBytesMax) chunks.push(chunk)
  })
  request.on("end", () => {
    if (length <= bodyKeptBytesMax) then(Buffer.concat(chunks))
    else refuse(response, 413, "api", `a request has at most ${bodyKeptBytesMax} bytes`)
  })
  request.on("error", () => response.destroy())
}

const answer = (
  response: ServerResponse,
  { exchange, rewriting }: { exchange: RecordedExchange; rewriting: Rewriting },
): void => {
  const now = answerNow(exchange, rewriting)
  if ("why" in now) {
    refuse(response, 502, "api", now.why)
    return
  }
  response.writeHead(now.status, now.headers)
  response.end(now.body)
}

const missed = (method: string, target: string): string =>
  `no recorded request fits ${method} ${target.replace(/\?.*$/s, "")}; details say which comes nearest`

const missJson = ({ nearest }: Miss) =>
  nearest === undefined
    ? { nearest: null }
    : {
        nearest: {
          differences: nearest.differences.map(({ field, found, recorded }) => ({ field, found, recorded })),
          method: nearest.exchange.request.method,
          n: nearest.exchange.n,
          url: nearest.exchange.request.url,
          used: nearest.used,
        },
      }
