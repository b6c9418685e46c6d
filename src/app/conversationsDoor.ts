import type * as Redacted from "effect/Redacted"
import { authTokenSecret, subaccountTokenSecret } from "../carriers/twilio/settings.ts"
import { isSigned } from "../client/webhooks/signatureCheck.ts"
import { errorBody, requestIdHeader, requestIdOf } from "../conversations/answers.ts"
import { type ConversationsSettings, conversationsSettings } from "../conversations/settings.ts"
import { type ApiRequested, apiRequested } from "../core/entries.ts"
import type { Pair } from "../core/pair.ts"
import type { Run } from "../engine/Run.ts"
import type { Keys } from "../log/Keys.ts"
import { allowOf } from "../network/allow.ts"
import { conversationsApi } from "../network/apis.ts"
import { insideHostOf } from "../network/inside.ts"
import { jsonIn } from "../network/jsonIn.ts"
import { restoreUserinfo } from "../network/secretUrl.ts"
import type { ApiDoor, HttpRequest } from "../server/Exchange.ts"

/*
 * HTTP of the conversation service. The edge says of a webhook whether it is signed and whether it comes from an address that is
 * allowed; neither token nor address gets further.
 */

const isWebhook = (path: string): boolean => path.startsWith("/webhook/")

/** The headers that rules read. */
const reads = [requestIdHeader, "idempotency-key"]

export const conversationsDoor = (
  { engine, seed }: Pick<Run, "engine" | "seed">,
  keys: Keys,
  publicUrl: string | undefined,
): ApiDoor => {
  // Requests that never become an entry are counted for themselves.
  let refusals = 0
  const body = (code: string, message: string): string =>
    errorBody({ at: engine.now, code, message, requestId: requestIdOf(seed, --refusals, {}) })
  return {
    wireIn: (request) => {
      const data = jsonIn(request, { api: conversationsApi, reads }, keys)
      if (!isWebhook(data.path)) return apiRequested.draft("", data)
      const settings = conversationsSettings(engine.world)
      return apiRequested.draft("", {
        ...data,
        ...(isAllowed(settings, request) ? {} : { peer: "refused" }),
        signature: signatureOf(request, { keys, publicUrl, settings }),
      })
    },
    headers: ({ at, hash }) => [
      "X-Content-Type-Options",
      "nosniff",
      ...(at === undefined ? [] : ["Date", new Date(at).toUTCString()]),
      // Of an answer that is an entry the rules say what it is.
      ...(hash === "" ? ["Content-Type", "application/json"] : []),
    ],
    // A reply to a webhook names the URL that its statuses are told to. No other answer of this API is XML.
    fill: (text) => (text.startsWith("<?xml") ? restoreUserinfo(text, keys) : text),
    bytes: () => undefined,
    get gone() {
      return { status: 404, body: body("sms.not_found", "this is kept no longer") }
    },
    get overloaded() {
      return { status: 429, body: body("sms.overloaded", "more comes in than can be taken; try again in a second") }
    },
    get unavailable() {
      return {
        status: 503,
        body: body("sms.unavailable", "the exchange takes nothing more; it has to be started anew"),
      }
    },
    preflight: [],
    guard: {
      covers: (path) => !isWebhook(path),
      body: (status, message) => body(status === 401 ? "sms.unauthorized" : "sms.forbidden", message),
    },
  }
}

const isAllowed = ({ allow }: ConversationsSettings, { peer = "" }: HttpRequest): boolean =>
  allow === undefined || allowOf(allow).permits("", peer)

interface Known {
  readonly keys: Keys
  readonly publicUrl: string | undefined
  readonly settings: ConversationsSettings
}

/** What becomes of a webhook's signature: it is valid where it is that of any URL that the sender may have asked. */
const signatureOf = (request: HttpRequest, known: Known): NonNullable<ApiRequested["signature"]> => {
  const given = headerOf(request, "x-twilio-signature")
  if (given === undefined) return "absent"
  const params = formOf(request)
  const tokens = tokensOf(known, params)
  return urlsOf(request, known).some((url) => isSigned(tokens, { url, params }, given)) ? "valid" : "invalid"
}

const headerOf = ({ headers }: HttpRequest, name: string): string | undefined => {
  const value = headers?.[name]
  return typeof value === "string" ? value : undefined
}

/** The parameters as they were signed; what is no form has none. */
const formOf = ({ body }: HttpRequest): ReadonlyArray<Pair> =>
  body instanceof Uint8Array ? [...new URLSearchParams(Buffer.from(body).toString("utf8"))] : []

/** The token that webhooks are signed with: that of the account, or at the exchange of a subaccount that they are about. */
const tokensOf = ({ keys, settings }: Known, params: ReadonlyArray<Pair>): ReadonlyArray<Redacted.Redacted<string>> => {
  if (settings.carrier !== undefined) return known(keys, settings.carrier.auth_token.secret)
  const account = params.find(([name]) => name === "AccountSid")?.[1] ?? ""
  return [...known(keys, authTokenSecret), ...known(keys, subaccountTokenSecret(account))]
}

const known = (keys: Keys, name: string): ReadonlyArray<Redacted.Redacted<string>> => {
  const secret = keys.secret(name)
  return secret === undefined ? [] : [secret]
}

/**
 * The URLs a webhook may have been signed for: below the service's own, the server's public one, and as it was requested.
 *
 * Why   a proxy may tell the scheme and host it was asked by (X-Forwarded-*); whoever invents them has no signature of that URL
 */
const urlsOf = (request: HttpRequest, { keys, publicUrl, settings }: Known): ReadonlyArray<string> => {
  const path = request.url.startsWith("/") ? request.url : request.url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "")
  const host = headerOf(request, "host")
  const [proto, forwarded] = [first(request, "x-forwarded-proto"), first(request, "x-forwarded-host")]
  const bases = [
    insideHostOf(settings.url) === undefined ? restoreUserinfo(settings.url, keys) : undefined,
    publicUrl,
    forwarded === undefined && proto === undefined ? undefined : `${proto ?? "https"}://${forwarded ?? host}`,
    host === undefined ? undefined : `http://${host}`,
  ]
  return bases.flatMap((base) => (base === undefined ? [] : [base.replace(/\/+$/, "") + path]))
}

/** The first of several proxies is the one that was asked from outside. */
const first = (request: HttpRequest, name: string): string | undefined =>
  headerOf(request, name)?.split(",", 1)[0]?.trim()
