import type { OutboundAnswered, OutboundFailed, OutboundRequested } from "../../../core/entries.ts"
import type { Problem } from "../alerts/debugger.ts"
import { problemOf, unread } from "../twiml/retrieve.ts"
import type { DocumentFailed, DocumentFetched } from "../voice/events.ts"

/**
 * What came back of a request for a call's instructions, as they take it.
 *
 * Refuses another status than 2xx (11200), what is too long (11750) and what is no text (12100), unless that is sound, which is played from where
 * it is
 */
export const retrieved = (
  answer: OutboundAnswered | OutboundFailed,
  { via }: Pick<OutboundRequested, "via">,
  order: { readonly at: number; readonly id: number },
): DocumentFetched | DocumentFailed => {
  const failed = ({ code, detail = "" }: Problem): DocumentFailed => ({
    type: "document-failed",
    ...order,
    code,
    detail,
  })
  if ("reason" in answer) return failed(problemOf(answer))
  const { body, content_type = via === "wire" ? "" : null, status } = answer
  // What is nothing needs no type to be that.
  const type = body === "" ? null : content_type
  if (status < 200 || status > 299) return failed({ code: 11200, detail: `the answer's status is ${status}` })
  const isSound = type?.startsWith("audio/") === true
  if (typeof body !== "string" && !isSound) return failed(unread(body))
  return { type: "document", ...order, content_type: type, text: typeof body === "string" && !isSound ? body : "" }
}
