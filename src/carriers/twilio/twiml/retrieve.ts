import * as Either from "effect/Either"
import type { OutboundAnswered, OutboundFailed, OutboundRequested } from "../../../core/entries.ts"
import { connectDetail } from "../../../network/retries.ts"
import type { Problem } from "../alerts/debugger.ts"
import type { TwimlElement } from "./document.ts"
import { parseTwiml } from "./parse.ts"

/*
 * What an application answers when it is asked what to do: a TwiML document, plain text, nothing, or something wrong.
 */

export type Instructions =
  | { readonly _tag: "Document"; readonly response: TwimlElement }
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Nothing" }

/**
 * Reads an answer.
 *
 * Refuses another status than 2xx (11200), more than 64 kB (11750), a content type that is none of text (12300), what is no XML (12100,
 * 12101) or has another root than `<Response>` (12102)
 * Why     an endpoint inside the run need not say a content type: what begins with `<` is XML then, anything else text
 * Source  "TwiML for Programmable Messaging"; errors 11200, 11750, 12100 to 12300
 */
export const instructionsIn = (
  { body, content_type, status }: OutboundAnswered,
  { via }: Pick<OutboundRequested, "via">,
): Either.Either<Instructions, Problem> => {
  if (status < 200 || status > 299) return Either.left({ code: 11200, detail: `the answer's status is ${status}` })
  if (body === "") return Either.right({ _tag: "Nothing" })
  if (typeof body !== "string") return Either.left(unread(body))
  const type = content_type ?? (via === "wire" ? "" : body.trimStart().startsWith("<") ? "text/xml" : "text/plain")
  switch (type) {
    case "text/xml":
    case "application/xml":
    case "text/html":
      return Either.map(readTwiml(body), (response) => ({ _tag: "Document", response }))
    case "text/plain":
      return Either.right({ _tag: "Text", text: body })
    default:
      return Either.left({ code: 12300, detail: `the content type is ${JSON.stringify(type)}` })
  }
}

/** A body that is not there as text: too long, no UTF-8, or text that would take too much of the log. */
export const unread = (body: Exclude<OutboundAnswered["body"], string>): Problem => {
  if ("base64" in body) return { code: 12100, detail: "the document is no UTF-8" }
  return "cut" in body
    ? { code: 11750, detail: `the document has more than ${body.length} bytes` }
    : { code: 12100, detail: "the document is mostly control characters" }
}

/** The `<Response>` of a text. */
export const readTwiml = (text: string): Either.Either<TwimlElement, Problem> => {
  const root = parseTwiml(text)
  if (Either.isLeft(root)) {
    const { code, line, reason } = root.left
    return Either.left({ code, detail: `line ${line}: ${reason.slice(0, 200)}` })
  }
  const { name } = root.right
  return name === "Response"
    ? Either.right(root.right)
    : Either.left({ code: 12102, detail: `the root element is ${name.slice(0, 100)}` })
}

/** What it means that nobody answered. */
export const problemOf = ({ detail = "", reason }: OutboundFailed): Problem => {
  if (reason === "timeout" && detail === connectDetail) return { code: 11201, detail: "no connection in time" }
  if (reason === "timeout" && detail !== "not-sent") return { code: 11200, detail: "no answer in time" }
  if (reason === "reset") return { code: 11206, ...(detail === "" ? {} : { detail }) }
  const code =
    detail === "ECONNREFUSED"
      ? 11202
      : detail === "ETIMEDOUT"
        ? 11201
        : detail === "ENOTFOUND" || detail === "EAI_AGAIN"
          ? 11210
          : /TLS|SSL|CERT|SELF_SIGNED|UNABLE_TO/.test(detail)
            ? 11220
            : 11205
  return { code, detail: detail === "" ? reason : detail }
}
