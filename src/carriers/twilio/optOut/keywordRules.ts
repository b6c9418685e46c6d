import type { Draft } from "../../../core/Entry.ts"
import { type Keyword, keywordOf } from "../../../core/keywords.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { kindOfNumber } from "../senders/plan.ts"
import type { Twilio } from "../state.ts"
import { keywordAnswered, recipientOptedIn, recipientOptedOut } from "./entries.ts"
import { isOptedOut } from "./optOuts.ts"

/** Everything a message from a number, or of a service, is from: opted out of one of them is opted out. */
const sendersOf = ({ senders }: Twilio, from: string, serviceSid: string | undefined): ReadonlyArray<string> =>
  [from, serviceSid, ownedNumber(senders, from)?.serviceSid].filter((sender) => sender !== undefined)

/** Whether a message may not be sent. `serviceSid` is the service that sends it, if one does. */
export const blocked = (twilio: Twilio, from: string, to: string, serviceSid?: string): boolean =>
  twilio.optOuts.byPair.size > 0 &&
  sendersOf(twilio, from, serviceSid).some((sender) => isOptedOut(twilio.optOuts, { recipient: to, sender }))

/** A message from a phone, as far as keywords go. */
interface Said {
  readonly from: string
  readonly to: string
  readonly body: string
}

const asTwilio = { advanced: false, enabled: true, repeat_replies: false, yes: true }

/** The keyword that a message from a phone is. Other channels than SMS and short codes that stand alone know none. */
export const keywordIn = (twilio: Twilio, { body, from, to }: Said): Keyword | undefined => {
  const { enabled, yes } = twilio.settings.opt_out ?? asTwilio
  if (!enabled || from.includes(":") || to.includes(":")) return undefined
  if (!to.startsWith("+") && ownedNumber(twilio.senders, to)?.serviceSid === undefined) return undefined
  return keywordOf(body, { tollFree: isTollFree(to), yes })
}

/** The `OptOutType` of a webhook: with Advanced Opt-Out, and that only a messaging service has. */
export const optOutTypeOf = (twilio: Twilio, said: Said, serviceSid: string | undefined): Keyword | undefined =>
  serviceSid !== undefined && (twilio.settings.opt_out ?? asTwilio).advanced ? keywordIn(twilio, said) : undefined

const isTollFree = (number: string): boolean => number.startsWith("+") && kindOfNumber(number) === "tollfree"

/** What follows from a keyword: the opt-out, and the carrier's own answer to it where it has one. */
export const keywordTaken = (twilio: Twilio, sid: string, said: Said): ReadonlyArray<Draft> => {
  const keyword = keywordIn(twilio, said)
  if (keyword === undefined) return []
  const { from: recipient, to: number } = said
  const outOf = sendersOf(twilio, number, undefined).filter((sender) =>
    isOptedOut(twilio.optOuts, { recipient, sender }),
  )
  const [sender = number] = sendersOf(twilio, number, undefined).toReversed()
  const changes =
    keyword === "STOP"
      ? outOf.length === 0
        ? [recipientOptedOut.draft(sid, { recipient, sender })]
        : []
      : keyword === "START"
        ? outOf.map((each) => recipientOptedIn.draft(sid, { recipient, sender: each }))
        : []
  const body = answerTo(twilio, keyword, said, { changes: changes.length > 0, out: outOf.length > 0 })
  return body === undefined
    ? changes
    : [...changes, keywordAnswered.draft(sid, { body, from: number, keyword, to: recipient })]
}

/** A keyword that changes nothing is answered where settings want it; HELP always, but not to one who is opted out of a toll-free number. */
const answerTo = (
  { settings }: Twilio,
  keyword: Keyword,
  { body, to }: Said,
  { changes, out }: { readonly changes: boolean; readonly out: boolean },
): string | undefined => {
  const tollFree = isTollFree(to)
  const repeats = (settings.opt_out ?? asTwilio).repeat_replies
  if (keyword === "HELP") return tollFree && out ? undefined : answers.HELP
  if (!changes && !repeats) return undefined
  return tollFree ? networkAnswer(keyword, body) : answers[keyword]
}

/** Source: what phones were shown in 2026. */
const answers: Readonly<Record<Keyword, string>> = {
  HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
  START:
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
  STOP: "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.",
}

/** Source: Twilio help, "Opt-out keyword handling (SMS STOP Filtering) for Toll-Free SMS". */
const networkAnswer = (keyword: "STOP" | "START", body: string): string =>
  keyword === "STOP"
    ? 'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. Text back "unstop" to receive messages again.'
    : `NETWORK MSG: You have replied "${body.trim().toLowerCase()}" and will begin receiving messages again from this number.`
