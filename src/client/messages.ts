import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { messageOf } from "./answers.ts"
import { type Call, makeCaller, type Parts } from "./calls.ts"
import { type ClientError, InvalidRequest } from "./errors.ts"
import type { OptOuts } from "./optOuts.ts"
import { messagesPath, pagesOf } from "./pages.ts"
import { makeSend } from "./sending.ts"
import { spanned } from "./spans.ts"
import type { Messages, Templates } from "./TwilioClient.ts"
import type { BulkOptions, Message, Outcome } from "./types.ts"

export interface MessageParts extends Parts {
  readonly optOuts: OptOuts
  readonly templates: Templates
}

const concurrencyUsual = 50
const concurrencyMax = 1_000

/** Messages of an account over its API. */
export const makeMessages = (parts: MessageParts): Messages => {
  const { options, seen } = parts
  const caller = makeCaller(parts)
  const send = makeSend({ ...parts, caller })

  const called = (sid: string, call: Pick<Call<Message>, "method" | "name" | "params">) =>
    Effect.gen(function* () {
      if (!/^(?:SM|MM)[0-9a-fA-F]{32}$/.test(sid))
        return yield* new InvalidRequest({ message: "the SID of a message is SM or MM and 32 hex digits" })
      const path = `${messagesPath(options.accountSid)}/${sid}.json`
      const before = Effect.void
      return (yield* caller.call({ ...call, path, repeatable: true, before, read: messageOf })).value
    }).pipe(
      Effect.tapError((error) => seen.tell({ _tag: "Failed", call: call.name, error })),
      spanned("twilio.lookup", { attributes: { message_sid: sid } }),
    )
  const get: Messages["get"] = (sid) => called(sid, { name: "get", method: "GET", params: [] })
  const pages: Messages["pages"] = (filter = {}) =>
    pagesOf(caller, options, filter).pipe(
      Stream.tapError((error) => seen.tell({ _tag: "Failed", call: "list", error })),
    )
  return {
    send,
    get,
    pages,
    sendBulk: (requests, bulk) => severally(requests, send, bulk),
    getMany: (sids, bulk) =>
      Effect.suspend(() => {
        const all = [...sids]
        const each = [...new Set(all)]
        return Effect.map(severally(each, get, bulk), (outcomes) => {
          const bySid = new Map(each.map((sid, i) => [sid, outcomes[i] as Outcome<Message>]))
          return all.map((sid) => bySid.get(sid) as Outcome<Message>)
        })
      }),
    list: (filter = {}) => {
      const all = Stream.flatMap(pages(filter), ({ items }) => Stream.fromIterable(items))
      return filter.limit === undefined ? all : Stream.take(all, filter.limit)
    },
    cancel: (sid) =>
      called(sid, { name: "cancel", method: "POST", params: [["Status", "canceled"]] }).pipe(
        // Perhaps it was canceled before, by a request of this very call too.
        Effect.catchTag("NotCancelable", (error) =>
          Effect.flatMap(get(sid), (message) =>
            message.status === "canceled" ? Effect.succeed(message) : Effect.fail<ClientError>(error),
          ),
        ),
      ),
  }
}

/** Does the same with several; a failure is a value. */
const severally = <A, B>(
  items: Iterable<A>,
  each: (item: A) => Effect.Effect<B, ClientError>,
  { concurrency = concurrencyUsual }: BulkOptions = {},
): Effect.Effect<ReadonlyArray<Outcome<B>>> =>
  Effect.suspend(() =>
    Effect.forEach(
      [...items],
      (item) =>
        Effect.match(each(item), {
          onSuccess: (value): Outcome<B> => ({ ok: true, value }),
          onFailure: (error): Outcome<B> => ({ ok: false, error }),
        }),
      { concurrency: Math.min(concurrencyMax, Math.max(1, Math.floor(concurrency) || 1)) },
    ),
  )
