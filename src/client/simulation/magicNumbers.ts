/*
 * Numbers for tests that Twilio's test credentials know: a send from or to one of them is answered by its error.
 * Source: "Test credentials", Twilio docs.
 */

/** Senders by the code their messages are refused with; `accepted` is the one that may send. */
export const magicSenders: {
  readonly accepted: string
  readonly invalid: string
  readonly notOwned: string
  readonly queueFull: string
} = {
  accepted: "+15005550006",
  invalid: "+15005550001",
  notOwned: "+15005550007",
  queueFull: "+15005550008",
}

export const magicRecipients: {
  readonly invalid: string
  readonly unroutable: string
  readonly notPermitted: string
  readonly optedOut: string
  readonly notMobile: string
} = {
  invalid: "+15005550001",
  unroutable: "+15005550002",
  notPermitted: "+15005550003",
  optedOut: "+15005550004",
  notMobile: "+15005550009",
}

const bySender: ReadonlyMap<string, number> = new Map([
  [magicSenders.invalid, 21212],
  [magicSenders.notOwned, 21606],
  [magicSenders.queueFull, 21611],
])
const byRecipient: ReadonlyMap<string, number> = new Map([
  [magicRecipients.invalid, 21211],
  [magicRecipients.unroutable, 21612],
  [magicRecipients.notPermitted, 21408],
  [magicRecipients.optedOut, 21610],
  [magicRecipients.notMobile, 21614],
])

/** The code a send is refused with; `undefined` when it is accepted. */
export const magicError = (from: string | null, to: string | null): number | undefined =>
  bySender.get(from ?? "") ?? byRecipient.get(to ?? "")
