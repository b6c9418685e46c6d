import { shortCode } from "../../../core/addresses.ts"
import { sid as makeSid } from "../../../core/chance.ts"
import type { Entry } from "../../../core/Entry.ts"
import { addItem, itemOf, itemsOf, removeItem } from "../collection.ts"
import type { NumberBought, NumberUpdated } from "./entries.ts"
import { leavePool, type OwnedNumber, type Senders } from "./senders.ts"

const phoneNumber = /^\+[1-9]\d{6,14}$/

/**
 * The numbers that settings name belong to the run's own account. Their SIDs follow from the number itself, so no order of the list
 * shifts one. A name (an alphanumeric sender ID) has no resource of its own.
 */
export const knowSettingsNumbers = (
  senders: Senders,
  named: ReadonlyArray<string>,
  { accountSid, at, seed }: { readonly accountSid: string; readonly at: number; readonly seed: number },
): void => {
  const wanted = new Set(named)
  for (const { bySettings, number, sid } of itemsOf(senders.numbers))
    if (bySettings && !wanted.has(number)) forget(senders, sid)
  for (const number of wanted) {
    const prefix = phoneNumber.test(number) ? "PN" : shortCode.test(number) ? "SC" : undefined
    if (prefix === undefined || isTaken(senders, number) || senders.released.has(number)) continue
    const sid = makeSid(prefix, seed, Number(number.replace("+", "")))
    own(senders, {
      sid,
      number,
      bySettings: true,
      created: at,
      accountSid,
      config: {},
      updated: at,
      serviceSid: undefined,
    })
  }
}

const own = ({ numbers, sids }: Senders, number: OwnedNumber): void => {
  addItem(numbers, number)
  sids.set(number.number, number.sid)
}

const forget = (senders: Senders, sid: string): void => {
  const number = itemOf(senders.numbers, sid)
  if (number === undefined) return
  leavePool(senders, sid)
  senders.sids.delete(number.number)
  removeItem(senders.numbers, sid)
}

/** Whether a number has an owner. */
export const isTaken = ({ sids }: Senders, number: string): boolean => sids.has(number)

/** The owned number of a text in E.164 form, or of a short code. */
export const ownedNumber = ({ numbers, sids }: Senders, number: string): OwnedNumber | undefined =>
  itemOf(numbers, sids.get(number) ?? "")

export const buyNumber = (senders: Senders, { at, data, subject }: Entry<NumberBought>): void => {
  senders.bought++
  own(senders, {
    sid: subject,
    number: data.phone_number,
    bySettings: false,
    created: at,
    accountSid: data.account_sid,
    config: data.config,
    updated: at,
    serviceSid: undefined,
  })
}

/** A number that moves to another account leaves its service. */
export const updateNumber = (senders: Senders, { at, data, subject }: Entry<NumberUpdated>): void => {
  const number = itemOf(senders.numbers, subject)
  if (number === undefined) return
  number.config = { ...number.config, ...data.config }
  number.updated = at
  if (data.account_sid === undefined || data.account_sid === number.accountSid) return
  leavePool(senders, subject)
  number.accountSid = data.account_sid
}

/** An application is gone: numbers it was to handle name none. Source: "Applications", DELETE. */
export const leaveApplication = ({ numbers }: Senders, sid: string): void => {
  for (const number of itemsOf(numbers))
    for (const by of ["sms_application_sid", "voice_application_sid"] as const)
      if (number.config[by] === sid) number.config = { ...number.config, [by]: "" }
}

export const releaseNumber = (senders: Senders, { subject }: Entry<unknown>): void => {
  const number = itemOf(senders.numbers, subject)
  if (number?.bySettings) senders.released.add(number.number)
  forget(senders, subject)
}
