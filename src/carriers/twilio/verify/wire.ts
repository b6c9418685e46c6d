import { isoSeconds } from "../../../core/Instant.ts"
import { lineOf } from "../lookups/facts.ts"
import type { Twilio } from "../state.ts"
import { asciiJson } from "../template.ts"
import type { VerifyChannel, VerifyConfig } from "./entries.ts"
import type { Verification, VerifyService } from "./verifications.ts"

/* Absolute URLs stand here as holes, which the edge fills. */

/** What a service is set up as where nothing was said. Source: OpenAPI, and the defaults its texts name. */
const defaults = {
  code_length: 6,
  custom_code_enabled: false,
  default_template_sid: "",
  do_not_share_warning_enabled: false,
  dtmf_input_required: true,
  friendly_name: "",
  lookup_enabled: false,
  psd2_enabled: false,
  push_apn_credential_sid: "",
  push_fcm_credential_sid: "",
  push_include_date: true,
  skip_sms_to_landlines: false,
  totp_code_length: 6,
  totp_issuer: "",
  totp_skew: 1,
  totp_time_step: 30,
  tts_name: "",
  verify_event_subscription_enabled: false,
  whatsapp_from: "",
  whatsapp_msg_service_sid: "",
} as const satisfies Required<VerifyConfig>

/** How a service is set up, defaults included. */
export const verifyConfig = ({ config }: Pick<VerifyService, "config">): Required<VerifyConfig> => ({
  ...defaults,
  ...config,
})

const orNull = (text: string): string | null => (text === "" ? null : text)

const links = {
  verification_checks: "VerificationCheck",
  verifications: "Verifications",
  rate_limits: "RateLimits",
  messaging_configurations: "MessagingConfigurations",
  entities: "Entities",
  webhooks: "Webhooks",
  access_tokens: "AccessTokens",
}

export const verifyServiceJson = (service: VerifyService): string => {
  const { accountSid, created, sid, updated } = service
  const config = verifyConfig(service)
  const url = `/v2/Services/${sid}`
  return asciiJson({
    sid,
    account_sid: accountSid,
    friendly_name: config.friendly_name,
    code_length: config.code_length,
    lookup_enabled: config.lookup_enabled,
    psd2_enabled: config.psd2_enabled,
    skip_sms_to_landlines: config.skip_sms_to_landlines,
    dtmf_input_required: config.dtmf_input_required,
    tts_name: orNull(config.tts_name),
    do_not_share_warning_enabled: config.do_not_share_warning_enabled,
    custom_code_enabled: config.custom_code_enabled,
    push: {
      include_date: config.push_include_date,
      apn_credential_sid: orNull(config.push_apn_credential_sid),
      fcm_credential_sid: orNull(config.push_fcm_credential_sid),
    },
    totp: {
      issuer: orNull(config.totp_issuer === "" ? config.friendly_name : config.totp_issuer),
      time_step: config.totp_time_step,
      code_length: config.totp_code_length,
      skew: config.totp_skew,
    },
    default_template_sid: orNull(config.default_template_sid),
    whatsapp: {
      msg_service_sid: orNull(config.whatsapp_msg_service_sid),
      from: orNull(config.whatsapp_from),
    },
    passkeys: {
      relying_party: { id: null, name: null, origins: null },
      authenticator_attachment: null,
      discoverable_credentials: null,
      user_verification: null,
    },
    verify_event_subscription_enabled: config.verify_event_subscription_enabled,
    date_created: isoSeconds(created),
    date_updated: isoSeconds(updated),
    url: { url },
    links: Object.fromEntries(Object.entries(links).map(([name, path]) => [name, { url: `${url}/${path}` }])),
  })
}

/** How an attempt names its channel. Source: OpenAPI examples; `call` unconfirmed. */
const channelNames: { readonly [Name in VerifyChannel]: string } = {
  call: "call",
  email: "EMAIL",
  sms: "SMS",
  whatsapp: "whatsapp",
}

const common = (verification: Verification) => ({
  sid: verification.sid,
  service_sid: verification.serviceSid,
  account_sid: verification.accountSid,
  to: verification.to,
  channel: verification.sends.at(-1)?.channel ?? null,
  status: verification.status,
  valid: verification.status === "approved",
  amount: verification.amount ?? null,
  payee: verification.payee ?? null,
  date_created: isoSeconds(verification.created),
  date_updated: isoSeconds(verification.updated),
})

export const verificationJson = (twilio: Twilio, service: VerifyService, verification: Verification): string =>
  asciiJson({
    ...common(verification),
    lookup: verifyConfig(service).lookup_enabled ? carrierOf(twilio, verification.to) : {},
    send_code_attempts: verification.sends.map(({ at, channel, sid }) => ({
      time: isoSeconds(at),
      channel: channelNames[channel],
      attempt_sid: sid,
    })),
    sna: null,
    url: { url: `/v2/Services/${verification.serviceSid}/Verifications/${verification.sid}` },
  })

const carrierOf = (twilio: Twilio, to: string) => {
  const line = lineOf(twilio, to)
  if (line === undefined) return {}
  const { carrier_name, ...rest } = line
  return { carrier: { ...rest, name: carrier_name } }
}

export const checkJson = (verification: Verification): string =>
  asciiJson({ ...common(verification), sna_attempts_error_codes: [] })
