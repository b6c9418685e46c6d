import { stepText } from "../carriers/twilio/calls/scriptText.ts"
import type { Entry } from "../core/Entry.ts"
import { apiRequested, type Pair } from "../core/entries.ts"
import type { CallStory } from "./callStory.ts"
import { type Copy, curlOf, paramsField, sdkCall, stepOf } from "./copies.ts"
import { quoted } from "./texts.ts"

/* A call as something to run again elsewhere. */

/**
 * What to copy of a call; `asking` is the entry it came from, `origin` where the browser found this server. Of a call that another
 * one or a conference made there is nothing to copy: it follows from what that one does.
 */
export const callCopiesOf = (
  { accountSid, direction, from, made, to }: CallStory,
  asking: Entry<unknown> | undefined,
  origin: string,
): ReadonlyArray<Copy> => {
  if (direction === "inbound") return ofPhone({ from, to, steps: (made.script ?? []).map(stepText) }, origin)
  const path = `/2010-04-01/Accounts/${accountSid}/Calls.json`
  if (asking === undefined || !apiRequested.is(asking) || !asking.data.path.endsWith("/Calls.json")) return []
  const { params } = asking.data
  return [
    { label: "curl", text: curlOf(`${origin}${path}`, accountSid, params) },
    { label: "SDK call", text: sdkCall("calls", params) },
    { label: "scenario step", text: stepOf("call", stepFields(params)) },
  ]
}

const ofPhone = (
  { from, steps, to }: { readonly from: string; readonly to: string; readonly steps: ReadonlyArray<string> },
  origin: string,
): ReadonlyArray<Copy> => {
  const order = Object.fromEntries([["from", from], ["to", to], ...(steps.length === 0 ? [] : [["then", steps]])])
  const then = steps.map((step) => ` --then ${quoted(step)}`).join("")
  return [
    {
      label: "curl",
      text: `curl ${origin}/admin/calls -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(order))}`,
    },
    { label: "command", text: `ringback call --from ${quoted(from)} --to ${quoted(to)}${then}` },
    { label: "scenario step", text: stepOf("ring", order) },
  ]
}

/** Fields of a `call` step by the parameters they stand for. */
const fieldsOfCall: ReadonlyMap<string, string> = new Map([
  ["To", "to"],
  ["From", "from"],
  ["Url", "url"],
  ["Twiml", "twiml"],
  ["StatusCallback", "status_callback"],
])

/** Parameters as a `call` step has them; those it has no field for stand in `params`. */
const stepFields = (params: ReadonlyArray<Pair>): object => {
  const fields: Array<readonly [string, unknown]> = []
  const events: Array<string> = []
  const others: Array<Pair> = []
  for (const [name, value] of params) {
    const field = fieldsOfCall.get(name)
    if (field !== undefined) fields.push([field, value])
    else if (name === "StatusCallbackEvent") events.push(value)
    else others.push([name, value])
  }
  if (events.length > 0) fields.push(["status_callback_event", events])
  if (others.length > 0) fields.push(["params", paramsField(others)])
  return Object.fromEntries(fields)
}
