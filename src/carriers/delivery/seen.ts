import type { MessageCreated, MessageStatus } from "./entries.ts"

/** A message as tests read it back, whichever carrier simulates it. Instants in virtual ms. */
export interface SeenMessage {
  readonly sid: string
  readonly accountSid: string
  readonly serviceSid: string | undefined
  readonly direction: MessageCreated["direction"]
  /** Empty while a service has not chosen a sender. */
  readonly from: string
  readonly to: string
  readonly body: string
  readonly status: MessageStatus
  readonly errorCode: number | undefined
  readonly numMedia: number
  readonly numSegments: number
  readonly created: number
  readonly updated: number
  readonly sent: number | undefined
}

/** A verification as tests read it back. Instants in virtual ms. */
export interface SeenVerification {
  readonly sid: string
  readonly serviceSid: string
  readonly accountSid: string
  readonly to: string
  readonly code: string
  readonly status: "pending" | "approved" | "canceled" | "max_attempts_reached" | "expired"
  readonly created: number
  readonly expires: number
  /** Wrong codes that were shown. */
  readonly checks: number
  /** Oldest first. */
  readonly sends: ReadonlyArray<{ readonly channel: string; readonly messageSid: string | undefined }>
}
