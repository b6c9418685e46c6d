import { isoSeconds } from "../../../core/Instant.ts"
import { asciiJson } from "../template.ts"
import { capabilitiesOf, countryOfNumber } from "./plan.ts"
import type { Member, Service } from "./senders.ts"
import { serviceConfig } from "./services.ts"

/* Absolute URLs stand here as holes, which the edge fills. */

const links = {
  phone_numbers: "PhoneNumbers",
  short_codes: "ShortCodes",
  alpha_senders: "AlphaSenders",
  messages: "Messages",
  us_app_to_person: "Compliance/Usa2p",
  us_app_to_person_usecases: "Compliance/Usa2p/Usecases",
  channel_senders: "ChannelSenders",
  destination_alpha_senders: "DestinationAlphaSenders",
}

const orNull = (text: string): string | null => (text === "" ? null : text)

export const serviceJson = (service: Service): string => {
  const { accountSid, created, sid, updated } = service
  const config = serviceConfig(service)
  const url = `/v1/Services/${sid}`
  return asciiJson({
    account_sid: accountSid,
    sid,
    date_created: isoSeconds(created),
    date_updated: isoSeconds(updated),
    ...config,
    fallback_url: orNull(config.fallback_url),
    inbound_request_url: orNull(config.inbound_request_url),
    status_callback: orNull(config.status_callback),
    us_app_to_person_registered: false,
    links: Object.fromEntries(Object.entries(links).map(([name, path]) => [name, { url: `${url}/${path}` }])),
    url: { url },
  })
}

/** A sender of a pool, by the kind that its SID tells. */
export const memberJson = (service: Service, member: Member): string => {
  const { created, sender, sid } = member
  const common = {
    sid,
    account_sid: service.accountSid,
    service_sid: service.sid,
    date_created: isoSeconds(created),
    date_updated: isoSeconds(created),
  }
  const url = (path: string) => ({ url: `/v1/Services/${service.sid}/${path}/${sid}` })
  switch (sid.slice(0, 2)) {
    case "PN":
      return asciiJson({
        ...common,
        phone_number: sender,
        country_code: countryOfNumber(sender) ?? null,
        capabilities: capabilityNames(sender),
        url: url("PhoneNumbers"),
      })
    case "SC":
      return asciiJson({
        ...common,
        short_code: sender,
        country_code: "US",
        capabilities: ["SMS", "MMS"],
        url: url("ShortCodes"),
      })
    default:
      return asciiJson({ ...common, alpha_sender: sender, capabilities: ["SMS"], url: url("AlphaSenders") })
  }
}

const capabilityNames = (number: string): ReadonlyArray<string> => {
  const { mms, sms, voice } = capabilitiesOf(number)
  return [...(mms ? ["MMS"] : []), ...(sms ? ["SMS"] : []), ...(voice ? ["Voice"] : [])]
}
