import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { parseE164 } from "../../../core/E164.ts"
import type { Draft } from "../../../core/Entry.ts"
import { itemOf } from "../collection.ts"
import { twilioError } from "../errors.ts"
import { lineOf } from "../lookups/facts.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Handler, Resource } from "../resource.ts"
import { notFound, refusal } from "../wireOut.ts"
import { codeMessage, codeOf, codeText } from "./codeMessage.ts"
import type { VerificationCreated, VerificationSent, VerifyChannel } from "./entries.ts"
import { verifyServiceOf } from "./servicesResources.ts"
import { decide, type NotNow, type VerificationCommand } from "./verification.decider.ts"
import {
  applyChecked,
  applySent,
  newestOf,
  newVerification,
  stateOf,
  type Verification,
  type VerifyService,
} from "./verifications.ts"
import { checkJson, verificationJson, verifyConfig } from "./wire.ts"

/** How long a verification can be approved, virtual ms. Source: Verify docs, "Service rate limits and timeouts". */
const expiresMs = 600_000

/** Characters of an address of any kind. */
const addressLengthMax = 254

/** Characters of a name in a message. */
const nameLengthMax = 100

const invalid = (parameter: string): Reply => refusal(twilioError(60200, { parameter }))

/** A handler of something below a service of the account that asks. */
const below =
  (run: (request: Request, service: VerifyService, inner: string) => Reply): Handler =>
  (request, sid, inner) => {
    const service = verifyServiceOf(request, sid)
    return service === undefined ? notFound(request) : run(request, service, inner)
  }

/** The channel that simulates the one asked for; `undefined` for one that is none or is not simulated. */
const channelOf = (text: string | undefined): VerifyChannel | undefined => {
  switch (text?.toLowerCase()) {
    case "sms":
    case "auto":
      return "sms"
    case "call":
    case "email":
    case "whatsapp":
      return text.toLowerCase() as VerifyChannel
    default:
      return undefined
  }
}

/** An address as verifications have it: a number in E.164 form, or an e-mail address. */
const addressOf = (text: string): string | undefined =>
  text.length > addressLengthMax ? undefined : (parseE164(text) ?? (/^[^\s@]+@[^\s@]+$/.test(text) ? text : undefined))

/** What a request asks to send. */
interface Wanted {
  readonly to: string
  readonly channel: VerifyChannel
  readonly customCode: string | undefined
}

const wantedOf = ({ entry, twilio }: Request, service: VerifyService): Either.Either<Wanted, Reply> => {
  const { params } = entry.data
  const config = verifyConfig(service)
  const to = addressOf(param(params, "To") ?? "")
  const channel = channelOf(param(params, "Channel"))
  const customCode = param(params, "CustomCode")
  if (to === undefined) return Either.left(invalid("To"))
  if (channel === undefined) return Either.left(invalid("Channel"))
  if (to.includes("@") !== (channel === "email")) return Either.left(invalid("To"))
  if (customCode !== undefined && !config.custom_code_enabled) return Either.left(refusal(twilioError(60204)))
  if (customCode !== undefined && !/^[A-Za-z0-9]{4,10}$/.test(customCode)) return Either.left(invalid("CustomCode"))
  if (channel === "sms" && config.lookup_enabled && lineOf(twilio, to)?.type === "landline")
    return Either.left(refusal(twilioError(60205)))
  return Either.right({ to, channel, customCode })
}

const refused = (request: Request, { why }: NotNow): Reply => {
  switch (why) {
    case "absent":
      return notFound(request)
    case "sends":
      return refusal(twilioError(60203))
    case "checks":
      return refusal(twilioError(60202))
  }
}

