import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as Redacted from "effect/Redacted"
import { makeOptOuts, OptOuts } from "../../src/client/optOuts.ts"
import type { InboundMessage } from "../../src/client/webhooks/inbound.ts"
import type { WebhookOptions } from "../../src/client/webhooks/options.ts"
import type { StatusUpdate } from "../../src/client/webhooks/statusUpdates.ts"
import { makeWebhooks, type WebhookEndpoint } from "../../src/client/webhooks/Webhooks.ts"
import { fromWebRequest } from "../../src/client/webhooks/web.ts"

export const token = "the token of the tests"
export const sms = "https://app.example/sms"
export const statusUrl = "https://app.example/status"
export const signed = { token }
export const empty = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
export const reply = (text: string) =>
  `<?xml version="1.0" encoding="UTF-8"?><Response><Message>${text}</Message></Response>`

export const silent = Logger.remove(Logger.defaultLogger)
export const ask = (endpoint: WebhookEndpoint, request: Request) =>
  Effect.map(endpoint(fromWebRequest(request)), ({ body, status }) => [status, body] as const)

/** Webhooks whose opt-outs, messages and statuses are looked at. */
export const rig = (options: Partial<WebhookOptions> = {}) =>
  Effect.gen(function* () {
    const optOuts = makeOptOuts()
    const messages: Array<InboundMessage> = []
    const updates: Array<StatusUpdate> = []
    const webhooks = yield* makeWebhooks({
      authToken: Redacted.make(token),
      messages: [{ answer: (message) => Effect.sync(() => void messages.push(message) as undefined) }],
      statuses: [{ hears: (update) => Effect.sync(() => updates.push(update)) }],
      ...options,
    }).pipe(Effect.provideService(OptOuts, optOuts))
    return { ...webhooks, messages, optOuts, statuses: () => updates.map((update) => update.status), updates }
  }).pipe(Effect.orDie)
