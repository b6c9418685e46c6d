import { sid as sidOf } from "../../../src/core/chance.ts"
import type { Random } from "./random.ts"

/** Paths of accounts and senders; now and then of one that exists. */
export const resourceOf = (random: Random, seed: number, accountSid: string): string => {
  const one = (prefix: string) => sidOf(prefix, seed, random.below(4))
  const own = `/2010-04-01/Accounts/${random.chance(80) ? accountSid : one("AC")}`
  const service = `/v1/Services/${one("MG")}`
  return random.pick([
    "/2010-04-01/Accounts.json",
    `${own}.json`,
    `${own}/Keys.json`,
    `${own}/Applications.json`,
    `${own}/Balance.json`,
    `${own}/Applications/${one("AP")}.json`,
    `${own}/Keys/${one("SK")}.json`,
    `${own}/IncomingPhoneNumbers.json`,
    `${own}/IncomingPhoneNumbers/Local.json`,
    `${own}/IncomingPhoneNumbers/${one("PN")}.json`,
    `${own}/AvailablePhoneNumbers.json`,
    `${own}/AvailablePhoneNumbers/${random.pick(["US", "GB", "XX"])}/${random.pick(["Local", "Mobile", "TollFree"])}.json`,
    `${own}/SMS/ShortCodes.json`,
    "/v1/Services",
    service,
    `${service}/PhoneNumbers`,
    `${service}/AlphaSenders`,
    `${service}/ShortCodes`,
    `${service}/PhoneNumbers/${one("PN")}`,
    `${service}/AlphaSenders/${one("AI")}`,
  ])
}
