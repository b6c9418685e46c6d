import {
  type MessageCreated,
  type MessageStatus,
  mediaStored,
  messageCreated,
  messageDeleted,
  messageFeedbackGiven,
  messageRedacted,
  messageStatusChanged,
} from "../carriers/delivery/entries.ts"
import type { Entry } from "../core/Entry.ts"

/* The life of one message, told from the entries about it alone, so that it can be told up to any of them. Instants in virtual ms. */

export interface StatusStep {
  readonly seq: number
  readonly at: number
  readonly status: MessageStatus
  readonly errorCode: number | undefined
  /** Virtual ms since the step before. */
  readonly after: number | undefined
}

export interface MessageStory {
  readonly sid: string
  /** The entry it came from: a request, a phone, an answer to a webhook. */
  readonly cause: number
  readonly created: Entry<MessageCreated>
  readonly from: string
  readonly to: string
  /** Undefined once it was taken out. */
  readonly body: string | undefined
  readonly status: MessageStatus
  readonly errorCode: number | undefined
  readonly deleted: boolean
  readonly feedback: string | undefined
  readonly media: ReadonlyArray<{
    readonly sid: string
    readonly contentType: string
    readonly length: number
    readonly url: string
  }>
  readonly history: ReadonlyArray<StatusStep>
}

/** What the entries tell; undefined when they tell of no message. */
export const messageStory = (entries: ReadonlyArray<Entry<unknown>>): MessageStory | undefined => {
  const created = entries.find(messageCreated.is)
  if (created === undefined) return undefined
  const { data, subject } = created
  const history: Array<StatusStep> = [
    { seq: created.seq, at: created.at, status: data.status, errorCode: undefined, after: undefined },
  ]
  let story = {
    from: data.from,
    body: data.body as string | undefined,
    deleted: false,
    feedback: undefined as string | undefined,
  }
  const media: Array<MessageStory["media"][number]> = []
  for (const entry of entries)
    if (messageStatusChanged.is(entry)) {
      const { error_code: errorCode, from, status } = entry.data
      history.push({
        seq: entry.seq,
        at: entry.at,
        status,
        errorCode,
        after: entry.at - (history.at(-1)?.at ?? entry.at),
      })
      story = { ...story, from: from ?? story.from }
    } else if (messageRedacted.is(entry)) story = { ...story, body: undefined }
    else if (messageDeleted.is(entry)) story = { ...story, deleted: true }
    else if (messageFeedbackGiven.is(entry)) story = { ...story, feedback: entry.data.outcome }
    else if (mediaStored.is(entry)) {
      const { content_type: contentType, length, sid, url } = entry.data
      media.push({ sid, contentType, length, url })
    }
  const last = history.at(-1) as StatusStep
  return {
    sid: subject,
    cause: created.cause,
    created,
    to: data.to,
    ...story,
    status: last.status,
    errorCode: last.errorCode,
    media,
    history,
  }
}
