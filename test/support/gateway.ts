import { settingsOf } from "../../src/app/settings.ts"
import { nextTimer, timersMachine } from "../../src/clock/timers.machine.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import type { Draft } from "../../src/core/Entry.ts"
import {
  type ApiRequested,
  apiRequested,
  apiResponded,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runStarted,
  timerFired,
} from "../../src/core/entries.ts"
import { gatewayMachine } from "../../src/gateway/gateway.machine.ts"
import { queueTimer } from "../../src/gateway/sending.ts"
import { type Differently, gatewayWith, noon } from "./gatewayWith.ts"
import { at, type Fact, givenEntries, type Stage } from "./given.ts"

export { noon, providersOf } from "./gatewayWith.ts"

/* A run of the gateway alone: its providers answer when a test says so. */

const { run: usual } = settingsOf({})

export const started = (differently?: Differently): Fact =>
  runStarted.draft("", {
    flags: [],
    format: 1,
    rules: 1,
    seed: 1,
    settings: {
      ...usual,
      ...(differently === undefined ? {} : { gateway: gatewayWith(differently) }),
    } as unknown as JsonObject,
    templates: {},
  })

/** A run of the gateway alone, just begun. */
export const gateway = (differently?: Differently): Stage =>
  givenEntries(gatewayMachine, at(noon, started(differently)))

/** A request of the API; a body that is no text is sent as JSON. */
export const asked = (
  method: string,
  path: string,
  body?: unknown,
  { key, query = [] }: { readonly key?: string; readonly query?: ApiRequested["query"] } = {},
): Fact =>
  apiRequested.draft("", {
    api: "gateway",
    ...(key === undefined ? {} : { headers: [["idempotency-key", key]] }),
    method,
    params: [],
    path,
    query,
    ...(body === undefined ? {} : { text: typeof body === "string" ? body : JSON.stringify(body) }),
  })

/** One text to one phone, into the queue. */
export const sms = (more: Readonly<Record<string, unknown>> = {}): Fact =>
  asked("POST", "/api/sms/send", { phone: "01921317475", text: "Hello", ...more })

/** What the turn answered. */
export const answerOf = ({ made }: Stage): { readonly status: number; readonly json: unknown } => {
  for (const { aside, entry } of made)
    if (apiResponded.is(entry)) {
      const text = "body" in entry.data ? entry.data.body : (aside ?? "")
      return { status: entry.data.status, json: JSON.parse(text) }
    }
  throw new Error(`nothing was answered, but ${typesOf({ made } as Stage).join(", ")}`)
}

/** The types of what the turn made, its input left out. */
export const typesOf = ({ made }: Stage): ReadonlyArray<string> => made.slice(1).map(({ entry }) => entry.type)

/** What the turn made of one type, data alone. */
export const dataOf = <D>(
  { made }: Stage,
  type: { readonly type: string; readonly draft: (s: string, d: D) => Draft<D> },
) => made.flatMap(({ entry }) => (entry.type === type.type ? [entry.data as D] : []))

/** A request that left, as a test answers it. */
export interface Left {
  readonly seq: number
  readonly id: string
  readonly request: OutboundRequested
}

/** The requests that left in the turn. */
export const leftIn = ({ made }: Stage): ReadonlyArray<Left> =>
  made.flatMap(({ entry }) =>
    outboundRequested.is(entry) ? [{ seq: entry.seq, id: entry.subject, request: entry.data }] : [],
  )

/** The provider a request went to. */
export const providerOf = ({ request }: Left): string => /^https?:\/\/([\w-]+)/.exec(request.url)?.[1] ?? ""

export const accepted = ({ id, seq }: Left, name = `m-${seq}`): Fact =>
  outboundAnswered.draft(id, { body: JSON.stringify({ success: true, message_id: name }), status: 200 }, seq)

export const answered = ({ id, seq }: Left, status: number, body: unknown = {}): Fact =>
  outboundAnswered.draft(id, { body: JSON.stringify(body), status }, seq)

export const failed = (
  { id, seq }: Left,
  reason: Parameters<typeof outboundFailed.draft>[1]["reason"] = "connect",
): Fact => outboundFailed.draft(id, { reason }, seq)

/** When the queue's timer is due. */
export const dueOf = ({ world }: Stage): number | undefined => {
  const timer = nextTimer(world.slice(timersMachine))
  return timer?.key === queueTimer ? timer.due : undefined
}

/** The queue's timer fires when it is due. */
export const fires = (stage: Stage): Stage => {
  const due = dueOf(stage)
  if (due === undefined) throw new Error("the queue has no timer")
  return stage.when(at(due, timerFired.draft("", { key: queueTimer })))
}

/** The gateway's slice. */
export const sliceOf = ({ world }: Stage) => world.slice(gatewayMachine)
