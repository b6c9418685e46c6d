import * as Either from "effect/Either"
import { itemOf } from "../collection.ts"
import { list } from "../lists.ts"
import { readParameters } from "../parameters.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { notFound, refusal } from "../wireOut.ts"
import { type NumberConfig, numberUpdated } from "./entries.ts"
import { numberParameters } from "./numbersResources.ts"
import { shortCodeJson } from "./numbersWire.ts"
import type { OwnedNumber } from "./senders.ts"

/** Source: OpenAPI, UpdateShortCode. */
const fields: ReadonlySet<keyof NumberConfig> = new Set<keyof NumberConfig>([
  "friendly_name",
  "api_version",
  "sms_url",
  "sms_method",
  "sms_fallback_url",
  "sms_fallback_method",
])
const parameters = numberParameters.filter(({ field }) => fields.has(field))

const codeOf = ({ accountSid, twilio }: Request, sid: string): OwnedNumber | undefined => {
  const code = sid.startsWith("SC") ? itemOf(twilio.senders.numbers, sid) : undefined
  return code?.accountSid === accountSid ? code : undefined
}

/** GET …/SMS/ShortCodes.json: the short codes that settings name. */
const listCodes = (request: Request): Reply => {
  const { query } = request.entry.data
  const name = param(query, "FriendlyName")
  const digits = param(query, "ShortCode")
  return list(request, request.twilio.senders.numbers, {
    key: "short_codes",
    fits: ({ accountSid, config, number, sid }) =>
      sid.startsWith("SC") &&
      accountSid === request.accountSid &&
      (name === undefined || (config.friendly_name ?? number) === name) &&
      (digits === undefined || number === digits),
    show: shortCodeJson,
  })
}

const fetch = (request: Request, sid: string): Reply => {
  const code = codeOf(request, sid)
  return code === undefined ? notFound(request) : { status: 200, body: shortCodeJson(code), subject: sid }
}

const update = (request: Request, sid: string): Reply => {
  const { entry } = request
  const code = codeOf(request, sid)
  if (code === undefined) return notFound(request)
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const config = read.right as NumberConfig
  const after = { ...code, config: { ...code.config, ...config }, updated: entry.at }
  return { status: 200, body: shortCodeJson(after), subject: sid, drafts: [numberUpdated.draft(sid, { config })] }
}

export const shortCodesResources: ReadonlyArray<Resource> = [
  { path: /^\/2010-04-01\/Accounts\/([^/]+)\/SMS\/ShortCodes\.json$/, methods: { GET: listCodes } },
  { path: /^\/2010-04-01\/Accounts\/([^/]+)\/SMS\/ShortCodes\/([^/]+)\.json$/, methods: { GET: fetch, POST: update } },
]
