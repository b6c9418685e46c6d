import { countryOf } from "../../../core/E164.ts"

/*
 * Which numbers there are to buy, and what a number can do: a small part of the world's numbering plans as data.
 * Source  the ranges that regulators keep for fiction: 555 in North America, Ofcom, ACMA, ARCEP, BNetzA, PTS
 */

export type NumberKind = "local" | "mobile" | "tollfree"

/** A range of numbers for sale. `fixed` and `free` are digits behind the plus; a `#` is drawn by chance. */
export interface NumberRange {
  readonly kind: NumberKind
  readonly fixed: string
  readonly free: string
  readonly locality?: string
  readonly region?: string
  readonly postalCode?: string
  readonly lata?: string
  readonly rateCenter?: string
  /** Degrees, as texts with six decimals. */
  readonly latitude?: string
  readonly longitude?: string
}

export interface Country {
  readonly code: string
  readonly name: string
  /** National numbers that are not local; the rest is. */
  readonly mobile?: RegExp
  readonly tollfree?: RegExp
  readonly ranges: ReadonlyArray<NumberRange>
}

export interface Capabilities {
  readonly voice: boolean
  readonly sms: boolean
  readonly mms: boolean
  readonly fax: boolean
}

type City = readonly [
  areaCode: string,
  locality: string,
  region: string,
  postalCode: string,
  latitude: string,
  longitude: string,
  lata?: string,
]

const northAmerican = ([areaCode, locality, region, postalCode, latitude, longitude, lata]: City): NumberRange => ({
  kind: "local",
  fixed: `1${areaCode}`,
  free: "555####",
  locality,
  region,
  postalCode,
  latitude,
  longitude,
  ...(lata === undefined ? {} : { lata, rateCenter: locality.toUpperCase().slice(0, 10) }),
})

const tollFreeCodes = ["800", "833", "844", "855", "866", "877", "888"]
const tollFree = (areaCode: string): NumberRange => ({ kind: "tollfree", fixed: `1${areaCode}`, free: "555####" })
const isTollFree = new RegExp(`^1(?:${tollFreeCodes.join("|")})`)

const range = (kind: NumberKind, fixed: string, free: string, locality?: string, region?: string): NumberRange => ({
  kind,
  fixed,
  free,
  ...(locality === undefined ? {} : { locality }),
  ...(region === undefined ? {} : { region }),
})

/** The countries that have numbers for sale. */
export const countries: ReadonlyArray<Country> = [
  {
    code: "US",
    name: "United States",
    tollfree: isTollFree,
    ranges: [
      ...(
        [
          ["415", "San Francisco", "CA", "94102", "37.780000", "-122.420000", "722"],
          ["212", "New York", "NY", "10001", "40.750000", "-73.990000", "132"],
          ["312", "Chicago", "IL", "60601", "41.880000", "-87.620000", "358"],
          ["206", "Seattle", "WA", "98101", "47.610000", "-122.330000", "674"],
          ["305", "Miami", "FL", "33101", "25.770000", "-80.190000", "460"],
          ["512", "Austin", "TX", "78701", "30.270000", "-97.740000", "558"],
          ["617", "Boston", "MA", "02108", "42.360000", "-71.060000", "128"],
          ["808", "Honolulu", "HI", "96801", "21.310000", "-157.860000", "834"],
        ] as const
      ).map(northAmerican),
      ...tollFreeCodes.map(tollFree),
    ],
  },
  {
    code: "CA",
    name: "Canada",
    tollfree: isTollFree,
    ranges: [
      ...(
        [
          ["416", "Toronto", "ON", "M5H", "43.650000", "-79.380000"],
          ["604", "Vancouver", "BC", "V6B", "49.280000", "-123.120000"],
          ["514", "Montreal", "QC", "H2Y", "45.510000", "-73.550000"],
        ] as const
      ).map(northAmerican),
      ...tollFreeCodes.map(tollFree),
    ],
  },
  {
    code: "GB",
    name: "United Kingdom",
    mobile: /^447/,
    tollfree: /^4480[08]/,
    ranges: [
      range("local", "442079460", "###", "London"),
      range("local", "441614960", "###", "Manchester"),
      range("mobile", "447700900", "###"),
      range("tollfree", "448081570", "###"),
    ],
  },
  {
    code: "DE",
    name: "Germany",
    mobile: /^491[567]/,
    tollfree: /^49800/,
    ranges: [
      range("local", "493023125", "###", "Berlin"),
      range("local", "496990009", "###", "Frankfurt"),
      range("mobile", "4917139200", "##"),
    ],
  },
  {
    code: "FR",
    name: "France",
    mobile: /^33[67]/,
    tollfree: /^3380/,
    ranges: [range("local", "3319900", "####", "Paris"), range("mobile", "3363998", "####")],
  },
  {
    code: "AU",
    name: "Australia",
    mobile: /^614/,
    tollfree: /^611800/,
    ranges: [
      range("local", "6125550", "####", "Sydney", "NSW"),
      range("local", "6135550", "####", "Melbourne", "VIC"),
      range("mobile", "61491570", "###"),
      range("tollfree", "6118009757", "##"),
    ],
  },
  {
    code: "SE",
    name: "Sweden",
    mobile: /^467/,
    tollfree: /^4620/,
    ranges: [range("local", "468465004", "##", "Stockholm"), range("mobile", "467017406", "##")],
  },
]

