import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { iso } from "../core/Instant.ts"
import { ControlApi } from "./controlApi.ts"
import { committed } from "./controlErrors.ts"
import { Exchange, type OptOutPair } from "./Exchange.ts"
import { NobodysNumber } from "./inboundApi.ts"
import { ordered } from "./ordered.ts"

const InboundLive = HttpApiBuilder.group(ControlApi, "inbound", (handlers) =>
  Effect.gen(function* () {
    const { phones, run } = yield* Exchange
    return handlers.handle("arrive", ({ payload: { body, from, media = [], to } }) =>
      ordered(run, () => phones.arriving({ body, from, media, to })).pipe(
        Effect.flatMap(({ made }) => {
          const received = phones.received(made)
          return received === undefined
            ? Effect.fail(
                new NobodysNumber({
                  message: `no active account has the number ${to.slice(0, 100)}; buy it, or name it in twilio.allowed_from_numbers`,
                }),
              )
            : Effect.succeed(received)
        }),
      ),
    )
  }),
)

interface Asked {
  readonly after?: number
  readonly limit?: number
}

/** A page of what fits, behind a place. */
const pageOf = <Item extends { readonly n: number }>(
  items: Iterable<Item>,
  { after = 0, limit = 100 }: Asked,
  fits: (item: Item) => boolean,
) => {
  const found: Array<Item> = []
  for (const item of items) if (item.n > after && fits(item) && found.push(item) > limit) break
  const shown = found.slice(0, limit)
  return { shown, last: shown.at(-1)?.n ?? after, more: found.length > limit }
}

const OptOutsLive = HttpApiBuilder.group(ControlApi, "optOuts", (handlers) =>
  Effect.gen(function* () {
    const { phones, run } = yield* Exchange
    const order = (pair: OptOutPair, out: boolean) =>
      Effect.map(
        ordered(run, () => phones.optOut(pair, out)),
        ({ draft }) => draft.data,
      )
    return handlers
      .handle("list", ({ urlParams }) =>
        Effect.map(committed(run.engine), () => {
          const { recipient, sender } = urlParams
          const { shown, ...rest } = pageOf(
            phones.optOuts(),
            urlParams,
            (each) => each.recipient === (recipient ?? each.recipient) && each.sender === (sender ?? each.sender),
          )
          const opt_outs = shown.map(({ since, ...pair }) => ({
            recipient: pair.recipient,
            sender: pair.sender,
            since: iso(since),
          }))
          return { opt_outs, ...rest }
        }),
      )
      .handle("add", ({ payload }) =>
        Effect.map(order(payload, true), (pair) => ({ ...pair, opted_out: true as const })),
      )
      .handle("remove", ({ urlParams }) =>
        Effect.map(order(urlParams, false), (pair) => ({ ...pair, opted_out: false as const })),
      )
  }),
)

const AlertsLive = HttpApiBuilder.group(ControlApi, "alerts", (handlers) =>
  Effect.gen(function* () {
    const { phones, run } = yield* Exchange
    return handlers.handle("list", ({ urlParams }) =>
      Effect.map(committed(run.engine), () => {
        const { error_code, resource_sid } = urlParams
        const { shown, ...rest } = pageOf(
          phones.alerts(),
          urlParams,
          (each) =>
            each.error_code === (error_code ?? each.error_code) &&
            each.resource_sid === (resource_sid ?? each.resource_sid),
        )
        return { alerts: shown.map(({ n: _, since, ...alert }) => ({ ...alert, date_created: iso(since) })), ...rest }
      }),
    )
  }),
)

/** What phones do, who wants no messages, and what went wrong with webhooks. */
export const PhonesLive = Layer.mergeAll(InboundLive, OptOutsLive, AlertsLive)
