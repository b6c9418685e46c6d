import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { itemOf } from "../collection.ts"
import { type TwilioError, twilioError } from "../errors.ts"
import { metaList } from "../lists.ts"
import { flag, given, type Parameter, readParameters } from "../parameters.ts"
import type { Reply, Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { notFound, refusal } from "../wireOut.ts"
import { type VerifyConfig, verifyServiceCreated, verifyServiceDeleted, verifyServiceUpdated } from "./entries.ts"
import { newVerifyService, type VerifyService } from "./verifications.ts"
import { verifyServiceJson } from "./wire.ts"

const text = { _tag: "Text" } as const
const number = (min: number, max: number) => ({ _tag: "Number", min, max, code: 60200 }) as const
const sid = (prefix: string) => ({ _tag: "Sid", prefix, code: 60200 }) as const

/** Source: OpenAPI verify v2, CreateService and UpdateService; of passkeys there is nothing. */
const parameters: ReadonlyArray<Parameter<keyof VerifyConfig>> = [
  { name: "CodeLength", field: "code_length", kind: number(4, 10) },
  { name: "CustomCodeEnabled", field: "custom_code_enabled", kind: flag },
  { name: "DefaultTemplateSid", field: "default_template_sid", kind: sid("HJ") },
  { name: "DoNotShareWarningEnabled", field: "do_not_share_warning_enabled", kind: flag },
  { name: "DtmfInputRequired", field: "dtmf_input_required", kind: flag },
  { name: "FriendlyName", field: "friendly_name", kind: text },
  { name: "LookupEnabled", field: "lookup_enabled", kind: flag },
  { name: "Psd2Enabled", field: "psd2_enabled", kind: flag },
  { name: "Push.ApnCredentialSid", field: "push_apn_credential_sid", kind: sid("CR") },
  { name: "Push.FcmCredentialSid", field: "push_fcm_credential_sid", kind: sid("CR") },
  { name: "Push.IncludeDate", field: "push_include_date", kind: flag },
  { name: "SkipSmsToLandlines", field: "skip_sms_to_landlines", kind: flag },
  { name: "Totp.CodeLength", field: "totp_code_length", kind: number(3, 8) },
  { name: "Totp.Issuer", field: "totp_issuer", kind: text },
  { name: "Totp.Skew", field: "totp_skew", kind: number(0, 2) },
  { name: "Totp.TimeStep", field: "totp_time_step", kind: number(20, 60) },
  { name: "TtsName", field: "tts_name", kind: text },
  { name: "VerifyEventSubscriptionEnabled", field: "verify_event_subscription_enabled", kind: flag },
  { name: "Whatsapp.From", field: "whatsapp_from", kind: text },
  { name: "Whatsapp.MsgServiceSid", field: "whatsapp_msg_service_sid", kind: sid("MG") },
]

/** Characters of a service's name. Source: OpenAPI, FriendlyName. */
const nameLengthMax = 32

const configOf = ({ entry }: Request, isNew: boolean): Either.Either<VerifyConfig, TwilioError> => {
  const name = given(entry.data.params, "FriendlyName")
  const badName = name === undefined ? isNew : name === "" || [...name].length > nameLengthMax
  if (badName) return Either.left(twilioError(60200, { parameter: "FriendlyName" }))
  return Either.map(readParameters(entry.data.params, parameters), (config) => config as VerifyConfig)
}

/** The service of the path, when it belongs to the account that asks. */
export const verifyServiceOf = ({ accountSid, twilio }: Request, sid: string): VerifyService | undefined => {
  const service = itemOf(twilio.verify.services, sid)
  return service?.accountSid === accountSid ? service : undefined
}

const create = (request: Request): Reply => {
  const { accountSid, entry, twilio, world } = request
  const config = configOf(request, true)
  if (Either.isLeft(config)) return refusal(config.left)
  const sid = makeSid("VA", world.seed, twilio.verify.services.all.length)
  const data = { account_sid: accountSid, config: config.right }
  return {
    status: 201,
    body: verifyServiceJson(newVerifyService(sid, entry.at, data)),
    holes: true,
    subject: sid,
    drafts: [verifyServiceCreated.draft(sid, data)],
  }
}

const listServices = (request: Request): Reply =>
  metaList(request, request.twilio.verify.services, {
    key: "services",
    fits: ({ accountSid }) => accountSid === request.accountSid,
    show: verifyServiceJson,
  })

const fetch = (request: Request, sid: string): Reply => {
  const service = verifyServiceOf(request, sid)
  return service === undefined
    ? notFound(request)
    : { status: 200, body: verifyServiceJson(service), holes: true, subject: sid }
}

const update = (request: Request, sid: string): Reply => {
  const service = verifyServiceOf(request, sid)
  if (service === undefined) return notFound(request)
  const config = configOf(request, false)
  if (Either.isLeft(config)) return refusal(config.left)
  const after = { ...service, config: { ...service.config, ...config.right }, updated: request.entry.at }
  return {
    status: 200,
    body: verifyServiceJson(after),
    holes: true,
    subject: sid,
    drafts: [verifyServiceUpdated.draft(sid, { config: config.right })],
  }
}

const remove = (request: Request, sid: string): Reply =>
  verifyServiceOf(request, sid) === undefined
    ? notFound(request)
    : { status: 204, body: "", subject: sid, drafts: [verifyServiceDeleted.draft(sid, {})] }

export const verifyServicesResources: ReadonlyArray<Resource> = [
  { path: /^\/v2\/Services()$/, methods: { GET: listServices, POST: create } },
  { path: /^\/v2\/Services()\/([^/]+)$/, methods: { GET: fetch, POST: update, DELETE: remove } },
]
