import { MessageDirection, MessageStatus } from "../../carriers/delivery/entries.ts"
import { codesIn, linksIn } from "../../carriers/delivery/found.ts"
import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { iso } from "../../core/Instant.ts"
import { expectationKind } from "./ExpectationKind.ts"

export const message = expectationKind<SeenMessage>({
  key: "message",
  nouns: ["message", "messages"],
  summary: "Messages of the run, sent or received, as they are now",
  fields: {
    sid: { is: "Its SID", of: ({ sid }) => sid },
    account_sid: { is: "The account it belongs to", of: ({ accountSid }) => accountSid },
    messaging_service_sid: {
      is: "The messaging service it was sent by, or null",
      of: ({ serviceSid }) => serviceSid ?? null,
    },
    direction: {
      is: "inbound, outbound-api, outbound-call or outbound-reply",
      holds: { oneOf: MessageDirection.literals },
      of: ({ direction }) => direction,
    },
    from: {
      is: "Who sent it, or null while a service has not chosen",
      of: ({ from }) => (from === "" ? null : from),
    },
    to: { is: "Who gets it", of: ({ to }) => to },
    body: { is: "Its text", of: ({ body }) => body },
    codes: {
      is: "One-time codes in its text, likeliest first",
      holds: { shape: "list" },
      of: ({ body }) => codesIn(body),
    },
    links: { is: "Addresses in its text", holds: { shape: "list", plain: true }, of: ({ body }) => linksIn(body) },
    status: { is: "What became of it", holds: { oneOf: MessageStatus.literals }, of: ({ status }) => status },
    statuses: {
      is: "Every status it has had, oldest first",
      holds: { shape: "list", oneOf: MessageStatus.literals },
      of: ({ sid }, ledger) => ledger.statusesOf(sid),
    },
    error_code: { is: "Why it failed, or null", holds: { shape: "number" }, of: ({ errorCode }) => errorCode ?? null },
    num_media: { is: "How many media it has", holds: { shape: "number" }, of: ({ numMedia }) => numMedia },
    num_segments: {
      is: "How many segments it takes",
      holds: { shape: "number" },
      of: ({ numSegments }) => numSegments,
    },
    created: { is: "When it was created, ISO 8601", of: ({ created }) => iso(created) },
    sent: { is: "When it was sent, ISO 8601, or null", of: ({ sent }) => (sent === undefined ? null : iso(sent)) },
  },
  items: ({ stage }) => [...stage.messages()].reverse(),
  id: ({ sid }) => sid,
  subject: ({ sid }) => sid,
})
