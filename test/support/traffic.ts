import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { itemsOf } from "../../src/carriers/twilio/collection.ts"
import { messageArrived } from "../../src/carriers/twilio/inbound/entries.ts"
import { recipientOptedIn, recipientOptedOut } from "../../src/carriers/twilio/optOut/entries.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { timersMachine } from "../../src/clock/timers.machine.ts"
import { decode } from "../../src/core/Entry.ts"
import {
  answerReplaced,
  callbackResent,
  type OutboundRequested,
  outboundRequested,
  timersSwapped,
} from "../../src/core/entries.ts"
import { outboundMachine } from "../../src/network/outbound.machine.ts"
import { type CallAct, callActs, performCall } from "./callTraffic.ts"
import { type ConversationAct, conversationActs, performConversation } from "./conversationTraffic.ts"
import { type GatewayAct, gatewayActs, gatewayRequests, performGateway } from "./gatewayTraffic.ts"
import { type OrderName, orderNames, ordersOf } from "./orders.ts"
import { account, messagesPath, type Simulation } from "./simulate.ts"

/** Something an application or an operator does. */
export type Act =
  | {
      readonly _tag: "send"
      readonly to: string
      readonly callback: string | undefined
      readonly body: string
      readonly way?: Way
    }
  | { readonly _tag: "change"; readonly nth: number; readonly how: keyof typeof changes }
  | { readonly _tag: "order"; readonly name: OrderName }
  | { readonly _tag: "refused"; readonly form: string }
  | { readonly _tag: "list"; readonly pageSize: number }
  | { readonly _tag: "fetch"; readonly nth: number }
  | { readonly _tag: "advance"; readonly ms: number }
  | { readonly _tag: "resend"; readonly nth: number }
  | { readonly _tag: "swap"; readonly nth: number; readonly other: number }
  | { readonly _tag: "replace"; readonly nth: number }
  | { readonly _tag: "clear"; readonly what: "messages" | "calls" | "callbacks" | "all" }
  | { readonly _tag: "arrive"; readonly body: string; readonly media?: boolean; readonly from?: string }
  | { readonly _tag: "optOut"; readonly out: boolean }
  | CallAct
  | GatewayAct
  | ConversationAct

/** How a message is sent: from a number, with pictures, by a service, at an hour, or soon stale. */
export type Way = "plain" | "pictures" | "service" | "scheduled" | "stale"

const service = { From: "", MessagingServiceSid: `MG${"5".repeat(32)}` }

const parametersOf = (way: Way, now: number): Readonly<Record<string, string>> => {
  switch (way) {
    case "plain":
      return {}
    case "pictures":
      return { MediaUrl: "https://pictures.test/1.png" }
    case "service":
      return service
    case "scheduled":
      return { ...service, ScheduleType: "fixed", SendAt: new Date(now + 1_200_000).toISOString() }
    case "stale":
      return { ValidityPeriod: "1" }
  }
}

/** Requests about a message that exists: method, what follows its path, and parameters. */
const changes = {
  redact: ["POST", ".json", "Body="],
  cancel: ["POST", ".json", "Status=canceled"],
  delete: ["DELETE", ".json", undefined],
  feedback: ["POST", "/Feedback.json", "Outcome=unconfirmed"],
  media: ["GET", "/Media.json", undefined],
} as const

const hosts = ["good", "slow", "hanging", "refusing", "recovering", "flaky"]

const send: FastCheck.Arbitrary<Act> = FastCheck.record({
  _tag: FastCheck.constant("send" as const),
  to: FastCheck.constantFrom("+15551234567", "+15559876543", "+15559999999", "+447700900123"),
  callback: FastCheck.option(
    FastCheck.constantFrom(...hosts).map((host) => `https://${host}.test/status?for=${host}`),
    { nil: undefined },
  ),
  body: FastCheck.string({ minLength: 1, maxLength: 40, unit: "grapheme" }),
  way: FastCheck.constantFrom<Way>("plain", "plain", "plain", "pictures", "service", "scheduled", "stale"),
})

const change: FastCheck.Arbitrary<Act> = FastCheck.record({
  _tag: FastCheck.constant("change" as const),
  nth: FastCheck.nat(20),
  how: FastCheck.constantFrom<keyof typeof changes>("redact", "cancel", "delete", "feedback", "media"),
})

const read: FastCheck.Arbitrary<Act> = FastCheck.oneof(
  FastCheck.record({ _tag: FastCheck.constant("list" as const), pageSize: FastCheck.integer({ min: 1, max: 5 }) }),
  FastCheck.record({ _tag: FastCheck.constant("fetch" as const), nth: FastCheck.nat(20) }),
  FastCheck.record({
    _tag: FastCheck.constant("refused" as const),
    form: FastCheck.constantFrom("", "To=abc&From=%2B15550000001&Body=x", "__proto__=1&9=2", "%zz"),
  }),
)

