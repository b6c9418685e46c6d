import type { DeliveryStatus, TenantAsked, TenantLookedUp } from "./entries.ts"
import type { Language } from "./language/detect.ts"

/** One status callback about a message. */
export interface SeenStatus {
  readonly status: DeliveryStatus
  readonly errorCode: string | undefined
  /** Virtual ms. */
  readonly at: number
  /** The seq of the webhook that brought it. */
  readonly payload: number
  /** Whether the message took it; one that came late did not count. */
  readonly moved: boolean
}

/** A message of a conversation, as rules and lists know it; its raw webhook is in the log. */
export interface ConversationMessage {
  readonly id: string
  /** The seq of the entry that made it. */
  readonly seq: number
  /** The place of its conversation; it changes when that is merged into another one. */
  conversation: number
  readonly direction: "inbound" | "outbound"
  readonly from: string
  readonly to: string
  readonly body: string
  readonly media: ReadonlyArray<string>
  readonly numMedia: number
  /** How one that goes out is sent. */
  readonly via: "api" | "webhook"
  /** Virtual ms. */
  readonly createdAt: number
  updatedAt: number
  /** Empty until the carrier has named it. */
  sid: string
  status: DeliveryStatus
  /** What came of it, oldest first. */
  statuses: ReadonlyArray<SeenStatus>
  /** What one that came in is written in. */
  readonly language: Language
  readonly confidenceBp: number
  /** Why it was not sent. */
  reason: string | undefined
  /** The carrier's code of what is wrong. */
  errorCode: string | undefined
  /** Requests that were made to send it. */
  attempts: number
  /** The seq of the webhook that brought it; 0: none did. */
  readonly payload: number
}

/** How the last look-up of a conversation's tenant stands. */
export type Lookup =
  | {
      readonly _tag: "Asking"
      readonly asks: TenantAsked["asks"]
      /** Which of them is asked, and in which attempt. */
      readonly ask: number
      readonly attempt: number
      /** Requests so far. */
      readonly attempts: number
    }
  | {
      readonly _tag: "Ended"
      readonly at: number
      readonly outcome: TenantLookedUp["outcome"]
      readonly reason: string | undefined
    }

export interface Conversation {
  readonly id: string
  /** The seq of the entry that began it. */
  readonly seq: number
  readonly place: number
  readonly number: string
  readonly original: string
  status: "open" | "closed" | "merged"
  /** The id of the one it is part of. */
  mergedInto: string | undefined
  tenantId: string | undefined
  lookup: Lookup | undefined
  /** Look-ups that were begun. */
  lookups: number
  workflowType: string | undefined
  workflowId: string | undefined
  language: Language
  confidenceBp: number
  readonly createdAt: number
  updatedAt: number
  lastMessageAt: number
  /** The number of ours that it was last written to. */
  ownNumber: string | undefined
  /** Places of its messages, oldest first. */
  messages: Array<number>
  /** Messages that were composed in it: what their ids are made of. */
  composed: number
  /** Neighbours by last activity: places, -1 where there is none. */
  newer: number
  older: number
}

/** What a request of ours that is under way is for: sending a message, or looking up a tenant. */
export interface Asked {
  readonly purpose: typeof sendPurpose | typeof lookupPurpose
  readonly seq: number
  /** The message, or the conversation. */
  readonly subject: string
  readonly attempt: number
}

/** The `purpose` of requests to the carrier, and to the monitor. */
export const sendPurpose = "conversation-send"
export const lookupPurpose = "tenant-lookup"

/** The conversation service's part of the world. */
export interface Conversations {
  /** In the order of their beginning. */
  readonly all: Array<Conversation>
  readonly places: Map<string, number>
  /** Places by number; of one that was merged that of the one it is part of. */
  readonly byNumber: Map<string, number>
  readonly messages: Array<ConversationMessage>
  readonly messagePlaces: Map<string, number>
  readonly bySid: Map<string, number>
  /** Statuses of SIDs that no message has yet, oldest SID first. */
  readonly untied: Map<string, ReadonlyArray<SeenStatus>>
  /** What clients asked to be sent, by their own names of the request. */
  readonly idempotency: Map<string, { readonly sha256: string; readonly message: string }>
  /** By the seq of the request. */
  readonly asked: Map<number, Asked>
  /** The request that has just been answered, for the rules. */
  ended: Asked | undefined
  /** Requests of this API so far: what their ids are made of. */
  requests: number
  /** How often data were cleared: the ids of what comes after are others. */
  cleared: number
  /** The conversations that were active last and longest ago; -1 while there is none. */
  newest: number
  oldest: number
}

export const noConversations = (): Conversations => ({
  all: [],
  places: new Map(),
  byNumber: new Map(),
  messages: [],
  messagePlaces: new Map(),
  bySid: new Map(),
  untied: new Map(),
  idempotency: new Map(),
  asked: new Map(),
  ended: undefined,
  requests: 0,
  cleared: 0,
  newest: -1,
  oldest: -1,
})

/** A conversation by its id, merged ones too. */
export const conversationOf = ({ all, places }: Conversations, id: string): Conversation | undefined =>
  all[places.get(id) ?? -1]

/** The conversation that a number's messages belong to. */
export const conversationWith = ({ all, byNumber }: Conversations, number: string): Conversation | undefined =>
  all[byNumber.get(number) ?? -1]

export const messageOf = ({ messagePlaces, messages }: Conversations, id: string): ConversationMessage | undefined =>
  messages[messagePlaces.get(id) ?? -1]

export const messageWith = ({ bySid, messages }: Conversations, sid: string): ConversationMessage | undefined =>
  messages[bySid.get(sid) ?? -1]

/** The place of a conversation's last message, by which conversations are in order; -1 while there is none. */
export const lastPlaceOf = ({ messages }: Conversation): number => messages.at(-1) ?? -1

/** Conversations by last activity, newest first: all, or those older than one. Merged ones are in none. */
export function* newestConversations({ all, newest }: Conversations, before?: Conversation): Generator<Conversation> {
  for (let place = before === undefined ? newest : before.older; place >= 0; ) {
    const conversation = all[place] as Conversation
    yield conversation
    place = conversation.older
  }
}
