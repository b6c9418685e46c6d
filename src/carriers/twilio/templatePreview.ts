import * as Either from "effect/Either"
import type { Pair } from "../../core/entries.ts"
import { receiptMinute } from "../../core/Instant.ts"
import { eventValues } from "./calls/callReports.ts"
import { newCall } from "./calls/calls.ts"
import { callValues } from "./calls/wire.ts"
import { newestItems } from "./collection.ts"
import { type ErrorCode, messageFailure, twilioError } from "./errors.ts"
import { newestFirst } from "./messagePages.ts"
import { newMessage, updatedOf } from "./messages.ts"
import type { Twilio } from "./state.ts"
import { parseTemplate, type TemplateName, type TemplateValues } from "./template.ts"
import { messageValues } from "./wireOut.ts"

/** What a template yields, and what it was filled with. */
export interface TemplateYield {
  /** The newest message or call of the run, or one that is made up; an error by its code. */
  readonly of: string
  readonly body: string
}

/** What a text of a template would yield now. It has to be one that was checked: a fault is a defect. */
export const yieldOf = (twilio: Twilio, name: TemplateName, text: string): TemplateYield => {
  const template = Either.getOrThrow(parseTemplate(name, name, text))
  const { of, values } = sampleFor(twilio, name)
  const request = ["To", "From", "Body"].map((key): Pair => [key, String(values[key.toLowerCase()] ?? "")])
  return { of, body: template.render(values, request) }
}

interface Sample {
  readonly of: string
  readonly values: TemplateValues
}

const sampleFor = (twilio: Twilio, name: TemplateName): Sample => {
  switch (name) {
    case "send_sms_success":
      return message(twilio, {})
    case "send_sms_failure":
      return message(twilio, { status: "failed", error_code: 30008, error_message: messageFailure(30008)?.message })
    case "delivery_status":
      return message(twilio, {})
    case "make_call_success":
    case "call_status":
      return call(twilio, {})
    case "make_call_failure":
      return call(twilio, { status: "failed" })
    case "auth_failed":
      return error(20003, {})
    case "missing_parameter":
      return error(21604, { parameter: "To" })
    case "invalid_phone_number":
      return error(21211, { field: "To", number: "+1555", to: "+1555" })
    case "invalid_from_number":
      return error(twilio.settings.from_not_owned_code, { from: "+15550001", from_number: "+15550001" })
  }
}

const message = ({ messages }: Twilio, changed: TemplateValues): Sample => {
  const [newest] = newestFirst(messages, {})
  const one = newest ?? madeUpMessage
  return {
    of: newest === undefined ? "a message that is made up" : `message ${newest.sid}`,
    values: { ...messageValues(one), raw_dlr_done_date: receiptMinute(updatedOf(one)), ...changed },
  }
}

const call = (twilio: Twilio, changed: TemplateValues): Sample => {
  const [newest] = newestItems(twilio.calls.calls)
  const one = newest ?? madeUpCall
  return {
    of: newest === undefined ? "a call that is made up" : `call ${newest.sid}`,
    values: { ...callValues(one), ...eventValues(twilio, one), ...changed },
  }
}

const error = (code: ErrorCode, values: { readonly [name: string]: string }): Sample => ({
  of: `error ${code}`,
  values: { ...values, ...twilioError(code, values) },
})

const [accountSid, from, to] = ["AC00000000000000000000000000000000", "+15550000001", "+15551234567"]

const madeUpMessage = newMessage("SM00000000000000000000000000000000", 0, Date.UTC(2026, 0, 1), {
  account_sid: accountSid,
  body: "Your code is 123456",
  direction: "outbound-api",
  from,
  num_media: 0,
  num_segments: 1,
  status: "queued",
  to,
})

const madeUpCall = newCall("CA00000000000000000000000000000000", Date.UTC(2026, 0, 1), {
  account_sid: accountSid,
  direction: "outbound-api",
  from,
  instructions: { twiml: "<Response/>" },
  price_micros: 0,
  status: "queued",
  time_limit_ms: 14_400_000,
  timeout_ms: 60_000,
  to,
})
