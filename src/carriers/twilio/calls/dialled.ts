import type { Dial, DialTarget, Order } from "../voice/orders.ts"
import type { CallCreated, CallStepped } from "./entries.ts"

/** Whom a call is calling by `<Dial>`. */
export interface Dialling {
  readonly order: Dial
  /** SIDs of the calls that were made for it, in order. */
  readonly children: ReadonlyArray<string>
  /** The one it is connected with, and since when. */
  readonly connected: { readonly sid: string; readonly at: number } | undefined
  /** Those of them that have gone their own way. */
  readonly parted: ReadonlyArray<string>
  /** It was broken off: nobody else is called. */
  readonly stopped: boolean
}

/** Who calls others. */
interface Dialler {
  dialling: Dialling | undefined
}

/** A step orders to dial, or to stop that. */
export const takeDialling = (call: Dialler, { orders }: CallStepped): void => {
  for (const order of orders as unknown as ReadonlyArray<Order>)
    if (order.type === "dial") call.dialling = { order, children: [], connected: undefined, parted: [], stopped: false }
    else if (order.type === "stop" && order.of === "dial" && call.dialling?.order.id === order.id)
      call.dialling = { ...call.dialling, stopped: true }
}

/** A call was made for another one. */
export const takeChild = (parent: Dialler | undefined, sid: string, { direction }: CallCreated): void => {
  if (parent?.dialling !== undefined && direction === "outbound-dial")
    parent.dialling = { ...parent.dialling, children: [...parent.dialling.children, sid] }
}

/** Who was dialled is given other instructions. */
export const part = (parent: Dialler | undefined, sid: string): void => {
  if (parent?.dialling?.children.includes(sid))
    parent.dialling = { ...parent.dialling, parted: [...parent.dialling.parted, sid] }
}

/** Those whom it is calling, but for who has gone their own way. */
export const remaining = ({ children, parted }: Dialling): ReadonlyArray<string> =>
  children.filter((sid) => !parted.includes(sid))

export const connect = (call: Dialler | undefined, at: number, sid: string): void => {
  if (call?.dialling !== undefined) call.dialling = { ...call.dialling, connected: { sid, at } }
}

/** Those whom the exchange can call. */
export const callable = (targets: ReadonlyArray<DialTarget>): ReadonlyArray<DialTarget> =>
  targets.filter(({ kind }) => kind === "number" || kind === "client" || kind === "sip")
