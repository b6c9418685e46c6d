import type { Draft } from "../../core/Entry.ts"
import { type ApiRequested, apiRequested } from "../../core/entries.ts"
import { type HeadedRequest, jsonIn } from "../../network/jsonIn.ts"
import { hideUserinfo, type SecretStore } from "../../network/secretUrl.ts"
import { providerApi } from "./simulated.ts"

/* The way in to simulated providers from outside: what HTTP adds to what the log says. */

const said = (status: number, code: string, error: string) => ({
  status,
  body: JSON.stringify({ success: false, code, error }),
})

const callbackUrl = /("callback_url"\s*:\s*")((?:[^"\\]|\\.)*)"/g

/** A password in the URL of a caller's receipts is a secret, as it is in any other URL. */
const withoutSecrets = (text: string, secrets: SecretStore): string =>
  text.replace(callbackUrl, (_, before: string, url: string) => `${before}${hideUserinfo(url, secrets)}"`)

/** Takes requests to simulated providers, and dresses their answers. */
export const providersDoor = (secrets: SecretStore) => ({
  wireIn: (raw: HeadedRequest): Draft<ApiRequested> => {
    const { text, ...request } = jsonIn(raw, { api: providerApi, reads: [] }, secrets)
    return apiRequested.draft("", text === undefined ? request : { ...request, text: withoutSecrets(text, secrets) })
  },
  headers: ({ at }: { readonly at?: number | undefined }): Array<string> => [
    "Content-Type",
    "application/json",
    ...(at === undefined ? [] : ["Date", new Date(at).toUTCString()]),
  ],
  fill: (body: string): string => body,
  bytes: (): undefined => undefined,
  gone: said(404, "not_found", "nothing is here"),
  overloaded: said(429, "overloaded", "too many requests at once"),
  unavailable: said(503, "unavailable", "the exchange is stopping"),
  preflight: ["Access-Control-Allow-Origin", "*", "Access-Control-Allow-Headers", "Content-Type, Idempotency-Key"],
})
