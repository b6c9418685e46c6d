import type { ApiRequested, OutboundRequested, Pair } from "../../core/entries.ts"
import type { ProviderConfig } from "./settings.ts"

/** One text to one phone, as every provider gets it. */
export interface Send {
  /** The id of the gateway's request: the same in all its attempts. Providers that can are told it, so that they can be asked for it. */
  readonly id: string
  /** In E.164 form. */
  readonly to: string
  readonly text: string
}

/** What a request to a provider is, besides what every one has (request.ts): how it is sent is not the dialect's. */
export interface ProviderRequest {
  readonly method: "GET" | "POST"
  /** Where to. Userinfo in it stays the name of a secret; the edge makes it a Basic authorization. */
  readonly url: string
  /** A form; with GET a query. */
  readonly params?: ReadonlyArray<Pair>
  /** A JSON body, as text. It excludes `params`. */
  readonly json?: string
  readonly headers?: ReadonlyArray<Pair>
  /** Who asks: by a bearer token, or by HTTP Basic; the secret is a name. */
  readonly auth?: NonNullable<OutboundRequested["auth"]>
  /** Names of `params` whose values are paths of this server; the edge makes them absolute URLs. */
  readonly absolute?: ReadonlyArray<string>
}

/** What a provider answered: the status and, as far as it was kept, the body. */
export interface ProviderAnswer {
  readonly status: number
  readonly body: string
}

/** Money in millionths of a currency. */
export interface Cost {
  /** ISO 4217. */
  readonly currency: string
  readonly micros: number
}

/** What an attempt came to. */
export type ProviderOutcome =
  | {
      readonly _tag: "Accepted"
      readonly providerMessageId: string
      /** Where the answer says it; otherwise the settings' price holds. */
      readonly cost?: Cost
    }
  | {
      readonly _tag: "Refused"
      /** The provider's own code, or `http <status>`. */
      readonly code: string
      readonly reason: string
      /** `message`: every provider would refuse it. `provider`: another one may well take it, and this one's health suffers. */
      readonly blames: "message" | "provider"
      /** Whether the same provider may take the same message later. */
      readonly retryable: boolean
    }
  /** Too many at once: nothing is wrong with either. `retryAfterMs` where the answer says it. */
  | { readonly _tag: "Limited"; readonly retryAfterMs?: number }
  /** Nobody knows. `left`: the message may have been taken all the same, so another attempt may be a second one. */
  | { readonly _tag: "Failed"; readonly reason: string; readonly left: boolean }

/** What a provider tells later of a message it took. */
export interface Receipt {
  readonly providerMessageId: string
  /** The provider's own word for it is in `told`. */
  readonly status: "sent" | "delivered" | "undelivered"
  readonly told: string
  /** The provider's own code. */
  readonly code?: string
  readonly cost?: Cost
}

/** The part of a request to the gateway that receipts are read from. */
export type ReceiptRequest = Pick<ApiRequested, "params" | "query" | "text">

/** What a provider knows of a request that it was asked for. */
export type Asked =
  | { readonly _tag: "Taken"; readonly providerMessageId: string; readonly cost?: Cost }
  /** It never came there. */
  | { readonly _tag: "Unknown" }
  /** It did not say. */
  | { readonly _tag: "Unanswered" }

/**
 * How one kind of provider is spoken to. Everything is a pure function of what it is given: the same in a live run, a replay, a
 * what-if. Nothing throws, whatever a provider answers.
 *
 * Contract  dialect.contract.ts says what every dialect keeps to; docs/adding-a-provider.md how one is added
 */
export interface Dialect {
  /** Its name in settings. */
  readonly name: string
  readonly request: (config: ProviderConfig, send: Send) => ProviderRequest
  readonly read: (answer: ProviderAnswer) => ProviderOutcome
  /** `undefined` for what is no receipt of this kind of provider. */
  readonly receipt: (request: ReceiptRequest) => Receipt | undefined
  /**
   * Asks what became of an attempt that was interrupted, by the request's own id. Absent where a provider cannot be asked: the
   * attempt stays unsure until somebody decides.
   */
  readonly ask?: {
    readonly request: (config: ProviderConfig, id: string) => ProviderRequest
    readonly read: (answer: ProviderAnswer, id: string) => Asked
  }
}