/** Makes, changes and ends accounts, keys, numbers and services; those that make something come more often. */
const order: FastCheck.Arbitrary<Act> = FastCheck.oneof(
  FastCheck.constantFrom<OrderName>("makeAccount", "makeKey", "buy", "makeService", "addNumber", "sendByService"),
  FastCheck.constantFrom(...orderNames),
).map((name) => ({ _tag: "order", name }))

const phone = "+15551234567"

/** Phones send messages, some of them keywords, and an operator opts them out and in. */
const phones: FastCheck.Arbitrary<Act> = FastCheck.oneof(
  {
    weight: 4,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("arrive" as const),
      body: FastCheck.constantFrom("Hello", "STOP", "start", " Help ", "YES", "unstop", "\u{1f427}"),
      media: FastCheck.boolean(),
      from: FastCheck.constantFrom(phone, phone, "+447700900123", "whatsapp:+15551234567"),
    }),
  },
  {
    weight: 1,
    arbitrary: FastCheck.record({ _tag: FastCheck.constant("optOut" as const), out: FastCheck.boolean() }),
  },
)

/** Requests only: nothing that moves the clock. */
export const requests = FastCheck.array(
  FastCheck.oneof(
    { weight: 3, arbitrary: send },
    { weight: 1, arbitrary: order },
    { weight: 1, arbitrary: read },
    { weight: 1, arbitrary: phones },
    { weight: 2, arbitrary: callActs },
    { weight: 2, arbitrary: gatewayRequests },
    { weight: 1, arbitrary: conversationActs },
  ),
  {
    minLength: 1,
    maxLength: 15,
  },
)

/** Requests, clock moves and clearings. */
export const acts = FastCheck.array(
  FastCheck.oneof(
    { weight: 5, arbitrary: send },
    { weight: 2, arbitrary: read },
    { weight: 2, arbitrary: change },
    { weight: 3, arbitrary: order },
    { weight: 3, arbitrary: phones },
    { weight: 5, arbitrary: callActs },
    { weight: 4, arbitrary: gatewayActs },
    { weight: 4, arbitrary: conversationActs },
    {
      weight: 2,
      arbitrary: FastCheck.record({
        _tag: FastCheck.constant("advance" as const),
        ms: FastCheck.constantFrom(0, 1, 1_999, 2_000, 5_000, 60_000),
      }),
    },
    {
      weight: 1,
      arbitrary: FastCheck.record({ _tag: FastCheck.constant("resend" as const), nth: FastCheck.nat(20) }),
    },
    {
      weight: 1,
      arbitrary: FastCheck.record({ _tag: FastCheck.constant("replace" as const), nth: FastCheck.nat(20) }),
    },
    {
      weight: 1,
      arbitrary: FastCheck.record({
        _tag: FastCheck.constant("swap" as const),
        nth: FastCheck.nat(20),
        other: FastCheck.nat(20),
      }),
    },
    {
      weight: 1,
      arbitrary: FastCheck.record({
        _tag: FastCheck.constant("clear" as const),
        what: FastCheck.constantFrom("messages" as const, "calls" as const, "callbacks" as const, "all" as const),
      }),
    },
  ),
  { minLength: 1, maxLength: 15 },
)

/** A number the run's account has: the one it bought last, or any. */
const numberOf = ({ run }: Simulation): string =>
  itemsOf(run.engine.world.slice(twilioMachine).senders.numbers).at(-1)?.number ?? "+15550000001"
/** Orders the nth callback so far to be sent again, if there was any. */
export const resend = (simulation: Simulation, nth: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    const sent = (yield* simulation.rows)
      .filter(({ type }) => type === outboundRequested.type)
      .map(decode)
      .filter(({ data }) => data.purpose === "callback")
    const one = sent[nth % Math.max(1, sent.length)]
    if (one === undefined) return
    const request = one.data as unknown as OutboundRequested
    yield* Effect.orDie(simulation.run.engine.submit(callbackResent.draft(one.subject, { of: one.seq, request })))
  })

/** Orders two of the timers that are pending to change places. */
const swap = ({ run }: Simulation, nth: number, other: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const keys = [...run.engine.world.slice(timersMachine).byKey.keys()]
    const key = (n: number) => keys[n % Math.max(1, keys.length)] ?? ""
    return Effect.orDie(run.engine.submit(timersSwapped.draft("", { keys: [key(nth), key(other)] })))
  })

