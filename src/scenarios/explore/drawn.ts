import { messageCreated, messageStatusChanged, type Plan } from "../../carriers/delivery/entries.ts"
import type { JsonObject } from "../../core/canonical.ts"
import { decode, type Entry, type Row } from "../../core/Entry.ts"
import { callbackHeld, type OutboundRequested, outboundRequested, timerFired } from "../../core/entries.ts"
import { formatDuration } from "../../core/Instant.ts"
import { eventOf } from "../../network/callbackEvent.ts"
import { exploredCarrier } from "./bounds.ts"

/* The faults that struck in a run, made a list: each can be had again by itself, under the same seed. */

/** One fault that was drawn. */
export type DrawnFault =
  | {
      readonly _tag: "Callback"
      readonly subject: string
      readonly event: string | undefined
      /** As `callbacks.aimed` of a settings file has it. */
      readonly action: JsonObject
    }
  | {
      readonly _tag: "Message"
      readonly sid: string
      /** As `twilio.messages` of a settings file has it. */
      readonly behavior: JsonObject
    }

/** The faults that struck, in the order in which they did. */
export const drawnIn = (rows: ReadonlyArray<Row>): ReadonlyArray<DrawnFault> => {
  const faults: Array<DrawnFault> = []
  for (const row of rows) {
    if (!types.has(row.type)) continue
    const entry: Entry<unknown> = decode(row)
    if (callbackHeld.is(entry)) faults.push(heldFault(entry))
    else if (outboundRequested.is(entry)) faults.push(...sentFaults(entry, rows[entry.cause - 1]?.type))
    else if (messageCreated.is(entry) || messageStatusChanged.is(entry))
      faults.push(...messageFaults(entry.subject, entry.data.plan))
  }
  return faults
}

const types: ReadonlySet<string> = new Set(
  [callbackHeld, outboundRequested, messageCreated, messageStatusChanged].map(({ type }) => type),
)

const callbackFault = (subject: string, { params }: OutboundRequested, action: JsonObject): DrawnFault => ({
  _tag: "Callback",
  subject,
  event: eventOf(params),
  action,
})

const heldFault = ({
  at,
  data: { behind, due, request },
  subject,
}: Entry<typeof callbackHeld.schema.Type>): DrawnFault => {
  const after = formatDuration(due - at)
  const action =
    request.copy !== undefined ? { duplicated: after } : behind === true ? { out_of_order: after } : { late: after }
  return callbackFault(subject, request, action)
}

/** Of what follows from a timer, the fault was seen when that was set. */
const sentFaults = (
  { data, subject }: Entry<OutboundRequested>,
  causeType: string | undefined,
): ReadonlyArray<DrawnFault> => {
  if (data.purpose !== "callback" || data.attempt > 1) return []
  if (data.copy !== undefined)
    return data.copy === 1 && causeType !== timerFired.type ? [callbackFault(subject, data, { duplicated: "0s" })] : []
  return data.fault === undefined ? [] : [callbackFault(subject, data, { [data.fault]: true })]
}

/** What will become of a message was drawn when it was planned. */
const messageFaults = (sid: string, plan: Plan | undefined): ReadonlyArray<DrawnFault> => {
  if (plan?.carrier !== exploredCarrier || plan.outcome === "delivered") return []
  const { error_code, outcome } = plan
  const behavior = error_code === undefined ? { outcome } : { outcome, error_code }
  return [{ _tag: "Message", sid, behavior }]
}

/** The settings that have these faults strike and no others, as a patch of a scenario's own. */
export const aiming = (faults: ReadonlyArray<DrawnFault>, own: JsonObject): JsonObject => {
  const { callbacks } = own as { readonly callbacks?: { readonly aimed?: ReadonlyArray<JsonObject> } }
  const aimed = faults.flatMap((fault) => (fault._tag === "Callback" ? [aimOf(fault)] : []))
  const messages = faults.flatMap((fault) => (fault._tag === "Message" ? [[fault.sid, fault.behavior] as const] : []))
  return {
    ...(aimed.length === 0 ? {} : { callbacks: { aimed: [...(callbacks?.aimed ?? []), ...aimed] } }),
    ...(messages.length === 0 ? {} : { twilio: { messages: Object.fromEntries(messages) } }),
  }
}

const aimOf = ({ action, event, subject }: DrawnFault & { readonly _tag: "Callback" }): JsonObject => ({
  subject,
  ...(event === undefined ? {} : { event }),
  ...action,
})

/** A fault in words. */
export const faultSaid = (fault: DrawnFault): string => {
  if (fault._tag === "Message") {
    const { error_code, outcome } = fault.behavior
    return outcome === "sent"
      ? `message ${fault.sid} stays sent`
      : `message ${fault.sid} ends ${outcome} (${error_code})`
  }
  return `callback ${fault.event ?? ""} of ${fault.subject} ${actionSaid(fault.action)}`
}

const actionSaid = ({ duplicated, late, lost, out_of_order }: JsonObject): string => {
  if (lost === true) return "is lost"
  if (late !== undefined) return `is ${late} late`
  if (out_of_order !== undefined) return `comes behind the next, or ${out_of_order} late`
  if (duplicated !== undefined) return duplicated === "0s" ? "comes twice" : `comes once more after ${duplicated}`
  return "is not answered in time, so it comes again"
}
