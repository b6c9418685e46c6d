import { alphaSender, parseAddress, shortCode } from "../core/addresses.ts"
import { callingCodeOf } from "../core/E164.ts"
import type { TenantAsked } from "./entries.ts"

/** The one form of an address: E.164, behind its channel where it has one; a short code or name as it is; undefined of what is none. */
export const canonicalOf = (address: string): string | undefined =>
  parseAddress(address) ?? (shortCode.test(address) || alphaSender.test(address) ? address : undefined)

/**
 * The forms of a number in which a monitor is asked for its tenant, each once: as it came, E.164, its digits, and those without the
 * country's code. Of what is no phone number there is only the first.
 */
export const asksOf = (original: string, canonical: string): TenantAsked["asks"] => {
  const number = canonical.slice(canonical.indexOf(":") + 1)
  const code = number.startsWith("+") ? callingCodeOf(number) : undefined
  const asks: Array<TenantAsked["asks"][number]> = [{ text: original, variant: "raw" }]
  if (code !== undefined)
    asks.push(
      { text: number, variant: "e164" },
      { text: number.slice(1), variant: "digits" },
      { text: number.slice(1 + code.length), variant: "national" },
    )
  return asks.filter(({ text }, i) => asks.findIndex((other) => other.text === text) === i)
}