/** POST …/Verifications: sends a code, the one that is there already when it can still be used. */
const send = below((request, service) => {
  const wanted = wantedOf(request, service)
  if (Either.isLeft(wanted)) return wanted.left
  const { accountSid, entry, twilio, world } = request
  const { channel, customCode, to } = wanted.right
  const there = newestOf(twilio.verify, service.sid, to)
  const state = stateOf(there, entry.at)
  const isNew = there === undefined || state._tag === "Absent"
  const config = verifyConfig(service)
  const sid = isNew ? makeSid("VE", world.seed, twilio.verify.verifications.all.length) : there.sid
  const code = customCode ?? (isNew ? codeOf(world.seed, sid, config.code_length) : there.code)
  const named = [...(param(entry.data.params, "CustomFriendlyName") ?? config.friendly_name)].slice(0, nameLengthMax)
  const body = codeText(named.join(""), code, { warning: config.do_not_share_warning_enabled })
  const message = codeMessage(request, { body, channel, to })
  const [amount, payee] = config.psd2_enabled
    ? [param(entry.data.params, "Amount"), param(entry.data.params, "Payee")]
    : [undefined, undefined]
  const created: VerificationCreated = {
    account_sid: accountSid,
    ...(amount === undefined ? {} : { amount }),
    code,
    expires_at: entry.at + (twilio.settings.verify?.expires_ms ?? expiresMs),
    ...(payee === undefined ? {} : { payee }),
    service_sid: service.sid,
    to,
  }
  const sent: VerificationSent = {
    attempt_sid: makeSid("VL", world.seed, twilio.verify.sent),
    channel,
    ...(isNew || code === there.code ? {} : { code }),
    ...(message === undefined ? {} : { message_sid: message.subject }),
  }
  const decided = decide(state, { _tag: "Send", sid, created, sent })
  if (Either.isLeft(decided)) return refused(request, decided.left)
  const after: Verification = isNew ? newVerification(sid, entry.at, created) : { ...there }
  applySent(after, entry.at, sent)
  return {
    status: 201,
    body: verificationJson(twilio, service, after),
    holes: true,
    subject: sid,
    drafts: message === undefined ? decided.right : [...decided.right, message],
  }
})

/** The verification of the path, by its SID or by its address, as long as it is there. */
const verificationOf = ({ entry, twilio }: Request, service: VerifyService, name: string): Verification | undefined => {
  const { verify } = twilio
  const found = name.startsWith("VE")
    ? itemOf(verify.verifications, name)
    : newestOf(verify, service.sid, addressOf(name) ?? "")
  return found?.serviceSid === service.sid && stateOf(found, entry.at)._tag !== "Absent" ? found : undefined
}

/** Carries out an order about a verification that is there, and answers with what became of it. */
const ordered = (
  request: Request,
  verification: Verification | undefined,
  command: VerificationCommand,
  answer: (drafts: ReadonlyArray<Draft>) => string,
): Reply => {
  const decided = decide(stateOf(verification, request.entry.at), command)
  if (Either.isLeft(decided)) return refused(request, decided.left)
  return { status: 200, body: answer(decided.right), holes: true, subject: command.sid, drafts: decided.right }
}

const fetch = below((request, service, sid) => {
  const verification = verificationOf(request, service, decodedName(sid))
  return verification === undefined
    ? notFound(request)
    : {
        status: 200,
        body: verificationJson(request.twilio, service, verification),
        holes: true,
        subject: verification.sid,
      }
})

/** A path's part; one whose encoding is broken names nothing. */
const decodedName = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return ""
  }
}

const update = below((request, service, name) => {
  const verification = verificationOf(request, service, decodedName(name))
  if (verification === undefined) return notFound(request)
  const status = param(request.entry.data.params, "Status")
  if (status !== "approved" && status !== "canceled") return invalid("Status")
  const after: Verification = { ...verification, status, updated: request.entry.at }
  return ordered(request, verification, { _tag: "End", sid: verification.sid, status }, () =>
    verificationJson(request.twilio, service, after),
  )
})

/** POST …/VerificationCheck: shows a code. */
const check = below((request, service) => {
  const { entry } = request
  const code = param(entry.data.params, "Code")
  const sid = param(entry.data.params, "VerificationSid")
  const to = param(entry.data.params, "To")
  if (code === undefined || code.length > 100) return invalid("Code")
  if (sid === undefined && to === undefined) return invalid("To")
  const verification = verificationOf(request, service, sid ?? to ?? "")
  if (verification === undefined) return notFound(request)
  return ordered(request, verification, { _tag: "Check", sid: verification.sid, code }, ([draft]) => {
    const after: Verification = { ...verification }
    applyChecked(after, entry.at, draft?.data as Parameters<typeof applyChecked>[2])
    return checkJson(after)
  })
})

export const verificationsResources: ReadonlyArray<Resource> = [
  { path: /^\/v2\/Services()\/([^/]+)\/Verifications$/, methods: { POST: send } },
  { path: /^\/v2\/Services()\/([^/]+)\/Verifications\/([^/]+)$/, methods: { GET: fetch, POST: update } },
  { path: /^\/v2\/Services()\/([^/]+)\/VerificationCheck$/, methods: { POST: check } },
]
