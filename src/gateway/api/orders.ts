import type { Draft } from "../../core/Entry.ts"
import { distributionReset, healthReset, requestCancelled, requestResent } from "../entries.ts"
import { arrivedReceipt, receiptIn } from "../receipts.ts"
import type { GatewayRequest } from "../requests.ts"
import type { GatewayProvider } from "../settings.ts"
import { invalid, ok, type Reply, type Request, refused } from "./answers.ts"

/* What operators order, and what providers tell. */

export const resetHealthOf = (_: Request, { id }: GatewayProvider): Reply =>
  ok(
    { success: true, message: `Health of ${id} reset`, provider_id: id },
    { subject: id, drafts: [healthReset.draft(id, {})] },
  )

export const resetDistribution = (): Reply =>
  ok({ success: true, message: "Distribution statistics reset" }, { drafts: [distributionReset.draft("", {})] })

/** `POST /api/sms/requests/<id>/cancel`: what has not been sent yet never will be. */
export const cancelRequest = (_: Request, { id, status }: GatewayRequest): Reply =>
  status === "scheduled" || status === "pending"
    ? ok({ success: true, id, status: "cancelled" }, { subject: id, drafts: [requestCancelled.draft(id, {})] })
    : refused("not_cancellable", `a request that is ${status} cannot be cancelled`, { id, status })

/** `POST /api/sms/dead-letters/<id>/resend` */
export const resendOne = (_: Request, request: GatewayRequest): Reply => {
  const { id, status } = request
  return isDead(request)
    ? ok({ success: true, id, status: "pending" }, { subject: id, drafts: [requestResent.draft(id, {})] })
    : refused("not_a_dead_letter", `a request that is ${status} is no dead letter`, { id, status })
}

/** Dead letters that one order sends again: a turn has an end. */
const resentTogether = 1_000

/**
 * `POST /api/sms/dead-letters/resend`: the oldest ones. Those of which nobody knows whether they arrived only one by one: each may reach its
 * phone twice.
 */
export const resendAll = ({ gateway }: Request): Reply => {
  const drafts: Array<Draft> = []
  let more = false
  for (let place = 0; place < gateway.byId.length && !more; place++) {
    if (gateway.byId.value(place, "status") !== "failed") continue
    more = drafts.length === resentTogether
    if (!more) drafts.push(requestResent.draft(gateway.byId.value(place, "id") as string, {}))
  }
  return ok({ success: true, resent: drafts.length, more }, { drafts })
}

const isDead = ({ status }: GatewayRequest): boolean => status === "failed" || status === "unsure"

/** `POST /api/sms/<provider>/receipts`: what became of a message, in the provider's dialect. */
export const takeReceipt = ({ entry, gateway }: Request, provider: GatewayProvider): Reply => {
  const receipt = receiptIn(provider, entry.data)
  if (receipt === undefined)
    return invalid([
      { type: "receipt", loc: ["body"], msg: `Input should be a receipt of the dialect ${provider.dialect}` },
    ])
  const draft = arrivedReceipt(gateway, provider.id, receipt)
  return ok({ success: true, known: draft.subject !== "" }, { subject: draft.subject, drafts: [draft] })
}
