import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { isoSeconds } from "../../../core/Instant.ts"
import { limits } from "../../../core/limits.ts"
import { itemOf } from "../collection.ts"
import { twilioError } from "../errors.ts"
import { list } from "../lists.ts"
import { type Parameter, readParameters } from "../parameters.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Handler, Resource } from "../resource.ts"
import { subaccountTokenSecret } from "../settings.ts"
import { notFound, refusal, templateError } from "../wireOut.ts"
import type { Account } from "./accounts.ts"
import { showsKey } from "./credentials.ts"
import { type AccountStatus, accountCreated, accountUpdated } from "./entries.ts"
import { accountJson } from "./wire.ts"

/** A handler that an API key does not reach: it is answered as wrong credentials are. */
export const byToken =
  (handler: Handler): Handler =>
  (request, sid, inner) =>
    showsKey(request.entry.data.auth)
      ? { status: 401, body: templateError(request.twilio, "auth_failed", 20003, {}) }
      : handler(request, sid, inner)

const parameters: ReadonlyArray<Parameter<"friendly_name" | "status">> = [
  { name: "FriendlyName", field: "friendly_name", kind: { _tag: "Name" } },
  { name: "Status", field: "status", kind: { _tag: "OneOf", values: ["active", "suspended", "closed"] } },
]

/** POST /2010-04-01/Accounts.json: a subaccount of the account that asks. */
const create = (request: Request): Reply => {
  const { accountSid, entry, twilio, world } = request
  const { accounts } = twilio
  if (itemOf(accounts.accounts, accountSid)?.owner !== accountSid) return refusal(twilioError(20006))
  if (accounts.subaccounts >= limits.subaccountsMax)
    return refusal(twilioError(20403, { reason: `there were ${limits.subaccountsMax} subaccounts already` }))
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const sid = makeSid("AC", world.seed, accounts.subaccounts)
  const friendlyName = param(entry.data.params, "FriendlyName") ?? defaultName(entry.at)
  const secret = subaccountTokenSecret(sid)
  const account: Account = {
    sid,
    owner: accountSid,
    secret,
    created: entry.at,
    friendlyName,
    status: "active",
    updated: entry.at,
  }
  return {
    status: 201,
    body: accountJson(account),
    holes: true,
    subject: sid,
    drafts: [
      accountCreated.draft(sid, {
        auth_token: { secret },
        friendly_name: friendlyName,
        owner_account_sid: accountSid,
      }),
    ],
  }
}

/** Source: OpenAPI, `SubAccount Created at {YYYY-MM-DD HH:MM meridian}`. */
const defaultName = (at: number): string => {
  const text = isoSeconds(at)
  const hour = Number(text.slice(11, 13))
  const twelve = String(hour % 12 === 0 ? 12 : hour % 12).padStart(2, "0")
  return `SubAccount Created at ${text.slice(0, 10)} ${twelve}:${text.slice(14, 16)} ${hour < 12 ? "am" : "pm"}`
}

/** GET /2010-04-01/Accounts.json: the account that asks and its subaccounts. */
const listAccounts = (request: Request): Reply => {
  const { accountSid, entry, twilio } = request
  const name = param(entry.data.query, "FriendlyName")
  const status = param(entry.data.query, "Status")
  const reply = list(request, twilio.accounts.accounts, {
    key: "accounts",
    fits: ({ friendlyName, owner, sid, status: stands }) =>
      (sid === accountSid || owner === accountSid) &&
      (name === undefined || friendlyName === name) &&
      (status === undefined || stands === status),
    show: accountJson,
    subject: accountSid,
  })
  return reply.status === 200 ? { ...reply, holes: true } : reply
}

/** GET /2010-04-01/Accounts/{Sid}.json */
const fetch = (request: Request): Reply => {
  const account = itemOf(request.twilio.accounts.accounts, request.accountSid)
  return account === undefined
    ? notFound(request)
    : { status: 200, body: accountJson(account), holes: true, subject: account.sid }
}

/** POST /2010-04-01/Accounts/{Sid}.json: a name, and for subaccounts a status, of which `closed` is the last. */
const update = (request: Request): Reply => {
  const { entry, twilio } = request
  const account = itemOf(twilio.accounts.accounts, request.accountSid)
  if (account === undefined) return notFound(request)
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const friendly_name = param(entry.data.params, "FriendlyName")
  const status = read.right.status as AccountStatus | undefined
  if (
    status !== undefined &&
    status !== account.status &&
    (account.owner === account.sid || account.status === "closed")
  )
    return refusal(twilioError(20006))
  const changes = {
    ...(friendly_name === undefined ? {} : { friendly_name }),
    ...(status === undefined ? {} : { status }),
  }
  const after = {
    ...account,
    friendlyName: friendly_name ?? account.friendlyName,
    status: status ?? account.status,
    updated: entry.at,
  }
  return {
    status: 200,
    body: accountJson(after),
    holes: true,
    subject: account.sid,
    drafts: [accountUpdated.draft(account.sid, changes)],
  }
}

export const accountsResources: ReadonlyArray<Resource> = [
  { path: /^\/2010-04-01\/Accounts()\.json$/, methods: { GET: byToken(listAccounts), POST: byToken(create) } },
  { path: /^\/2010-04-01\/Accounts\/([^/]+)\.json$/, methods: { GET: byToken(fetch), POST: byToken(update) } },
]
