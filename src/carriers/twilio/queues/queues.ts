import type { Entry } from "../../../core/Entry.ts"
import type { CallBridged } from "../calls/entries.ts"
import { addItem, type Collection, itemOf, noItems, removeItem } from "../collection.ts"
import type { MemberEntered, MemberLeft, MemberReleased, QueueCreated, QueueUpdated } from "./entries.ts"

/** A queue of calls. Instants in virtual ms. */
export interface Queue {
  readonly sid: string
  readonly accountSid: string
  readonly created: number
  name: string
  maxSize: number
  updated: number
  /** In the order of entering. */
  members: ReadonlyArray<Member>
}

export interface Member {
  readonly callSid: string
  /** Of its instructions. */
  readonly order: number
  readonly entered: number
}

/** A call that came out of a queue, and who dialled that. */
export interface Bridge {
  readonly queueSid: string
  readonly member: Member
  readonly with: string
  /** Of the instructions of who dialled. */
  readonly order: number
  readonly at: number
  /** Since when they are connected; not while something is to be heard first. */
  readonly since: number | undefined
}

export interface Queues {
  readonly queues: Collection<Queue>
  /** Queues there ever were of each account and name, from which SIDs count. */
  readonly named: Map<string, number>
  /** The queue that each call is in. */
  readonly byCall: Map<string, string>
  /** By the call that came out of the queue. */
  readonly bridges: Map<string, Bridge>
  /** Who left a queue or a bridge last, for the reactions to that. */
  left: Member | undefined
  released: Bridge | undefined
}

export const noQueues = (): Queues => ({
  queues: noItems(),
  named: new Map(),
  byCall: new Map(),
  bridges: new Map(),
  left: undefined,
  released: undefined,
})

export const queueOf = ({ queues }: Queues, sid: string): Queue | undefined => itemOf(queues, sid)

/** The queue of an account that has this name or SID. */
export const queueNamed = ({ queues }: Queues, accountSid: string, name: string): Queue | undefined =>
  queues.all.find((queue) => queue?.accountSid === accountSid && (queue.name === name || queue.sid === name))

/** The queue a call is in, and its place there. */
export const membershipOf = (
  state: Queues,
  callSid: string,
): { readonly queue: Queue; readonly member: Member; readonly position: number } | undefined => {
  const queue = queueOf(state, state.byCall.get(callSid) ?? "")
  const index = queue?.members.findIndex((each) => each.callSid === callSid) ?? -1
  const member = queue?.members[index]
  return queue === undefined || member === undefined ? undefined : { queue, member, position: index + 1 }
}

/** The bridge of a call that dialled a queue. */
export const bridgeWith = ({ bridges }: Queues, callSid: string): Bridge | undefined =>
  [...bridges.values()].find((bridge) => bridge.with === callSid)

/** Two calls of one turn may each begin the queue they both go into: it is one. */
export const createQueue = (state: Queues, { at, data, subject }: Entry<QueueCreated>): void => {
  if (queueOf(state, subject) !== undefined) return
  addItem(state.queues, {
    sid: subject,
    accountSid: data.account_sid,
    created: at,
    name: data.friendly_name,
    maxSize: data.max_size,
    updated: at,
    members: [],
  })
  const key = `${data.account_sid} ${data.friendly_name}`
  state.named.set(key, (state.named.get(key) ?? 0) + 1)
}

export const updateQueue = (state: Queues, { at, data, subject }: Entry<QueueUpdated>): void => {
  const queue = queueOf(state, subject)
  if (queue === undefined) return
  queue.name = data.friendly_name ?? queue.name
  queue.maxSize = data.max_size ?? queue.maxSize
  queue.updated = at
}

export const deleteQueue = ({ queues }: Queues, { subject }: Entry<unknown>): void => removeItem(queues, subject)

export const enterQueue = (state: Queues, { at, data, subject }: Entry<MemberEntered>): void => {
  const queue = queueOf(state, subject)
  if (queue === undefined) return
  queue.members = [...queue.members, { callSid: data.call_sid, order: data.order, entered: at }]
  state.byCall.set(data.call_sid, subject)
}

export const leaveQueue = (state: Queues, { at, data, subject }: Entry<MemberLeft>): void => {
  const queue = queueOf(state, subject)
  const member = queue?.members.find(({ callSid }) => callSid === data.call_sid)
  state.left = member
  if (queue === undefined || member === undefined) return
  queue.members = queue.members.filter((each) => each !== member)
  state.byCall.delete(data.call_sid)
  if (data.bridge !== undefined)
    state.bridges.set(data.call_sid, {
      queueSid: subject,
      member,
      with: data.bridge.with,
      order: data.bridge.order,
      at,
      since: data.bridge.whisper === undefined ? at : undefined,
    })
}

/** What was to be heard before is over: who came out of a queue and who dialled it are connected. */
export const connectMember = ({ bridges }: Queues, { at, data, subject }: Entry<CallBridged>): void => {
  const bridge = bridges.get(data.with)
  if (bridge?.with === subject) bridges.set(data.with, { ...bridge, since: at })
}

export const releaseMember = (state: Queues, { data }: Entry<MemberReleased>): void => {
  state.released = state.bridges.get(data.call_sid)
  state.bridges.delete(data.call_sid)
}

export const clearQueues = (state: Queues): void => {
  state.queues.all.length = 0
  state.queues.places.clear()
  state.byCall.clear()
  state.bridges.clear()
}
