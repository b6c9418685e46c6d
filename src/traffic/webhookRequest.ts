import * as Redacted from "effect/Redacted"
import { sign, signedForm } from "../core/signature.ts"
import { paramsOf } from "../core/traffic/about.ts"
import { headerOf, type RecordedExchange, textOf } from "../core/traffic/RecordedExchange.ts"
import { replaceInUrl } from "../core/traffic/redact/form.ts"
import type { WireRequest } from "../network/nodeClient.ts"
import { type Rewriting, rewriteBody, rewriteValue } from "./playback/rewrite.ts"
import { behindPrefix, targetAt, urlAt } from "./webhookPath.ts"

/** How a recorded webhook is sent. */
export interface SendingWebhooks {
  /** The application. */
  readonly to: URL
  /** The address the application believes to have, which is what is signed; absent: where it is. */
  readonly signAs?: URL | undefined
  /** What it is signed with; absent: it is not signed. */
  readonly token: Redacted.Redacted<string> | undefined
  /** Whether recorded addresses are a recorder's: the application has what stands behind its prefix. */
  readonly throughRecorder: boolean
}

/** A recorded webhook as it is sent now. */
export const webhookRequest = (
  { request }: RecordedExchange,
  { signAs, throughRecorder, to, token }: SendingWebhooks,
  rewriting: Rewriting,
): WireRequest => {
  const { headers, method } = request
  const type = headerOf(headers, "content-type") ?? ""
  const now = replaceInUrl(request.url, (_, value) => rewriteValue(rewriting, value))
  const target = now.replace(/^[^/]*\/\/[^/?#]*/, "")
  const rooted = target.startsWith("/") ? target : `/${target}`
  const behind = throughRecorder ? (behindPrefix(rooted) ?? rooted) : rooted
  const recorded = textOf(request.body)
  const body = recorded === undefined || recorded === "" ? undefined : rewriteBody(rewriting, type, recorded)
  const idempotency = headerOf(headers, "i-twilio-idempotency-token")
  const form = method === "GET" ? [] : paramsOf({ body: { text: body ?? "" }, headers, method, url: targetAt(to, "/") })
  const signed = signedForm(urlAt(signAs ?? to, behind))
  return {
    body,
    headers: {
      Accept: "*/*",
      "User-Agent": "TwilioProxy/1.1",
      ...(type === "" ? {} : { "Content-Type": type }),
      ...(body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) }),
      ...(idempotency === undefined ? {} : { "I-Twilio-Idempotency-Token": idempotency }),
      ...(token === undefined ? {} : { "X-Twilio-Signature": sign(Redacted.value(token), signed, form) }),
    },
    method,
    url: urlAt(to, behind),
  }
}
