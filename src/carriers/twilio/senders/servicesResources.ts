import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { itemOf } from "../collection.ts"
import { twilioError } from "../errors.ts"
import { metaList } from "../lists.ts"
import { flag, method, type Parameter, readParameters, url } from "../parameters.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { notFound, refusal } from "../wireOut.ts"
import { type ServiceConfig, serviceCreated, serviceDeleted, serviceUpdated } from "./entries.ts"
import type { Service } from "./senders.ts"
import { newService } from "./services.ts"
import { serviceJson } from "./servicesWire.ts"

/** Source: OpenAPI messaging v1, CreateService and UpdateService. */
const parameters: ReadonlyArray<Parameter<keyof ServiceConfig>> = [
  { name: "FriendlyName", field: "friendly_name", kind: { _tag: "Name" } },
  { name: "InboundRequestUrl", field: "inbound_request_url", kind: url },
  { name: "InboundMethod", field: "inbound_method", kind: method },
  { name: "FallbackUrl", field: "fallback_url", kind: url },
  { name: "FallbackMethod", field: "fallback_method", kind: method },
  { name: "StatusCallback", field: "status_callback", kind: url },
  { name: "StickySender", field: "sticky_sender", kind: flag },
  { name: "MmsConverter", field: "mms_converter", kind: flag },
  { name: "SmartEncoding", field: "smart_encoding", kind: flag },
  {
    name: "ScanMessageContent",
    field: "scan_message_content",
    kind: { _tag: "OneOf", values: ["inherit", "enable", "disable"] },
  },
  { name: "FallbackToLongCode", field: "fallback_to_long_code", kind: flag },
  { name: "AreaCodeGeomatch", field: "area_code_geomatch", kind: flag },
  { name: "ValidityPeriod", field: "validity_period", kind: { _tag: "Number", min: 1, max: 36_000, code: 21624 } },
  { name: "SynchronousValidation", field: "synchronous_validation", kind: flag },
  { name: "Usecase", field: "usecase", kind: { _tag: "Text" } },
  { name: "UseInboundWebhookOnNumber", field: "use_inbound_webhook_on_number", kind: flag },
]

/** The service of the path, when it belongs to the account that asks. */
export const serviceOf = ({ accountSid, twilio }: Request, sid: string): Service | undefined => {
  const service = itemOf(twilio.senders.services, sid)
  return service?.accountSid === accountSid ? service : undefined
}

const create = ({ accountSid, entry, twilio, world }: Request): Reply => {
  if (param(entry.data.params, "FriendlyName") === undefined) return refusal(twilioError(20002))
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const sid = makeSid("MG", world.seed, twilio.senders.services.all.length)
  const data = { account_sid: accountSid, config: read.right as ServiceConfig }
  return {
    status: 201,
    body: serviceJson(newService(sid, entry.at, data)),
    holes: true,
    subject: sid,
    drafts: [serviceCreated.draft(sid, data)],
  }
}

const listServices = (request: Request): Reply =>
  metaList(request, request.twilio.senders.services, {
    key: "services",
    fits: ({ accountSid }) => accountSid === request.accountSid,
    show: serviceJson,
  })

const fetch = (request: Request, sid: string): Reply => {
  const service = serviceOf(request, sid)
  return service === undefined
    ? notFound(request)
    : { status: 200, body: serviceJson(service), holes: true, subject: sid }
}

const update = (request: Request, sid: string): Reply => {
  const { entry } = request
  const service = serviceOf(request, sid)
  if (service === undefined) return notFound(request)
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const config = read.right as ServiceConfig
  if (config.friendly_name === "") return refusal(twilioError(20002))
  const after: Service = { ...service, config: { ...service.config, ...config }, updated: entry.at }
  return {
    status: 200,
    body: serviceJson(after),
    holes: true,
    subject: sid,
    drafts: [serviceUpdated.draft(sid, { config })],
  }
}

const remove = (request: Request, sid: string): Reply =>
  serviceOf(request, sid) === undefined
    ? notFound(request)
    : { status: 204, body: "", subject: sid, drafts: [serviceDeleted.draft(sid, {})] }

export const servicesResources: ReadonlyArray<Resource> = [
  { path: /^\/v1\/Services()$/, methods: { GET: listServices, POST: create } },
  { path: /^\/v1\/Services()\/([^/]+)$/, methods: { GET: fetch, POST: update, DELETE: remove } },
]
