import type { Step } from "../../src/carriers/twilio/voice/interpreter.ts"
import type { Order } from "../../src/carriers/twilio/voice/orders.ts"

/** The orders of a kind that a step gave. */
export const ordersOf = <Type extends Order["type"]>(
  { orders }: Step,
  type: Type,
): ReadonlyArray<Extract<Order, { readonly type: Type }>> =>
  orders.filter((order): order is Extract<Order, { readonly type: Type }> => order.type === type)
