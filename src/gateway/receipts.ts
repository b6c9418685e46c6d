import type { Draft } from "../core/Entry.ts"
import { type ReceiptArrived, receiptArrived } from "./entries.ts"
import { dialects } from "./providers/dialects.ts"
import type { Receipt, ReceiptRequest } from "./providers/Provider.ts"
import type { GatewayProvider } from "./settings.ts"
import { type Gateway, nameAt, requestNamed } from "./state.ts"

/* Receipts as they come: from simulated providers inside the run, and over HTTP. */

/** The receipt that a request to the gateway is, in its provider's dialect. */
export const receiptIn = ({ dialect }: GatewayProvider, { params, query, text }: ReceiptRequest): Receipt | undefined =>
  dialects[dialect].receipt({ params, query, ...(text === undefined ? {} : { text }) })

/** Its subject is the request it is about; empty where no message has that name, or has it yet. */
export const arrivedReceipt = (
  gateway: Gateway,
  provider: string,
  { code, cost, providerMessageId, status, told }: Receipt,
): Draft<ReceiptArrived> =>
  receiptArrived.draft(requestNamed(gateway, nameAt(provider, providerMessageId))?.id ?? "", {
    ...(code === undefined ? {} : { code }),
    ...(cost === undefined ? {} : { cost }),
    provider,
    provider_message_id: providerMessageId,
    status,
    told,
  })
