import { normalAddress, parseAddress } from "../../../core/addresses.ts"
import { sidUnder } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { messageCreated } from "../../delivery/entries.ts"
import { raised } from "../alerts/alerts.ts"
import type { AlertCode } from "../alerts/debugger.ts"
import { outcomeFor, priceOf, queuePlan, segmentsOf } from "../messages/planning.ts"
import { blocked } from "../optOut/keywordRules.ts"
import { maySendFrom } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import type { SendSms } from "../voice/orders.ts"
import type { Call } from "./calls.ts"
import { orderAnswered } from "./entries.ts"

/* Messages that a call's instructions send. */

/** The phone and the number of a call, whoever has called. */
const endsOf = ({ made: { direction, from, to } }: Call) =>
  direction === "inbound" ? { number: to, phone: from } : { number: from, phone: to }

/**
 * The message that `<Sms>` orders: to the phone and from the number of the call, unless it says otherwise.
 *
 * Refuses what a reply is refused for, with an alert: nothing is sent then, and the instructions are told `failed`
 */
export const ordered = ({ at, seed }: World, twilio: Twilio, call: Call, order: SendSms): ReadonlyArray<Draft> => {
  const { number, phone } = endsOf(call)
  const to = normalAddress(order.to ?? phone)
  const from = normalAddress(order.from ?? number)
  const sid = sidUnder("SM", seed, call.sid, `order ${order.id}`)
  const answered = (made: string | null) =>
    order.answer
      ? [
          orderAnswered.draft(call.sid, {
            event: { type: "sms-sent", at, id: order.id, sid: made, status: made === null ? "failed" : "queued" },
          }),
        ]
      : []
  const refused = (code: AlertCode, detail: string) => {
    const about = { accountSid: call.accountSid, resourceSid: call.sid }
    const alertSid = () => sidUnder("NO", seed, call.sid, `order ${order.id}`)
    return [...raised(twilio, about, [{ code, detail }], alertSid), ...answered(null)]
  }
  const wrong = wrongEnds(twilio, call, from, to)
  if (wrong !== undefined) return refused(...wrong)
  const num_segments = segmentsOf(order.body, { smart: false, mms: false })
  const joining = { from, numSegments: num_segments, validityMs: undefined }
  const plan = queuePlan(twilio, outcomeFor(twilio, to, sid), joining, at)
  if (plan === undefined) return refused(21611, from)
  const created = messageCreated.draft(sid, {
    account_sid: call.accountSid,
    body: order.body,
    direction: "outbound-call",
    from,
    num_media: 0,
    num_segments,
    plan,
    ...priceOf(twilio.settings, num_segments),
    status: "queued",
    ...(order.status_callback === null ? {} : { status_callback: order.status_callback }),
    to,
  })
  return [created, ...answered(sid)]
}

const wrongEnds = (twilio: Twilio, call: Call, from: string, to: string): [AlertCode, string] | undefined => {
  if (parseAddress(to) === undefined || to === from) return [14101, to]
  if (twilio.settings.validation.check_from_numbers && !maySendFrom(twilio, call.accountSid, from)) return [14102, from]
  return blocked(twilio, from, to) ? [21610, to] : undefined
}
