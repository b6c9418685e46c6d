import { type NumberFacts, type NumberFault, numberFacts } from "../../../core/E164.ts"
import type { LookedUp } from "../settings.ts"
import type { Twilio } from "../state.ts"

/*
 * What is known of a number: what its plan tells, and over that what settings say.
 */

/** What a lookup finds. */
export type Found =
  | {
      readonly _tag: "Number"
      readonly facts: NumberFacts
      readonly said: LookedUp | undefined
      readonly valid: boolean
    }
  | { readonly _tag: "None"; readonly fault: NumberFault }

/**
 * Looks a text up: a number in E.164 form, or in the national form of a country.
 *
 * A number is valid when its length is possible, since the numbers that tests use (+1 555, what regulators keep for fiction) are nobody's.
 * `strict` asks for a range that is given out, as Twilio does; settings about the number itself have the last word.
 */
export const lookUp = ({ settings }: Twilio, text: string, country: string): Found => {
  const facts = numberFacts(text, country)
  if ("fault" in facts) return { _tag: "None", fault: facts.fault }
  const said = settings.lookups?.numbers.find(({ number }) => number === facts.e164)
  const valid = said?.valid ?? (settings.lookups?.strict !== true || facts.isAssigned)
  return { _tag: "Number", facts, said, valid }
}

/** The line a number is on, as `line_type_intelligence` shows it. */
export interface Line {
  readonly mobile_country_code: string | null
  readonly mobile_network_code: string | null
  readonly carrier_name: string | null
  readonly type: string | null
  readonly error_code: number | null
}

export const lineOf = (twilio: Twilio, number: string): Line | undefined => {
  const found = lookUp(twilio, number, "US")
  return found._tag === "None" ? undefined : lineFound(found)
}

/** Where a plan does not tell mobile from fixed (North America, and numbers of no range) a number is mobile. */
export const lineFound = ({ facts, said }: Extract<Found, { _tag: "Number" }>): Line => ({
  carrier_name: said?.carrier_name ?? null,
  error_code: null,
  mobile_country_code: said?.mobile_country_code ?? null,
  mobile_network_code: said?.mobile_network_code ?? null,
  type: said?.type ?? lineTypes[facts.type ?? "MOBILE"] ?? "unknown",
})

/** Line types by those of numbering plans. Source: Lookup docs, "Line Type Intelligence". */
const lineTypes: { readonly [type: string]: string } = {
  FIXED_LINE: "landline",
  FIXED_LINE_OR_MOBILE: "mobile",
  MOBILE: "mobile",
  PAGER: "pager",
  PERSONAL_NUMBER: "personal",
  PREMIUM_RATE: "premium",
  SHARED_COST: "sharedCost",
  TOLL_FREE: "tollFree",
  UAN: "uan",
  VOICEMAIL: "voicemail",
  VOIP: "nonFixedVoip",
}
