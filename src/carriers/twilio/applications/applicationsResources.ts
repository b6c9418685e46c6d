import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { rfc2822 } from "../../../core/Instant.ts"
import { list } from "../lists.ts"
import { flag, method, type Parameter, readParameters, url } from "../parameters.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { asciiJson } from "../template.ts"
import { notFound, refusal } from "../wireOut.ts"
import { type Application, applicationOf, newApplication } from "./applications.ts"
import { type ApplicationConfig, applicationCreated, applicationDeleted, applicationUpdated } from "./entries.ts"

/**
 * `SmsStatusCallback` is the older name of `MessageStatusCallback`, which counts where both are given.
 *
 * Source  OpenAPI, CreateApplication and UpdateApplication
 */
const parameters: ReadonlyArray<Parameter<keyof ApplicationConfig>> = [
  { name: "FriendlyName", field: "friendly_name", kind: { _tag: "Name" } },
  { name: "ApiVersion", field: "api_version", kind: { _tag: "OneOf", values: ["2010-04-01", "2008-08-01"] } },
  { name: "VoiceUrl", field: "voice_url", kind: url },
  { name: "VoiceMethod", field: "voice_method", kind: method },
  { name: "VoiceFallbackUrl", field: "voice_fallback_url", kind: url },
  { name: "VoiceFallbackMethod", field: "voice_fallback_method", kind: method },
  { name: "StatusCallback", field: "status_callback", kind: url },
  { name: "StatusCallbackMethod", field: "status_callback_method", kind: method },
  { name: "VoiceCallerIdLookup", field: "voice_caller_id_lookup", kind: flag },
  { name: "SmsUrl", field: "sms_url", kind: url },
  { name: "SmsMethod", field: "sms_method", kind: method },
  { name: "SmsFallbackUrl", field: "sms_fallback_url", kind: url },
  { name: "SmsFallbackMethod", field: "sms_fallback_method", kind: method },
  { name: "SmsStatusCallback", field: "message_status_callback", kind: url },
  { name: "MessageStatusCallback", field: "message_status_callback", kind: url },
  { name: "PublicApplicationConnectEnabled", field: "public_application_connect_enabled", kind: flag },
]

const apiVersion = "2010-04-01"

const applicationJson = ({ accountSid, config, created, sid, updated }: Application): string => {
  const reports = orNull(config.message_status_callback)
  return asciiJson({
    account_sid: accountSid,
    api_version: config.api_version ?? apiVersion,
    date_created: rfc2822(created),
    date_updated: rfc2822(updated),
    friendly_name: orNull(config.friendly_name),
    message_status_callback: reports,
    public_application_connect_enabled: config.public_application_connect_enabled ?? false,
    sid,
    sms_fallback_method: config.sms_fallback_method ?? "POST",
    sms_fallback_url: orNull(config.sms_fallback_url),
    sms_method: config.sms_method ?? "POST",
    sms_status_callback: reports,
    sms_url: orNull(config.sms_url),
    status_callback: orNull(config.status_callback),
    status_callback_method: config.status_callback_method ?? "POST",
    uri: `/${apiVersion}/Accounts/${accountSid}/Applications/${sid}.json`,
    voice_caller_id_lookup: config.voice_caller_id_lookup ?? false,
    voice_fallback_method: config.voice_fallback_method ?? "POST",
    voice_fallback_url: orNull(config.voice_fallback_url),
    voice_method: config.voice_method ?? "POST",
    voice_url: orNull(config.voice_url),
  })
}

const orNull = (text: string | undefined): string | null => (text === undefined || text === "" ? null : text)

/** POST …/Applications.json */
const create = ({ accountSid, entry, twilio, world }: Request): Reply => {
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const sid = makeSid("AP", world.seed, twilio.applications.all.length)
  const data = { account_sid: accountSid, config: read.right as ApplicationConfig }
  return {
    status: 201,
    body: applicationJson(newApplication(sid, entry.at, data)),
    subject: sid,
    drafts: [applicationCreated.draft(sid, data)],
  }
}

/** GET …/Applications.json: newest first, of one name where that is asked for. */
const listApplications = (request: Request): Reply => {
  const name = param(request.entry.data.query, "FriendlyName")
  return list(request, request.twilio.applications, {
    key: "applications",
    fits: ({ accountSid, config }) =>
      accountSid === request.accountSid && (name === undefined || config.friendly_name === name),
    show: applicationJson,
  })
}

/** The application of the path, when it belongs to the path's account. */
const ownApplication = ({ accountSid, twilio }: Request, sid: string): Application | undefined =>
  applicationOf(twilio.applications, accountSid, sid)

const fetch = (request: Request, sid: string): Reply => {
  const application = ownApplication(request, sid)
  return application === undefined
    ? notFound(request)
    : { status: 200, body: applicationJson(application), subject: sid }
}

const update = (request: Request, sid: string): Reply => {
  const { entry } = request
  const application = ownApplication(request, sid)
  if (application === undefined) return notFound(request)
  const read = readParameters(entry.data.params, parameters)
  if (Either.isLeft(read)) return refusal(read.left)
  const config = read.right as ApplicationConfig
  const after: Application = { ...application, config: { ...application.config, ...config }, updated: entry.at }
  return {
    status: 200,
    body: applicationJson(after),
    subject: sid,
    drafts: [applicationUpdated.draft(sid, { config })],
  }
}

const remove = (request: Request, sid: string): Reply =>
  ownApplication(request, sid) === undefined
    ? notFound(request)
    : { status: 204, body: "", subject: sid, drafts: [applicationDeleted.draft(sid, {})] }

export const applicationsResources: ReadonlyArray<Resource> = [
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Applications\.json$/,
    methods: { GET: listApplications, POST: create },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Applications\/([^/]+)\.json$/,
    methods: { GET: fetch, POST: update, DELETE: remove },
  },
]
