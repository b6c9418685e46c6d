import type { Entry } from "../../../core/Entry.ts"
import { addItem, itemOf, itemsOf, noItems, removeItem } from "../collection.ts"
import type { SenderAdded, SenderRemoved, ServiceConfig, ServiceCreated, ServiceUpdated } from "./entries.ts"
import type { Senders, Service } from "./senders.ts"

/** What a service is set up as where nothing was said. Source: OpenAPI, and the defaults its texts name. */
export const serviceDefaults = {
  area_code_geomatch: true,
  fallback_method: "POST",
  fallback_to_long_code: true,
  fallback_url: "",
  friendly_name: "",
  inbound_method: "POST",
  inbound_request_url: "",
  mms_converter: true,
  scan_message_content: "inherit",
  smart_encoding: true,
  status_callback: "",
  sticky_sender: true,
  synchronous_validation: false,
  use_inbound_webhook_on_number: false,
  usecase: "undeclared",
  validity_period: 36_000,
} as const satisfies Required<ServiceConfig>

/** How a service is set up, defaults included. */
export const serviceConfig = ({ config }: Pick<Service, "config">): Required<ServiceConfig> => ({
  ...serviceDefaults,
  ...config,
})

export const newService = (
  sid: string,
  at: number,
  data: { readonly account_sid: string; readonly config: ServiceConfig },
): Service => ({
  sid,
  accountSid: data.account_sid,
  created: at,
  config: data.config,
  updated: at,
  pool: noItems(),
  sticky: new Map(),
})

export const createService = ({ services }: Senders, { at, data, subject }: Entry<ServiceCreated>): void =>
  addItem(services, newService(subject, at, data))

export const updateService = ({ services }: Senders, { at, data, subject }: Entry<ServiceUpdated>): void => {
  const service = itemOf(services, subject)
  if (service === undefined) return
  service.config = { ...service.config, ...data.config }
  service.updated = at
}

export const deleteService = ({ numbers, services }: Senders, { subject }: Entry<unknown>): void => {
  const service = itemOf(services, subject)
  if (service === undefined) return
  for (const { sid } of itemsOf(service.pool)) {
    const number = itemOf(numbers, sid)
    if (number !== undefined) number.serviceSid = undefined
  }
  removeItem(services, subject)
}

export const addSender = (senders: Senders, { at, data, subject }: Entry<SenderAdded>): void => {
  const service = itemOf(senders.services, subject)
  if (service === undefined) return
  addItem(service.pool, { sid: data.sender_sid, sender: data.sender, created: at })
  const number = itemOf(senders.numbers, data.sender_sid)
  if (number === undefined) senders.alphaSenders++
  else number.serviceSid = subject
}

export const removeSender = ({ numbers, services }: Senders, { data, subject }: Entry<SenderRemoved>): void => {
  const service = itemOf(services, subject)
  if (service !== undefined) removeItem(service.pool, data.sender_sid)
  const number = itemOf(numbers, data.sender_sid)
  if (number !== undefined) number.serviceSid = undefined
}

/** Forgets who sent to whom. */
export const forgetRecipients = ({ services }: Senders): void => {
  for (const { sticky } of itemsOf(services)) sticky.clear()
}
