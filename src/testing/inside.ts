import type { Exchange } from "../server/Exchange.ts"
import type { ReadCallbacks } from "./callbacks.ts"
import type { ReadRequests } from "./requests.ts"

/** What the matchers need of an exchange that a test was given. */
export interface Inside {
  readonly exchange: typeof Exchange.Service
  readonly callbacks: ReadCallbacks
  readonly requests: ReadRequests
}

/* Each is found by the object alone, so that exchanges side by side know nothing of each other. */
const insides = new WeakMap<object, Inside>()

export const keepInside = (ringback: object, inside: Inside): void => void insides.set(ringback, inside)

export const insideOf = (received: unknown): Inside | undefined =>
  typeof received === "object" && received !== null ? insides.get(received) : undefined
