import { MessageStatus } from "../../carriers/delivery/entries.ts"
import { CallStatus } from "../../carriers/twilio/calls/entries.ts"
import { iso } from "../../core/Instant.ts"
import { eventOf } from "../../network/callbackEvent.ts"
import { expectationKind, type Field } from "./ExpectationKind.ts"
import type { Asked, Event } from "./Ledger.ts"

/** What callbacks tell of: statuses of messages and of calls. */
const events = [...new Set<string>([...MessageStatus.literals, ...CallStatus.literals])]

/** What callbacks have in common with every other request. */
const fieldsBy = <Item>(first: (item: Item) => Asked): Readonly<Record<string, Field<Item>>> => ({
  subject: { is: "The SID it is about", of: (item) => first(item).subject },
  url: { is: "Where it goes", holds: { plain: true }, of: (item) => first(item).request.url },
  method: { is: "GET or POST", holds: { oneOf: ["GET", "POST"] }, of: (item) => first(item).request.method },
  params: {
    is: "Its parameters by name, as the application gets them; of a name that comes twice the last value",
    holds: { shape: "any", plain: true },
    of: (item) => Object.fromEntries(first(item).request.params),
  },
  signature: {
    is: "valid, invalid or none: what the account's token says of X-Twilio-Signature",
    holds: { oneOf: ["valid", "invalid", "none"] },
    of: (item, { stage }) => stage.signature(first(item).request),
  },
  token: {
    is: "I-Twilio-Idempotency-Token, the same across attempts and copies",
    of: (item) => first(item).request.token,
  },
  event: { is: "The status it reports, of a callback", holds: { oneOf: events }, of: (item) => eventTold(first(item)) },
  at: { is: "When it was first sent, ISO 8601", of: (item) => iso(first(item).at) },
})

/** Callbacks by the event they report. */
export const callback = expectationKind<Event>({
  key: "callback",
  nouns: ["callback", "callbacks"],
  summary: "Callbacks, each across its attempts and copies",
  fields: {
    ...fieldsBy<Event>(([first]) => first),
    attempts: {
      is: "How often it was sent, duplicates and resends included",
      holds: { shape: "number" },
      of: (asked) => asked.length,
    },
    copies: {
      is: "How many of those were the first of a duplicate or a resend",
      holds: { shape: "number" },
      of: (asked) => asked.filter(({ request }) => request.copy !== undefined && request.attempt === 1).length,
    },
    delivered: {
      is: "How often it was answered 2xx: 1 is exactly once",
      holds: { shape: "number" },
      of: (asked) => asked.filter(isDelivered).length,
    },
    answers: {
      is: "What each attempt was answered: a status, or why there was none, or null while it is on its way",
      holds: { shape: "list" },
      of: (asked) => asked.map(({ outcome }) => outcome ?? null),
    },
    delivered_at: {
      is: "When the first attempt that was answered 2xx was sent, ISO 8601, or null",
      of: (asked) => {
        const delivered = asked.find(isDelivered)
        return delivered === undefined ? null : iso(delivered.at)
      },
    },
  },
  items: (ledger) => ledger.events,
  id: ([first]) => `${eventTold(first) ?? "callback"} of ${first.subject}`,
  subject: ([first]) => first.subject,
})

/** Requests as endpoints get them. */
export const request = expectationKind<Asked>({
  key: "request",
  nouns: ["request", "requests"],
  summary: "Requests to endpoints one by one: attempts of callbacks, webhooks, fetches of media",
  fields: {
    ...fieldsBy<Asked>((asked) => asked),
    purpose: { is: "callback, webhook, webhook-fallback, media …", of: (asked) => asked.request.purpose },
    attempt: { is: "Which attempt it is, from 1", holds: { shape: "number" }, of: (asked) => asked.request.attempt },
    copy: {
      is: "0; a duplicate or a resend has a higher one",
      holds: { shape: "number" },
      of: (asked) => asked.request.copy ?? 0,
    },
    answer: {
      is: "The status it was answered with, or why there was none, or null while it is on its way",
      of: ({ outcome }) => outcome ?? null,
    },
  },
  items: (ledger) => ledger.asked,
  id: ({ seq }) => `entry ${seq}`,
  subject: ({ subject }) => subject,
})

const eventTold = ({ request }: Asked): string | null => eventOf(request.params) ?? null

const isDelivered = ({ outcome }: Asked): boolean => typeof outcome === "number" && outcome >= 200 && outcome < 300