/** Orders another answer to an attempt that is on its way, or to the next one of a callback that waits. */
const replace = ({ run }: Simulation, nth: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { pending, waiting } = run.engine.world.slice(outboundMachine)
    const attempts = [
      ...[...pending.values()].map(({ request }) => request),
      ...[...waiting.values()].map(({ request }) => ({ ...request, attempt: request.attempt + 1 })),
    ]
    const request = attempts[nth % Math.max(1, attempts.length)]
    if (request === undefined) return Effect.void
    const { attempt, copy, purpose, token } = request
    const answer =
      nth % 3 === 0
        ? { drop: "timeout" as const }
        : { after_ms: nth * 100, body: "", status: nth % 2 === 0 ? 200 : 500 }
    const order = { answer, attempt, ...(copy === undefined ? {} : { copy }), purpose, token }
    return Effect.orDie(run.engine.submit(answerReplaced.draft("", order)))
  })

/** Does one act; gives the SID of a message that was sent. */
export const perform = (
  simulation: Simulation,
  act: Act,
  sids: ReadonlyArray<string>,
): Effect.Effect<string | undefined> => {
  switch (act._tag) {
    case "send": {
      const callback: Record<string, string> = act.callback === undefined ? {} : { StatusCallback: act.callback }
      const way = parametersOf(act.way ?? "plain", simulation.run.engine.world.at)
      return simulation.send({ To: act.to, Body: act.body, ...callback, ...way })
    }
    case "change":
      return Effect.gen(function* () {
        const [method, suffix, form] = changes[act.how]
        const path = messagesPath.replace(/\.json$/, `/${sids[act.nth % Math.max(1, sids.length)] ?? "SM0"}`)
        const { body } = yield* simulation.api(method, path + suffix, form)
        const medium = act.how === "media" ? /ME[0-9a-f]{32}/.exec(body)?.[0] : undefined
        if (medium === undefined) return undefined
        yield* simulation.api("GET", `${path}/Media/${medium}`)
        yield* simulation.api("DELETE", `${path}/Media/${medium}.json`)
        return undefined
      })
    case "order":
      return Effect.as(simulation.order(ordersOf(account, simulation.run.engine.world.seed)[act.name]), undefined)
    case "refused":
      return Effect.as(simulation.api("POST", messagesPath, act.form), undefined)
    case "list":
      return Effect.as(simulation.api("GET", `${messagesPath}?PageSize=${act.pageSize}`), undefined)
    case "fetch": {
      const sid = sids[act.nth % Math.max(1, sids.length)] ?? "SM0"
      return Effect.as(simulation.api("GET", messagesPath.replace(/\.json$/, `/${sid}.json`)), undefined)
    }
    case "advance":
      return Effect.as(Effect.orDie(simulation.run.engine.advance(act.ms)), undefined)
    case "arrive": {
      const { from = phone, body, media } = act
      const channel = from.startsWith("whatsapp:") ? "whatsapp:" : ""
      const pictures = media ? { media: ["https://pictures.test/1.png", "https://pictures.test/2.png"] } : {}
      const data = { body, from, ...pictures, to: channel + numberOf(simulation) }
      return Effect.as(Effect.orDie(simulation.run.engine.submit(messageArrived.draft("", data))), undefined)
    }
    case "optOut": {
      const changed = act.out ? recipientOptedOut : recipientOptedIn
      const draft = changed.draft("", { recipient: phone, sender: numberOf(simulation) })
      return Effect.as(Effect.orDie(simulation.run.engine.submit(draft)), undefined)
    }
    case "replace":
      return Effect.as(replace(simulation, act.nth), undefined)
    case "swap":
      return Effect.as(swap(simulation, act.nth, act.other), undefined)
    case "call":
    case "ring":
    case "play":
    case "changeCall":
    case "around":
      return Effect.as(performCall(simulation, act), undefined)
    case "gateway":
      return Effect.as(performGateway(simulation, act), undefined)
    case "converse":
      return Effect.as(performConversation(simulation, act), undefined)
    case "resend":
      return Effect.as(resend(simulation, act.nth), undefined)
    case "clear":
      return Effect.as(
        Effect.orDie(simulation.run.engine.submit({ type: "data.cleared", subject: "", data: { what: act.what } })),
        undefined,
      )
  }
}

/** Does all acts, running `after` behind each; gives the SIDs of the messages sent. */
export const performAll = (
  simulation: Simulation,
  all: ReadonlyArray<Act>,
  after: (simulation: Simulation) => Effect.Effect<void> = () => Effect.void,
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const sids: Array<string> = []
    for (const act of all) {
      const sid = yield* perform(simulation, act, sids)
      if (sid !== undefined) sids.push(sid)
      yield* after(simulation)
    }
    return sids
  })
