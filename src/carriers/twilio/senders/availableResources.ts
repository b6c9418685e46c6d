import * as Either from "effect/Either"
import { twilioError } from "../errors.ts"
import { pagingOf } from "../paging.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { asciiJson } from "../template.ts"
import { notFound, refusal } from "../wireOut.ts"
import { type Offer, parsePattern, search } from "./available.ts"
import { isTaken } from "./numbers.ts"
import {
  type Capabilities,
  type Country,
  capabilitiesOf,
  countries,
  countryByCode,
  friendlyNumber,
  type NumberKind,
  type NumberRange,
  rangeOfAreaCode,
} from "./plan.ts"

const paths: { readonly [Kind in NumberKind]: string } = { local: "Local", mobile: "Mobile", tollfree: "TollFree" }
const keys: { readonly [Kind in NumberKind]: string } = { local: "local", mobile: "mobile", tollfree: "toll_free" }

const countryFields = (accountSid: string, { code, name, ranges }: Country) => {
  const below = `/2010-04-01/Accounts/${accountSid}/AvailablePhoneNumbers/${code}`
  const kinds = [...new Set(ranges.map(({ kind }) => kind))]
  return {
    beta: false,
    country: name,
    country_code: code,
    subresource_uris: Object.fromEntries(kinds.map((kind) => [keys[kind], `${below}/${paths[kind]}.json`])),
    uri: `${below}.json`,
  }
}

const listCountries = ({ accountSid, entry }: Request): Reply => ({
  status: 200,
  body: asciiJson({
    countries: countries.map((country) => countryFields(accountSid, country)),
    uri: entry.data.path,
  }),
})

const fetchCountry = (request: Request, code: string): Reply => {
  const country = countryByCode(code)
  return country === undefined
    ? notFound(request)
    : { status: 200, body: asciiJson(countryFields(request.accountSid, country)) }
}

/** Filters that ask for equality with what a range says of itself. */
const rangeFilters: ReadonlyArray<readonly [parameter: string, field: keyof NumberRange]> = [
  ["InPostalCode", "postalCode"],
  ["InRegion", "region"],
  ["InLocality", "locality"],
  ["InLata", "lata"],
  ["InRateCenter", "rateCenter"],
]
const capabilityFilters: ReadonlyArray<readonly [parameter: string, field: keyof Capabilities]> = [
  ["VoiceEnabled", "voice"],
  ["SmsEnabled", "sms"],
  ["MmsEnabled", "mms"],
  ["FaxEnabled", "fax"],
]

/** GET …/AvailablePhoneNumbers/{CountryCode}/{Kind}.json: one page without paging fields. Source: recorded exchanges. */
const listOf =
  (kind: NumberKind) =>
  (request: Request, code: string): Reply => {
    const { entry, twilio, world } = request
    const country = countryByCode(code)
    const all = country?.ranges.filter((range) => range.kind === kind) ?? []
    if (country === undefined || all.length === 0) return notFound(request)
    const { path, query } = entry.data
    const wrong = (reason: string) => refusal(twilioError(20400, { reason }))
    const paging = pagingOf(query)
    if (Either.isLeft(paging)) return refusal(paging.left)
    const { page, pageSize: count } = paging.right
    const contains = param(query, "Contains")
    const pattern = contains === undefined ? undefined : parsePattern(contains)
    if (contains !== undefined && pattern === undefined)
      return wrong("Contains is no pattern of 2 to 16 digits, letters, *, %, + and $")
    const ranges = inArea(country, kind, all, param(query, "AreaCode")).filter((range) =>
      rangeFilters.every(([name, field]) => {
        const wanted = param(query, name)
        return wanted === undefined || range[field] === wanted
      }),
    )
    const offers =
      page === 0
        ? search({ seed: world.seed, ranges, pattern, taken: (number) => isTaken(twilio.senders, number), count })
        : []
    const able = ({ number }: Offer) => {
      const can = capabilitiesOf(number)
      return capabilityFilters.every(([name, field]) => {
        const wanted = param(query, name)
        return wanted === undefined || String(can[field]) === wanted.toLowerCase()
      })
    }
    const available = offers.filter(able).map((offer) => offerFields(country, offer))
    return { status: 200, body: asciiJson({ available_phone_numbers: available, uri: path }) }
  }

const inArea = (
  country: Country,
  kind: NumberKind,
  ranges: ReadonlyArray<NumberRange>,
  areaCode: string | undefined,
): ReadonlyArray<NumberRange> => {
  if (areaCode === undefined) return ranges
  if (kind !== "local") return ranges.filter(({ fixed }) => fixed === `1${areaCode}`)
  const range = rangeOfAreaCode(country, areaCode)
  return range === undefined ? [] : [range]
}

const offerFields = ({ code }: Country, { number, range }: Offer) => {
  const { mms, sms, voice } = capabilitiesOf(number)
  return {
    address_requirements: "none",
    beta: false,
    capabilities: { mms, sms, voice },
    friendly_name: friendlyNumber(number),
    iso_country: code,
    lata: range.lata ?? null,
    latitude: range.latitude ?? null,
    locality: range.locality ?? null,
    longitude: range.longitude ?? null,
    phone_number: number,
    postal_code: range.postalCode ?? null,
    rate_center: range.rateCenter ?? null,
    region: range.region ?? null,
  }
}

const below = String.raw`^\/2010-04-01\/Accounts\/([^/]+)\/AvailablePhoneNumbers`

export const availableResources: ReadonlyArray<Resource> = [
  { path: new RegExp(`${below}\\.json$`), methods: { GET: listCountries } },
  { path: new RegExp(`${below}\\/([^/]+)\\.json$`), methods: { GET: fetchCountry } },
  ...(["local", "mobile", "tollfree"] as const).map((kind) => ({
    path: new RegExp(`${below}\\/([^/]+)\\/${paths[kind]}\\.json$`),
    methods: { GET: listOf(kind) },
  })),
]
