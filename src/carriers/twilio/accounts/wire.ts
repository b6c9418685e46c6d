import { rfc2822 } from "../../../core/Instant.ts"
import { asciiJson } from "../template.ts"
import type { Account, ApiKey } from "./accounts.ts"

/** The lists below an account, by their names in `subresource_uris`. Source: OpenAPI examples. */
const subresources = {
  available_phone_numbers: "AvailablePhoneNumbers",
  calls: "Calls",
  conferences: "Conferences",
  incoming_phone_numbers: "IncomingPhoneNumbers",
  notifications: "Notifications",
  outgoing_caller_ids: "OutgoingCallerIds",
  recordings: "Recordings",
  transcriptions: "Transcriptions",
  addresses: "Addresses",
  signing_keys: "SigningKeys",
  connect_apps: "ConnectApps",
  sip: "SIP",
  authorized_connect_apps: "AuthorizedConnectApps",
  usage: "Usage",
  keys: "Keys",
  applications: "Applications",
  short_codes: "SMS/ShortCodes",
  queues: "Queues",
  messages: "Messages",
  balance: "Balance",
}

/** An account; its auth token is a hole, which the edge fills. */
export const accountJson = (account: Account): string => {
  const { created, friendlyName, owner, secret, sid, status, updated } = account
  const below = `/2010-04-01/Accounts/${sid}`
  return asciiJson({
    auth_token: { secret },
    date_created: rfc2822(created),
    date_updated: rfc2822(updated),
    friendly_name: friendlyName,
    owner_account_sid: owner,
    sid,
    status,
    subresource_uris: Object.fromEntries(
      Object.entries(subresources).map(([name, path]) => [name, `${below}/${path}.json`]),
    ),
    type: "Full",
    uri: `${below}.json`,
  })
}

export const keyJson = (key: ApiKey): string => asciiJson(keyFields(key))

/** A key as its creation tells it, with its secret. */
export const newKeyJson = (key: ApiKey): string => asciiJson({ ...keyFields(key), secret: { secret: key.secret } })

const keyFields = ({ created, friendlyName, sid, updated }: ApiKey) => ({
  sid,
  friendly_name: friendlyName,
  date_created: rfc2822(created),
  date_updated: rfc2822(updated),
})
