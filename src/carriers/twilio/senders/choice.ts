import { roll } from "../../../core/chance.ts"
import { itemsOf } from "../collection.ts"
import { areaCodeOf, capabilitiesOf, countryOfNumber } from "./plan.ts"
import type { Member, Service } from "./senders.ts"
import { serviceConfig } from "./services.ts"

/*
 * Which sender of its pool a messaging service takes for a recipient.
 *
 * 1. Only one that can send there: a number that can do SMS and is not the recipient's, a short code in its country, an
 *    alphanumeric sender ID outside North America.
 * 2. Sticky sender: the one before, unless it was a number of another country and there is now a number or short code of this one.
 * 3. Otherwise an alphanumeric sender ID, then a short code, then a number of the recipient's country, then any number;
 *    among those of the country first, where geomatch is on, those of the recipient's area code.
 * 4. Among equals chance decides, which spreads the traffic.
 *
 * Source  Twilio docs "Messaging Services"; help articles on traffic distribution, sticky sender and alphanumeric sender IDs
 */

/** The country of short codes: settings do not tell. */
const shortCodeCountry = "US"

type Rank = "alpha" | "short" | "near" | "national" | "foreign"

const rankOf = ({ sender, sid }: Member, to: string, geomatch: boolean): Rank | undefined => {
  const country = countryOfNumber(to)
  if (sid.startsWith("AI")) return areaCodeOf(to) === undefined ? "alpha" : undefined
  if (sid.startsWith("SC")) return country === shortCodeCountry ? "short" : undefined
  if (sender === to || !capabilitiesOf(sender).sms) return undefined
  if (countryOfNumber(sender) !== country) return "foreign"
  const areaCode = areaCodeOf(to)
  return geomatch && areaCode !== undefined && areaCode === areaCodeOf(sender) ? "near" : "national"
}

/** The best first. */
const preferred: ReadonlyArray<Rank> = ["alpha", "short", "near", "national", "foreign"]

/** A message that a service is to send. */
export interface ToSend {
  readonly sid: string
  readonly to: string
}

/** The sender of the service for a message; none when no sender of its pool reaches the recipient. */
export const chooseSender = (service: Service, { sid, to }: ToSend, seed: number): string | undefined => {
  const { area_code_geomatch, sticky_sender } = serviceConfig(service)
  const before = sticky_sender ? service.sticky.get(to) : undefined
  const byRank = new Map<Rank, Array<string>>()
  for (const member of itemsOf(service.pool)) {
    const rank = rankOf(member, to, area_code_geomatch)
    if (rank !== undefined) byRank.set(rank, [...(byRank.get(rank) ?? []), member.sender])
  }
  const sticks = (rank: Rank) => before !== undefined && byRank.get(rank)?.includes(before)
  const atHome = (["short", "near", "national"] as const).some((rank) => byRank.has(rank))
  if (preferred.some((rank) => sticks(rank) && !(rank === "foreign" && atHome))) return before
  const best = preferred.map((rank) => byRank.get(rank)).find((senders) => senders !== undefined)
  return best?.[roll(seed, "sender", sid, 0) % best.length]
}
