import type { Draft, Entry } from "../../core/Entry.ts"
import type { ApiRequested } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import type { World } from "../../core/Machine.ts"
import { accountsResources } from "./accounts/accountsResources.ts"
import { balanceResources } from "./accounts/balance.ts"
import { accountShown, reaches } from "./accounts/credentials.ts"
import { keysResources } from "./accounts/keysResources.ts"
import { applicationsResources } from "./applications/applicationsResources.ts"
import { callsResources } from "./calls/callsResources.ts"
import { itemOf } from "./collection.ts"
import { conferencesResources } from "./conferences/conferencesResources.ts"
import { twilioError } from "./errors.ts"
import { lookupsResources } from "./lookups/lookupsResources.ts"
import { messagesResources } from "./messages/messagesResources.ts"
import { queuesResources } from "./queues/queuesResources.ts"
import { recordingsResources } from "./recordings/recordingsResources.ts"
import { type Reply, type Request, respond } from "./request.ts"
import type { Handler, Resource } from "./resource.ts"
import { availableResources } from "./senders/availableResources.ts"
import { numbersResources } from "./senders/numbersResources.ts"
import { poolResources } from "./senders/poolResources.ts"
import { servicesResources } from "./senders/servicesResources.ts"
import { shortCodesResources } from "./senders/shortCodesResources.ts"
import type { Twilio } from "./state.ts"
import { answerTest, showsTestCredentials } from "./testCredentials.ts"
import { verifyServicesResources } from "./verify/servicesResources.ts"
import { verificationsResources } from "./verify/verificationsResources.ts"
import { refusal, templateError } from "./wireOut.ts"

/** What the carrier answers on; everything else is 404. */
const resources: ReadonlyArray<Resource> = [
  ...messagesResources,
  ...numbersResources,
  ...availableResources,
  ...shortCodesResources,
  ...servicesResources,
  ...poolResources,
  ...accountsResources,
  ...keysResources,
  ...balanceResources,
  ...applicationsResources,
  ...lookupsResources,
  ...verifyServicesResources,
  ...verificationsResources,
  ...callsResources,
  ...recordingsResources,
  ...conferencesResources,
  ...queuesResources,
]

/**
 * Answers a request of the carrier's API: every request gets exactly one `api.responded`.
 *
 * `seenAt` is the seq of the entry at which it is carried out, its own unless latency is simulated.
 */
export const answerRequest = (
  world: World,
  entry: Entry<ApiRequested>,
  twilio: Twilio,
  seenAt: number,
): ReadonlyArray<Draft> => {
  if (twilio.settings.test !== undefined && showsTestCredentials(entry.data.auth, twilio.settings)) {
    const request: Request = { world, twilio, entry, seenAt, accountSid: twilio.settings.test.account_sid }
    return respond(request, unreadable(entry.data) ?? answerTest(request))
  }
  for (const resource of resources) {
    const found = resource.path.exec(entry.data.path)
    if (found === null) continue
    const { methods } = resource
    const accountSid = found[1] === "" ? accountOf(entry.data, twilio) : known(found[1] ?? "", twilio)
    const request: Request = { world, twilio, entry, seenAt, accountSid }
    return respond(request, checked(request, resource) ?? handled(request, methods, found[2] ?? "", found[3] ?? ""))
  }
  const request: Request = { world, twilio, entry, seenAt, accountSid: "" }
  return respond(request, refusal(twilioError(20404, { path: entry.data.path.slice(0, 500) })))
}

/** The account's SID; the very text of the settings where it is the same one, as texts that are one need no comparing later. */
const known = (accountSid: string, { settings }: Twilio): string =>
  accountSid === settings.account_sid ? settings.account_sid : accountSid

const handled = (request: Request, methods: Resource["methods"], sid: string, inner: string): Reply => {
  const handler = handlerOf(methods, request.entry.data.method)
  return handler === undefined ? refusal(twilioError(20004)) : handler(request, sid, inner)
}

/** What answers a method; HEAD is answered as GET is. The name comes from outside: only own properties count. */
const handlerOf = (methods: Resource["methods"], method: string): Handler | undefined => {
  const name = method === "HEAD" ? "GET" : method
  return Object.hasOwn(methods, name) ? methods[name as keyof typeof methods] : undefined
}

/** What is wrong with a request whatever its resource: credentials first, then a body that could not be read. */
const checked = (request: Request, { methods, open }: Resource): Reply | undefined => {
  const { twilio, entry, accountSid } = request
  const { settings } = twilio
  if (settings.validation.require_auth && open?.(settings) !== true && !authenticated(entry.data, twilio, accountSid))
    return { status: 401, body: templateError(twilio, "auth_failed", 20003, {}) }
  if (isInactive(request)) return refusal(twilioError(20005))
  return handlerOf(methods, entry.data.method) === undefined ? undefined : unreadable(entry.data)
}

/** The answer to a request whose body could not be read. */
const unreadable = ({ body, headers }: ApiRequested): Reply | undefined => {
  if (body === undefined) return undefined
  switch (body.why) {
    case "too-large":
      return refusal(twilioError(20413, { max: limits.bodyBytesMax }))
    case "not-a-form":
      return refusal(twilioError(20415, { type: headers?.[0]?.[1] ?? "" }))
    case "bad-encoding":
      return refusal(
        twilioError(20400, { reason: "the parameters hold a broken percent-encoding or bytes that are no UTF-8" }),
      )
    case "too-many-secrets":
      return refusal(
        twilioError(20400, {
          reason: `${limits.secretsMax} different passwords in URLs are known, and no more are kept`,
        }),
      )
    case "too-many-parameters":
      return refusal(twilioError(20400, { reason: `there are more than ${limits.paramsMax} parameters` }))
  }
}

/** Whether a request shows credentials of its account or of the one above. */
const authenticated = ({ auth }: ApiRequested, twilio: Twilio, accountSid: string): boolean => {
  const { settings } = twilio
  const own =
    auth !== undefined &&
    "user" in auth &&
    auth.user === settings.account_sid &&
    "secret" in auth.password &&
    auth.password.secret === settings.auth_token.secret &&
    accountSid === settings.account_sid
  if (own) return true
  const account = accountShown(auth, twilio)
  return account !== undefined && reaches(account, accountSid, twilio)
}

/** The account of a path that names none: that of the credentials, or the run's own where none are asked for. */
const accountOf = ({ auth }: ApiRequested, twilio: Twilio): string =>
  accountShown(auth, twilio)?.sid ?? twilio.settings.account_sid

/** Of an account that is not active nothing is left but itself. */
const isInactive = ({ accountSid, entry, twilio }: Request): boolean => {
  if (accountSid === twilio.settings.account_sid) return false
  const account = itemOf(twilio.accounts.accounts, accountSid)
  return (
    account !== undefined &&
    account.status !== "active" &&
    entry.data.path !== `/2010-04-01/Accounts/${accountSid}.json`
  )
}
