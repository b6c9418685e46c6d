import { evolves, type Machine } from "../../../core/Machine.ts"
import { messageStatusChanged } from "../../delivery/entries.ts"
import { callStatusChanged } from "../calls/entries.ts"
import type { Reply, Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import type { Twilio } from "../state.ts"
import { asciiJson } from "../template.ts"
import { notFound } from "../wireOut.ts"

/* What is left of the account's money. What was sent and talked is paid once, also when it is deleted or cleared later. */

/** What an account begins with where settings do not say it, in millionths of the currency. */
const beginning = 100_000_000

/** How messages that are sent and calls that end are paid, those of subaccounts by the run's own account. */
export const changesOfBalance: Machine<Twilio>["evolve"] = [
  evolves(messageStatusChanged, (twilio, { data: { status }, subject }) => {
    if (status === "sent") twilio.spent += twilio.messages.bySid.get(subject)?.priceMicros ?? 0
  }),
  evolves(callStatusChanged, (twilio, { data: { price_micros = 0 } }) => {
    twilio.spent += price_micros
  }),
]

/** GET …/Balance.json: a subaccount has none. Source: OpenAPI, FetchBalance. */
const fetchBalance = (request: Request): Reply => {
  const { accountSid, twilio } = request
  const { account_sid, balance_micros = beginning } = twilio.settings
  if (accountSid !== account_sid) return notFound(request)
  const body = asciiJson({ account_sid: accountSid, balance: money(balance_micros - twilio.spent), currency: "USD" })
  return { status: 200, body, subject: accountSid }
}

/** At least two decimal places, and as many as it takes. */
const money = (micros: number): string => (micros / 1_000_000).toFixed(6).replace(/0{1,4}$/, "")

export const balanceResources: ReadonlyArray<Resource> = [
  { path: /^\/2010-04-01\/Accounts\/([^/]+)\/Balance\.json$/, methods: { GET: fetchBalance } },
]
