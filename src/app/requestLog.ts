import { messageCreated } from "../carriers/delivery/entries.ts"
import { callCreated } from "../carriers/twilio/calls/entries.ts"
import { conversationsMachine } from "../conversations/conversations.machine.ts"
import { messageComposed, messageReceived } from "../conversations/entries.ts"
import { conversationOf } from "../conversations/state.ts"
import { type ApiRequested, type ApiResponded, apiRequested, apiResponded } from "../core/entries.ts"
import { dropOldest } from "../core/oldest.ts"
import { routeOf } from "../core/routes.ts"
import type { Made } from "../engine/turn.ts"
import type { WorldState } from "../engine/World.ts"
import { requestAccepted } from "../gateway/entries.ts"
import type { EventLog } from "../log/EventLog.ts"
import { twilioApi } from "../network/apis.ts"
import type { LineFields } from "./stderrLogger.ts"

/** A request that was answered, as the process's log tells it. */
export interface ToldRequest {
  readonly text: string
  readonly status: number
  readonly fields: LineFields
}

interface Asked {
  readonly request: ApiRequested
  /** What was made of it, and whose number and conversation that is about. */
  sid: string | undefined
  phone: string | undefined
  conversation: string | undefined
}

/** Requests without an answer that are remembered; an API's latency keeps them so long. */
const askedMax = 10_000

/** Makes lines of requests and their answers from what is committed: no texts, no parameters but the SID and the number. */
export class RequestLog {
  readonly #asked = new Map<number, Asked>()
  readonly #hashOf: (row: Made["row"]) => string

  constructor(log: typeof EventLog.Service) {
    this.#hashOf = (row) => log.packed?.hashAt(row.seq) ?? row.hash
  }

  /** Takes the next entry; gives the line where it is an answer. */
  take({ entry, row }: Made, world: WorldState): ToldRequest | undefined {
    if (apiRequested.is(entry)) {
      const { data } = entry
      if (this.#asked.size >= askedMax) dropOldest(this.#asked)
      const sid = parameter(data, "MessageSid") ?? parameter(data, "CallSid") ?? sidIn(data.path)
      const phone = data.path.startsWith("/webhook/") ? parameter(data, "From") : parameter(data, "To")
      this.#asked.set(entry.seq, { request: data, sid, phone, conversation: undefined })
    } else if (apiResponded.is(entry)) {
      const asked = this.#asked.get(entry.cause)
      this.#asked.delete(entry.cause)
      return asked === undefined ? undefined : told(asked, entry.data, this.#hashOf(row), world)
    } else if (this.#asked.size > 0) this.#note(entry)
    return undefined
  }

  #note(entry: Made["entry"]): void {
    const asked = this.#asked.get(entry.cause)
    if (asked === undefined) return
    if (messageCreated.is(entry) || callCreated.is(entry)) {
      asked.sid ??= entry.subject
      asked.phone ??= entry.data.to
    } else if (requestAccepted.is(entry)) asked.phone ??= entry.data.phone
    else if (messageReceived.is(entry)) asked.conversation = entry.data.conversation
    else if (messageComposed.is(entry)) {
      asked.conversation = entry.data.conversation
      asked.phone ??= entry.data.to
    }
  }
}

const parameter = ({ params }: ApiRequested, wanted: string): string | undefined =>
  params.find(([name]) => name === wanted)?.[1]

const told = (asked: Asked, { headers, status }: ApiResponded, hash: string, world: WorldState): ToldRequest => {
  const { conversation, phone, request, sid } = asked
  const route = routeOf(request)
  return {
    text: `${route} ${status}`,
    status,
    fields: {
      request_id: requestId(request, headers, hash),
      twilio_sid: sid !== undefined && isSid.test(sid) ? sid : undefined,
      phone: phone !== undefined && isAddress.test(phone) ? phone : undefined,
      route,
      tenant_id: conversation === undefined ? undefined : tenantOf(world, conversation),
    },
  }
}

const isSid = /^[A-Z]{2}[0-9a-f]{32}$/
const isAddress = /^[+\w:.@-]{1,100}$/
const sidIn = (path: string): string | undefined => /\/((?:SM|MM|CA)[0-9a-f]{32})(?=[/.]|$)/.exec(path)?.[1]

/** The id that the caller was told: of the carrier it is the answer's hash. */
const requestId = (
  { api, headers = [] }: ApiRequested,
  answered: ApiResponded["headers"] = [],
  hash: string,
): string | undefined => {
  const given = (pairs: NonNullable<ApiResponded["headers"]>) =>
    pairs.find(([name]) => name.toLowerCase() === "x-request-id")?.[1]
  return given(answered) ?? given(headers) ?? (api === twilioApi ? `RQ${hash.slice(0, 32)}` : undefined)
}

const tenantOf = (world: WorldState, conversation: string): string | undefined =>
  conversationOf(world.slice(conversationsMachine), conversation)?.tenantId
