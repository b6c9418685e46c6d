import { type Group, isGroup } from "../../core/group.ts"
import { parsedObject } from "../../core/traffic/fields.ts"
import type { Cost, ProviderAnswer, ProviderOutcome } from "./Provider.ts"

/* What dialects need to read answers, whatever is in them. */

/** The fields of a JSON object; of any other text none. */
export const fieldsOf = (text: string | undefined): Group => {
  const object = parsedObject(text ?? "")
  return isGroup(object) ? object : {}
}

/** A text of the fields, or a whole number as text, cut to what is worth keeping; empty for anything else. */
export const textOf = (fields: Group, ...names: ReadonlyArray<string>): string => {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (typeof value === "string" && value !== "") return value.slice(0, textLengthMax).toWellFormed()
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value)
  }
  return ""
}
const textLengthMax = 200

/** An amount such as `0.0075`, `"-0.0075"` or `"7"` in millionths without its sign; `undefined` for what is none. Further places are cut. */
export const microsOf = (amount: unknown): number | undefined => {
  const text = typeof amount === "number" ? amount.toFixed(6) : amount
  const parts = typeof text === "string" ? /^-?(\d{1,9})(?:\.(\d{1,20}))?$/.exec(text) : null
  return parts === null ? undefined : Number(parts[1]) * 1_000_000 + Number((parts[2] ?? "").padEnd(6, "0").slice(0, 6))
}

/** The cost that a price and its currency come to; nothing where either is none. */
export const costOf = (amount: unknown, currency: unknown): { readonly cost?: Cost } => {
  const micros = microsOf(amount)
  return micros === undefined || typeof currency !== "string" || !/^[A-Za-z]{3}$/.test(currency)
    ? {}
    : { cost: { currency: currency.toUpperCase(), micros } }
}

/** A limit; so many seconds later it may go again, where that is known. */
export const limited = (seconds: unknown): ProviderOutcome => {
  const number = typeof seconds === "string" ? Number.parseFloat(seconds) : seconds
  return typeof number === "number" && number >= 0 && number <= retrySecondsMax
    ? { _tag: "Limited", retryAfterMs: Math.ceil(number * 1000) }
    : { _tag: "Limited" }
}
const retrySecondsMax = 24 * 3600

/** What an answer of 3xx, 5xx or another status that says nothing of the message comes to. */
export const refusedByStatus = ({ status }: ProviderAnswer, reason: string): ProviderOutcome => ({
  _tag: "Refused",
  code: `http ${status}`,
  reason: reason === "" ? `HTTP ${status}` : reason,
  blames: "provider",
  retryable: status >= 500 || status === 408,
})

export const isSuccess = ({ status }: ProviderAnswer): boolean => status >= 200 && status < 300