const byCode = new Map(countries.map((country) => [country.code, country]))

export const countryByCode = (code: string): Country | undefined => byCode.get(code)

/** Source: CNAC, "Canadian area codes", 2024. */
const canadian = new Set(
  "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 468 474 506 514 519 548 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 905 942".split(
    " ",
  ),
)

/** The country of a number, ISO 3166-1 alpha-2; `undefined` for what is no E.164 number. */
export const countryOfNumber = (number: string): string | undefined => {
  const country = countryOf(number)
  return country === "US" && canadian.has(number.slice(2, 5)) ? "CA" : country
}

export const kindOfNumber = (number: string): NumberKind => {
  const country = byCode.get(countryOfNumber(number) ?? "")
  const digits = number.slice(1)
  if (country?.tollfree?.test(digits)) return "tollfree"
  return country?.mobile?.test(digits) ? "mobile" : "local"
}

/** What a number can do: everything in North America and where no plan is known; elsewhere no MMS, and toll-free only calls. */
export const capabilitiesOf = (number: string): Capabilities => {
  const country = countryOfNumber(number)
  if (country === "US" || country === "CA" || byCode.get(country ?? "") === undefined)
    return { voice: true, sms: true, mms: true, fax: false }
  return { voice: true, sms: kindOfNumber(number) !== "tollfree", mms: false, fax: false }
}

/** The area code of a North American number. */
export const areaCodeOf = (number: string): string | undefined =>
  /^\+1\d{10}$/.test(number) ? number.slice(2, 5) : undefined

/** The range of an area code of a country, a plain one when the plan has no more to say; `undefined` when there is none such. */
export const rangeOfAreaCode = ({ code, ranges }: Country, areaCode: string): NumberRange | undefined => {
  if (code !== "US" && code !== "CA") return undefined
  if (!/^[2-9]\d\d$/.test(areaCode) || areaCode.endsWith("11") || tollFreeCodes.includes(areaCode)) return undefined
  if (canadian.has(areaCode) !== (code === "CA")) return undefined
  return (
    ranges.find(({ fixed }) => fixed === `1${areaCode}`) ?? { kind: "local", fixed: `1${areaCode}`, free: "555####" }
  )
}

/** A number as people write it: `(415) 555-0123` in North America, E.164 elsewhere. */
export const friendlyNumber = (number: string): string =>
  areaCodeOf(number) === undefined ? number : `(${number.slice(2, 5)}) ${number.slice(5, 8)}-${number.slice(8)}`
