import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { limits } from "../../../core/limits.ts"
import { itemOf } from "../collection.ts"
import { twilioError } from "../errors.ts"
import { list } from "../lists.ts"
import { type Parameter, readParameters } from "../parameters.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { apiKeySecret } from "../settings.ts"
import { notFound, refusal } from "../wireOut.ts"
import type { ApiKey } from "./accounts.ts"
import { byToken } from "./accountsResources.ts"
import { apiKeyCreated, apiKeyDeleted, apiKeyUpdated } from "./entries.ts"
import { keyJson, newKeyJson } from "./wire.ts"

const parameters: ReadonlyArray<Parameter<"friendly_name">> = [
  { name: "FriendlyName", field: "friendly_name", kind: { _tag: "Name" } },
]

/** POST …/Keys.json: the one answer that tells the key's secret. */
const create = ({ accountSid, entry, twilio, world }: Request): Reply => {
  const { keys } = twilio.accounts
  const made = keys.all.length
  if (made >= limits.apiKeysMax)
    return refusal(twilioError(20403, { reason: `there were ${limits.apiKeysMax} API keys already` }))
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const sid = makeSid("SK", world.seed, made)
  const friendlyName = param(entry.data.params, "FriendlyName") ?? ""
  const secret = apiKeySecret(sid)
  const key: ApiKey = { sid, accountSid, secret, created: entry.at, friendlyName, updated: entry.at }
  const data = { account_sid: accountSid, friendly_name: friendlyName, secret: { secret } }
  return {
    status: 201,
    body: newKeyJson(key),
    holes: true,
    subject: sid,
    drafts: [apiKeyCreated.draft(sid, data)],
  }
}

const listKeys = (request: Request): Reply =>
  list(request, request.twilio.accounts.keys, {
    key: "keys",
    fits: ({ accountSid }) => accountSid === request.accountSid,
    show: keyJson,
  })

/** The key of the path, when it belongs to the path's account. */
const keyOf = ({ accountSid, twilio }: Request, sid: string): ApiKey | undefined => {
  const key = itemOf(twilio.accounts.keys, sid)
  return key?.accountSid === accountSid ? key : undefined
}

const fetch = (request: Request, sid: string): Reply => {
  const key = keyOf(request, sid)
  return key === undefined ? notFound(request) : { status: 200, body: keyJson(key), subject: sid }
}

const update = (request: Request, sid: string): Reply => {
  const { entry } = request
  const key = keyOf(request, sid)
  if (key === undefined) return notFound(request)
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const friendlyName = param(entry.data.params, "FriendlyName") ?? key.friendlyName
  return {
    status: 200,
    body: keyJson({ ...key, friendlyName, updated: entry.at }),
    subject: sid,
    drafts: [apiKeyUpdated.draft(sid, { friendly_name: friendlyName })],
  }
}

const remove = (request: Request, sid: string): Reply =>
  keyOf(request, sid) === undefined
    ? notFound(request)
    : { status: 204, body: "", subject: sid, drafts: [apiKeyDeleted.draft(sid, {})] }

export const keysResources: ReadonlyArray<Resource> = [
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Keys\.json$/,
    methods: { GET: byToken(listKeys), POST: byToken(create) },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Keys\/([^/]+)\.json$/,
    methods: { GET: byToken(fetch), POST: byToken(update), DELETE: byToken(remove) },
  },
]
