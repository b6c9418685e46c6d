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
