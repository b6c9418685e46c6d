import * as Either from "effect/Either"
import type { Draft } from "../../../core/Entry.ts"
import type { Pair } from "../../../core/entries.ts"
import { rfc2822 } from "../../../core/Instant.ts"
import { type MessageFeedback, messageDeleted, messageFeedbackGiven, messageRedacted } from "../../delivery/entries.ts"
import { decide } from "../../delivery/lifecycle.decider.ts"
import { twilioError } from "../errors.ts"
import { feedbackOf, type Message, stateOf } from "../messages.ts"
import { param, type Reply, type Request } from "../request.ts"
import { asciiJson } from "../template.ts"
import { messageJson, messageUri, notFound, refusal } from "../wireOut.ts"
import { messageOf } from "./readMessages.ts"

/**
 * POST …/Messages/{Sid}.json: redacts (`Body` empty) or cancels (`Status=canceled`) a message, one of the two.
 *
 * Refuses anything else with 30400, to redact what is still under way with 20009, to cancel what is not scheduled with 30409
 * Source  OpenAPI, update message; errors 30400, 30404, 30409. That 20009 holds for redacting, too, is not documented.
 */
export const updateMessage = (request: Request, sid: string): Reply => {
  const message = messageOf(request, sid)
  if (message === undefined) return refusal(twilioError(30404))
  const { params } = request.entry.data
  const body = given(params, "Body")
  const status = given(params, "Status")
  if (body === "" && status === undefined) return redact(request, message)
  if (body === undefined && status === "canceled") return cancel(request, message)
  return refusal(twilioError(30400))
}

/** A parameter's value, the empty one included. */
const given = (params: ReadonlyArray<Pair>, name: string): string | undefined =>
  params.find(([key]) => key === name)?.[1]

const redact = (request: Request, message: Message): Reply =>
  message.plan === undefined
    ? changed(request, message, { body: "" }, [messageRedacted.draft(message.sid, {})])
    : refusal(twilioError(20009))

const cancel = (request: Request, message: Message): Reply =>
  Either.match(decide(stateOf(message), { _tag: "Cancel", sid: message.sid }), {
    onLeft: () => refusal(twilioError(30409)),
    onRight: (drafts) => changed(request, message, { status: "canceled" }, drafts),
  })

/** The answer that shows a message as it will be once these drafts are in the world. */
const changed = (
  { twilio, entry }: Request,
  message: Message,
  change: Partial<Message>,
  drafts: ReadonlyArray<Draft>,
): Reply => ({
  status: 200,
  body: messageJson(twilio, { ...message, ...change, updatedAfter: entry.at - message.created }),
  subject: message.sid,
  drafts,
})

/** DELETE …/Messages/{Sid}.json: the message, its media and its feedback are gone. One still under way is 20009. */
export const deleteMessage = (request: Request, sid: string): Reply => {
  const message = messageOf(request, sid)
  if (message === undefined) return notFound(request)
  if (message.plan !== undefined) return refusal(twilioError(20009))
  return { status: 204, body: "", subject: sid, drafts: [messageDeleted.draft(sid, {})] }
}

/** POST …/Messages/{Sid}/Feedback.json: what became of the message, as its application found out. */
export const giveFeedback = (request: Request, sid: string): Reply => {
  const message = messageOf(request, sid)
  if (message === undefined) return notFound(request)
  // Without one: that there is feedback at all says that the message was used.
  const outcome = param(request.entry.data.params, "Outcome") ?? "confirmed"
  if (outcome !== "confirmed" && outcome !== "unconfirmed")
    return refusal(twilioError(20400, { reason: "Outcome is neither confirmed nor unconfirmed" }))
  return {
    status: 200,
    body: feedbackJson(message, request.entry.at, { outcome }),
    subject: sid,
    drafts: [messageFeedbackGiven.draft(sid, { outcome })],
  }
}

const feedbackJson = (message: Message, at: number, feedback: MessageFeedback): string => {
  const { created, outcome, updated } = feedbackOf(message.rare, at, feedback)
  return asciiJson({
    account_sid: message.accountSid,
    message_sid: message.sid,
    outcome,
    date_created: rfc2822(created),
    date_updated: rfc2822(updated),
    uri: messageUri(message.accountSid, message.sid).replace(/\.json$/, "/Feedback.json"),
  })
}
