import type { Entry } from "../../../core/Entry.ts"
import type { OutboundRequested } from "../../../core/entries.ts"
import type { MessageCreated } from "../../delivery/entries.ts"

/** The `purpose` of requests that ask what to do with an inbound message, and of the one that asks when that failed. */
export const webhookPurpose = "webhook"
export const fallbackPurpose = "webhook-fallback"

/** A request for instructions that is under way. */
export interface Asked {
  readonly seq: number
  /** The inbound message. */
  readonly sid: string
  readonly request: OutboundRequested
}

/** What an inbound message has led to so far; gone once its instructions are carried out. */
export interface Flow {
  /** Requests for instructions, however often each was tried, without the fallback. */
  requests: number
  replies: number
  fellBack: boolean
  /** The seq of the request that is under way. */
  asking: number | undefined
}

/** Inbound messages whose instructions are still to come. */
export interface Flows {
  /** By the seq of the request. */
  readonly asked: Map<number, Asked>
  readonly bySid: Map<string, Flow>
  /** The request that was answered last: for the reactions to its answer. */
  ended: Asked | undefined
  /** When replies went from one number to another, in the last `loopMs`: instants by `from to`. */
  readonly replied: Map<string, ReadonlyArray<number>>
}

export const noFlows = (): Flows => ({ asked: new Map(), bySid: new Map(), ended: undefined, replied: new Map() })

/** Within this time so many replies from one number to another are no loop. Source: error 14107. */
export const loopMs = 30_000
export const loopRepliesMax = 15

/** How many replies went from one number to another of late. */
export const repliesOfLate = ({ replied }: Flows, from: string, to: string, at: number): number =>
  replied.get(`${from} ${to}`)?.filter((instant) => instant > at - loopMs).length ?? 0

export const askFlow = (
  { asked, bySid }: Flows,
  { data: request, seq, subject: sid }: Entry<OutboundRequested>,
): void => {
  const fallback = request.purpose === fallbackPurpose
  if (!fallback && request.purpose !== webhookPurpose) return
  const flow = bySid.get(sid) ?? { requests: 0, replies: 0, fellBack: false, asking: undefined }
  if (fallback) flow.fellBack = true
  else if (request.attempt === 1) flow.requests++
  flow.asking = seq
  bySid.set(sid, flow)
  asked.set(seq, { seq, sid, request })
}

/** An answer is there. What the one before it led to is known by now: without a further request that flow is over. */
export const endFlow = (flows: Flows, { cause }: { readonly cause: number }): void => {
  const asked = flows.asked.get(cause)
  if (asked === undefined) return
  forgetEnded(flows)
  flows.asked.delete(cause)
  const flow = flows.bySid.get(asked.sid)
  if (flow !== undefined) flow.asking = undefined
  flows.ended = asked
}

export const forgetEnded = (flows: Flows): void => {
  const { bySid, ended } = flows
  if (ended !== undefined && bySid.get(ended.sid)?.asking === undefined) bySid.delete(ended.sid)
  flows.ended = undefined
}

export const replyInFlow = ({ bySid, replied }: Flows, { at, data }: Entry<MessageCreated>): void => {
  if (data.in_reply_to === undefined) return
  const flow = bySid.get(data.in_reply_to)
  if (flow !== undefined) flow.replies++
  if (replied.size % pairsBetweenSweeps === pairsBetweenSweeps - 1)
    for (const [pair, instants] of replied) if ((instants.at(-1) ?? 0) <= at - loopMs) replied.delete(pair)
  const pair = `${data.from} ${data.to}`
  replied.set(pair, [...(replied.get(pair) ?? []).filter((instant) => instant > at - loopMs), at])
}

const pairsBetweenSweeps = 1_000

export const clearFlows = (flows: Flows): void => {
  flows.asked.clear()
  flows.bySid.clear()
  flows.ended = undefined
  flows.replied.clear()
}
