import type { Pair } from "../../../core/entries.ts"
import { areaCodeOf, countries, countryOfNumber } from "../senders/plan.ts"

/**
 * Where a number is from, as webhooks tell it: city, state and ZIP in North America as far as the area code is known, elsewhere the country
 * alone. What is not known is empty.
 *
 * Source  recorded webhooks of third parties
 */
export const placeOf = (address: string): { readonly [Part in "City" | "Country" | "State" | "Zip"]: string } => {
  const number = address.slice(address.indexOf(":") + 1)
  const country = number.startsWith("+") ? (countryOfNumber(number) ?? "") : ""
  const areaCode = areaCodeOf(number)
  const range = areaCode === undefined ? undefined : byAreaCode.get(areaCode)
  return {
    City: range?.locality?.toUpperCase() ?? "",
    Country: country,
    State: range?.region ?? "",
    Zip: range?.postalCode ?? "",
  }
}

const byAreaCode = new Map(
  countries
    .filter(({ code }) => code === "US" || code === "CA")
    .flatMap(({ ranges }) => ranges.map((range) => [range.fixed.slice(1), range] as const)),
)

/** The parameters that say where both ends are. */
export const placeParameters = (from: string, to: string): Readonly<Record<string, string>> => {
  const pairs = [["From", placeOf(from)] as const, ["To", placeOf(to)] as const].flatMap(([end, place]) =>
    Object.entries(place).map(([part, text]): Pair => [end + part, text]),
  )
  return Object.fromEntries(pairs)
}
