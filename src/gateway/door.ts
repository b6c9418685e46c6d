import type { Draft } from "../core/Entry.ts"
import { type ApiRequested, apiRequested } from "../core/entries.ts"
import { gatewayApi } from "../network/apis.ts"
import { type HeadedRequest, jsonIn } from "../network/jsonIn.ts"
import type { SecretStore } from "../network/secretUrl.ts"
import { refused } from "./api/answers.ts"
import { idempotencyHeader } from "./api/send.ts"

/* The way in to the gateway's API: what HTTP adds to what the log says. Any page may ask it, as the requirements have it. */

const cors = ["Access-Control-Allow-Origin", "*"]

/** Takes requests to the gateway, and dresses their answers. */
export const gatewayDoor = (secrets: SecretStore) => ({
  wireIn: (raw: HeadedRequest): Draft<ApiRequested> =>
    apiRequested.draft("", jsonIn(raw, { api: gatewayApi, reads: [idempotencyHeader] }, secrets)),
  headers: ({ at }: { readonly at?: number | undefined }): Array<string> => [
    "Content-Type",
    "application/json",
    "X-Content-Type-Options",
    "nosniff",
    ...cors,
    ...(at === undefined ? [] : ["Date", new Date(at).toUTCString()]),
  ],
  fill: (body: string): string => body,
  bytes: (): undefined => undefined,
  gone: refused("not_found", "this is kept no longer"),
  overloaded: refused("overloaded", "more comes in than can be taken; try again in a second"),
  unavailable: refused("stopping", "the exchange takes nothing more; it has to be started anew"),
  preflight: [
    ...cors,
    "Access-Control-Allow-Methods",
    "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers",
    "Content-Type, Idempotency-Key",
    "Access-Control-Max-Age",
    "600",
  ],
})
