import type { NumberFault } from "../../../core/E164.ts"
import { twilioError } from "../errors.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { asciiJson } from "../template.ts"
import { refusal } from "../wireOut.ts"
import { type Found, lineFound, lookUp } from "./facts.ts"

/** Packages that a request can ask for. Source: OpenAPI lookups v2, `Fields`. */
const packages = [
  "caller_name",
  "sim_swap",
  "call_forwarding",
  "line_status",
  "line_type_intelligence",
  "identity_match",
  "reassigned_number",
  "sms_pumping_risk",
  "phone_number_quality_score",
  "pre_fill",
] as const
type Package = (typeof packages)[number]

/** The error inside a package: nothing is known of the number, and the account does not have the package. Unconfirmed. */
const outOfCoverage = 60600
const notEnabled = 60606

/** Characters of a number in a path. */
const textLengthMax = 100

/** GET /v2/PhoneNumbers/{number}: what is known of a number. One that is none is an answer, too. */
const fetch = (request: Request, _: string, path: string): Reply => {
  const { query } = request.entry.data
  const wanted = (param(query, "Fields") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
  const unknown = wanted.find((name) => name !== "validation" && !packages.includes(name as Package))
  if (unknown !== undefined)
    return refusal(
      twilioError(20400, { reason: `Fields names ${JSON.stringify(unknown.slice(0, 50))}, which is no package` }),
    )
  const country = param(query, "CountryCode") ?? "US"
  if (!/^[A-Za-z]{2}$/.test(country))
    return refusal(twilioError(20400, { reason: "CountryCode is no ISO 3166-1 code of two letters" }))
  const text = decoded(path)
  const found = lookUp(request.twilio, text, country.toUpperCase())
  const given = text.slice(0, textLengthMax)
  const shown = found._tag === "Number" ? found.facts.e164 : given
  return {
    status: 200,
    body: asciiJson({
      ...numberJson(found, given),
      ...Object.fromEntries(packages.map((name) => [name, wanted.includes(name) ? packageJson(found, name) : null])),
      url: { url: `/v2/PhoneNumbers/${encodeURIComponent(shown.toWellFormed()).replaceAll("%2B", "+")}` },
    }),
    holes: true,
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // A broken encoding is part of what is no number.
  }
}

/** Source: OpenAPI, examples `fetch` and `fetchInvalid`. */
const numberJson = (found: Found, given: string) => {
  if (found._tag === "None") return { ...noNumber, phone_number: given, validation_errors: [errors[found.fault]] }
  const { callingCode, country, e164, national } = found.facts
  return {
    calling_country_code: callingCode,
    country_code: country ?? null,
    phone_number: e164,
    national_format: national,
    valid: found.valid,
    validation_errors: found.valid ? null : ["INVALID_BUT_POSSIBLE"],
  }
}

const noNumber = { calling_country_code: null, country_code: null, national_format: null, valid: false }

const errors: { readonly [Fault in NumberFault]: string } = {
  INVALID_COUNTRY: "INVALID_COUNTRY_CODE",
  INVALID_LENGTH: "INVALID_LENGTH",
  NOT_A_NUMBER: "NOT_A_NUMBER",
  TOO_LONG: "TOO_LONG",
  TOO_SHORT: "TOO_SHORT",
}

const packageJson = (found: Found, name: Package) => {
  if (found._tag === "None" || !found.valid) return null
  switch (name) {
    case "line_type_intelligence":
      return lineFound(found)
    case "caller_name": {
      const { facts, said } = found
      const known = said?.caller_name !== undefined || facts.callingCode === "1"
      return {
        caller_name: said?.caller_name ?? null,
        caller_type: said?.caller_type ?? null,
        error_code: known ? null : outOfCoverage,
      }
    }
    default:
      return { error_code: notEnabled }
  }
}

export const lookupsResources: ReadonlyArray<Resource> = [
  { path: /^\/v2\/PhoneNumbers()()\/([^/]+)$/, methods: { GET: fetch } },
]
