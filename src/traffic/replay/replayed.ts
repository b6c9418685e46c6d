import { SaxesParser } from "saxes"
import type { Pair } from "../../core/entries.ts"
import { sign, signedForm } from "../../core/signature.ts"
import { paramsOf } from "../../core/traffic/about.ts"
import { headerOf, isAnswered, type RecordedExchange, textOf } from "../../core/traffic/RecordedExchange.ts"
import type { FieldDifference } from "../compare/fields.ts"
import { compareTexts } from "../compare/fields.ts"
import { Sids } from "../compare/Sids.ts"

/* Recorded webhooks as they are sent again, and what is made of the answers. */

/** A webhook as it is sent. */
export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Where webhooks go, and who they are from. */
export interface SendingTo {
  /** The application: what stands before the path and query of a recorded URL. */
  readonly to: URL
  /** The address the application believes to have, which is what is signed; nothing said: where it is. */
  readonly signAs: URL | undefined
  /** The account's token; nothing said: without a signature. */
  readonly token: string | undefined
}

/** A recorded webhook as it is sent to an application; a text says why it cannot be. */
export const sentAgain = ({ request }: RecordedExchange, { signAs, to, token }: SendingTo): Sent | string => {
  const text = textOf(request.body)
  if (text === undefined) return "the body of the webhook was not kept"
  const recorded = new URL(request.url)
  const url = at(to, recorded)
  const isPost = request.method !== "GET" && request.method !== "HEAD"
  const type = headerOf(request.headers, "content-type") ?? "application/x-www-form-urlencoded"
  const idempotency = headerOf(request.headers, "i-twilio-idempotency-token")
  const form: ReadonlyArray<Pair> = isPost ? paramsOf({ ...request, url: to.href }) : []
  return {
    method: request.method,
    url,
    headers: {
      accept: "*/*",
      ...(isPost ? { "content-type": type } : {}),
      ...(idempotency === undefined ? {} : { "i-twilio-idempotency-token": idempotency }),
      "user-agent": "TwilioProxy/1.1",
      ...(token === undefined
        ? {}
        : { "x-twilio-signature": sign(token, signedForm(at(signAs ?? to, recorded)), form) }),
    },
    body: isPost ? text : undefined,
  }
}

/** A recorded path and query behind another address. */
const at = (base: URL, recorded: URL): string =>
  `${base.origin}${base.pathname.replace(/\/$/, "")}${recorded.pathname}${recorded.search}`

/** What an application answered now. */
export type AnswerNow =
  | { readonly status: number; readonly contentType: string; readonly body: string }
  | { readonly failed: string }

/** How an answer differs from the recorded one; `undefined` where none was recorded. */
export const differencesNow = (
  { answer }: RecordedExchange,
  now: AnswerNow,
): ReadonlyArray<FieldDifference> | undefined => {
  if (!isAnswered(answer)) return undefined
  if ("failed" in now) return [{ field: "answer", recorded: String(answer.status), made: now.failed }]
  const status =
    answer.status === now.status ? [] : [{ field: "status", recorded: String(answer.status), made: String(now.status) }]
  const text = textOf(answer.body)
  if (text === undefined) return status
  const [recordedXml, madeXml] = [xmlOf(text), xmlOf(now.body)]
  const by = { sids: new Sids(), standIns: false }
  const body =
    recordedXml !== undefined && madeXml !== undefined
      ? compareTexts(recordedXml, madeXml, by)
      : compareTexts(text, now.body, by)
  return [...status, ...body.differences]
}

/**
 * An XML document in one writing: a line for each element and text, attributes in order, without blanks between elements. `undefined`
 * for what is no XML.
 */
export const xmlOf = (text: string): string | undefined => {
  if (!text.trimStart().startsWith("<")) return undefined
  const lines: Array<string> = []
  let depth = 0
  let broken = false
  const parser = new SaxesParser({ xmlns: false })
  const indent = () => "  ".repeat(depth)
  parser.on("error", () => {
    broken = true
  })
  parser.on("opentag", ({ attributes, name }) => {
    const sorted = Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1))
    lines.push(`${indent()}<${[name, ...sorted.map(([key, value]) => `${key}=${JSON.stringify(value)}`)].join(" ")}>`)
    depth++
  })
  parser.on("closetag", () => {
    depth--
  })
  for (const kind of ["text", "cdata"] as const)
    parser.on(kind, (value: string) => {
      if (value.trim() !== "") lines.push(`${indent()}${value.trim()}`)
    })
  parser.write(text).close()
  return broken ? undefined : lines.join("\n")
}
