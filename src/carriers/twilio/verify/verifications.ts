import type { Entry } from "../../../core/Entry.ts"
import { addItem, type Collection, itemOf, itemsOf, noItems, removeItem } from "../collection.ts"
import type {
  VerificationChecked,
  VerificationCreated,
  VerificationSent,
  VerificationStatus,
  VerificationStatusChanged,
  VerifyChannel,
  VerifyConfig,
  VerifyServiceCreated,
  VerifyServiceUpdated,
} from "./entries.ts"
import type { VerificationState } from "./verification.decider.ts"

/** A service that verifications belong to. Instants in virtual ms. */
export interface VerifyService {
  readonly sid: string
  readonly accountSid: string
  readonly created: number
  config: VerifyConfig
  updated: number
}

/** A code's way to somebody. */
export interface SendAttempt {
  readonly sid: string
  readonly channel: VerifyChannel
  readonly at: number
  readonly messageSid: string | undefined
}

export interface Verification {
  readonly sid: string
  readonly accountSid: string
  readonly serviceSid: string
  readonly to: string
  readonly amount: string | undefined
  readonly payee: string | undefined
  readonly created: number
  readonly expires: number
  code: string
  status: VerificationStatus
  updated: number
  /** Wrong codes that were shown. */
  checks: number
  sends: Array<SendAttempt>
}

/** Verifications of a run, and their services. */
export interface Verify {
  readonly services: Collection<VerifyService>
  readonly verifications: Collection<Verification>
  /** The newest of each service and address, by `key`. */
  readonly newest: Map<string, string>
  /** Codes ever sent, from which SIDs of attempts count. */
  sent: number
}

export const noVerify = (): Verify => ({ services: noItems(), verifications: noItems(), newest: new Map(), sent: 0 })

const key = (serviceSid: string, to: string): string => `${serviceSid} ${to}`

/** The newest verification of an address with a service. */
export const newestOf = ({ newest, verifications }: Verify, serviceSid: string, to: string): Verification | undefined =>
  itemOf(verifications, newest.get(key(serviceSid, to)) ?? "")

/** Where a verification stands at an instant, for its decider. */
export const stateOf = (verification: Verification | undefined, at: number): VerificationState => {
  if (verification === undefined || at >= verification.expires) return { _tag: "Absent" }
  const { checks, code, sends, status } = verification
  switch (status) {
    case "pending":
      return { _tag: "Pending", code, sends: sends.length, checks }
    case "max_attempts_reached":
      return { _tag: "Locked" }
    default:
      return { _tag: "Absent" }
  }
}

export const newVerifyService = (sid: string, at: number, data: VerifyServiceCreated): VerifyService => ({
  sid,
  accountSid: data.account_sid,
  created: at,
  config: data.config,
  updated: at,
})

export const newVerification = (sid: string, at: number, data: VerificationCreated): Verification => ({
  sid,
  accountSid: data.account_sid,
  serviceSid: data.service_sid,
  to: data.to,
  amount: data.amount,
  payee: data.payee,
  created: at,
  expires: data.expires_at,
  code: data.code,
  status: "pending",
  updated: at,
  checks: 0,
  sends: [],
})

/** What an entry does to a verification. */
export const applySent = (verification: Verification, at: number, data: VerificationSent): void => {
  verification.sends = [
    ...verification.sends,
    { sid: data.attempt_sid, channel: data.channel, at, messageSid: data.message_sid },
  ]
  verification.code = data.code ?? verification.code
  verification.updated = at
}

export const applyChecked = (verification: Verification, at: number, data: VerificationChecked): void => {
  verification.status = data.status
  if (!data.valid) verification.checks++
  verification.updated = at
}

export const createService = ({ services }: Verify, { at, data, subject }: Entry<VerifyServiceCreated>): void =>
  addItem(services, newVerifyService(subject, at, data))

export const updateService = ({ services }: Verify, { at, data, subject }: Entry<VerifyServiceUpdated>): void => {
  const service = itemOf(services, subject)
  if (service === undefined) return
  service.config = { ...service.config, ...data.config }
  service.updated = at
}

export const deleteService = ({ newest, services, verifications }: Verify, { subject }: Entry<unknown>): void => {
  removeItem(services, subject)
  for (const { serviceSid, sid, to } of itemsOf(verifications)) {
    if (serviceSid !== subject) continue
    newest.delete(key(serviceSid, to))
    removeItem(verifications, sid)
  }
}

export const createVerification = (verify: Verify, { at, data, subject }: Entry<VerificationCreated>): void => {
  addItem(verify.verifications, newVerification(subject, at, data))
  verify.newest.set(key(data.service_sid, data.to), subject)
}

export const sendVerification = (verify: Verify, { at, data, subject }: Entry<VerificationSent>): void => {
  verify.sent++
  const verification = itemOf(verify.verifications, subject)
  if (verification !== undefined) applySent(verification, at, data)
}

export const checkVerification = (verify: Verify, { at, data, subject }: Entry<VerificationChecked>): void => {
  const verification = itemOf(verify.verifications, subject)
  if (verification !== undefined) applyChecked(verification, at, data)
}

export const changeVerification = (verify: Verify, { at, data, subject }: Entry<VerificationStatusChanged>): void => {
  const verification = itemOf(verify.verifications, subject)
  if (verification === undefined) return
  verification.status = data.status
  verification.updated = at
}

/** Forgets verifications; services stay, and places, from which SIDs count. */
export const clearVerifications = ({ newest, verifications }: Verify): void => {
  for (const { sid } of itemsOf(verifications)) removeItem(verifications, sid)
  newest.clear()
}
