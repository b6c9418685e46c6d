import type { Json } from "../../core/canonical.ts"
import type { Pair } from "../../core/entries.ts"
import { iso } from "../../core/Instant.ts"
import type { ExpectationKind } from "./ExpectationKind.ts"
import type { Asked } from "./Ledger.ts"

const shared = {
  subject: "The SID it is about",
  url: "Where it goes",
  method: "GET or POST",
  params: "Its parameters by name, as the application gets them",
  signature: "valid, invalid or none: what the account's token says of X-Twilio-Signature",
  token: "I-Twilio-Idempotency-Token, the same across attempts and copies",
}

/** Callbacks by the event they report. */
export const callback: ExpectationKind = {
  key: "callback",
  nouns: ["callback", "callbacks"],
  summary: "Callbacks, each across its attempts and copies",
  fields: {
    ...shared,
    event: "The status it reports",
    attempts: "How often it was sent, duplicates and resends included",
    copies: "How many of those were the first of a duplicate or a resend",
    delivered: "How often it was answered 2xx: 1 is exactly once",
    answers: "What each attempt was answered: a status, or why there was none, or null while it is on its way",
    at: "When it was first sent, ISO 8601",
    delivered_at: "When the first attempt that was answered 2xx was sent, ISO 8601, or null",
  },
  *candidates(ledger) {
    for (const { asked, token } of ledger.events()) {
      const [first] = asked
      if (first === undefined) continue
      const delivered = asked.filter(({ outcome }) => isGood(outcome))
      yield {
        id: `${eventOf(first) ?? "callback"} of ${first.subject}`,
        subject: first.subject,
        fields: {
          ...sharedOf(first),
          get params() {
            return byName(first.request.params)
          },
          // Worked out only where somebody asks for it.
          get signature() {
            return ledger.stage.signature(first.request)
          },
          token,
          event: eventOf(first),
          attempts: asked.length,
          copies: asked.filter(({ request }) => request.copy !== undefined && request.attempt === 1).length,
          delivered: delivered.length,
          answers: asked.map(({ outcome }) => outcome ?? null),
          get at() {
            return iso(first.at)
          },
          delivered_at: delivered[0] === undefined ? null : iso(delivered[0].at),
        },
      }
    }
  },
}

/** Requests as endpoints get them. */
export const request: ExpectationKind = {
  key: "request",
  nouns: ["request", "requests"],
  summary: "Requests to endpoints one by one: attempts of callbacks, webhooks, fetches of media",
  fields: {
    ...shared,
    purpose: "callback, webhook, webhook-fallback, media …",
    event: "The status it reports, of a callback",
    attempt: "Which attempt it is, from 1",
    copy: "0; a duplicate or a resend has a higher one",
    answer: "The status it was answered with, or why there was none, or null while it is on its way",
    at: "When it was sent, ISO 8601",
  },
  *candidates(ledger) {
    for (const asked of ledger.asked)
      yield {
        id: `entry ${asked.seq}`,
        subject: asked.subject,
        fields: {
          ...sharedOf(asked),
          get params() {
            return byName(asked.request.params)
          },
          get signature() {
            return ledger.stage.signature(asked.request)
          },
          token: asked.request.token,
          purpose: asked.request.purpose,
          event: eventOf(asked),
          attempt: asked.request.attempt,
          copy: asked.request.copy ?? 0,
          answer: asked.outcome ?? null,
          get at() {
            return iso(asked.at)
          },
        },
      }
  },
}

const sharedOf = ({ request: { method, url }, subject }: Asked) => ({
  subject,
  url,
  method,
})

/** Of a name that comes twice the last value. */
const byName = (params: ReadonlyArray<Pair>): Json => Object.fromEntries(params)

const eventOf = ({ request: { params } }: Asked): string | null =>
  params.find(([name]) => name === "MessageStatus" || name === "CallStatus")?.[1] ?? null

const isGood = (outcome: Asked["outcome"]): boolean => typeof outcome === "number" && outcome >= 200 && outcome < 300
