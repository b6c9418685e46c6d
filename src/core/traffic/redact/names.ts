/*
 * What a field holds, by its name. Twilio writes MessageSid in forms and message_sid in JSON; applications write as they like.
 */

/** What is done about a value because of its name. */
export type Meaning = "secret" | "text" | "code" | "address" | "date" | "plain"

/** What a field of this name means. */
export const meaningOf = (name: string): Meaning => {
  const known = lately.get(name)
  if (known !== undefined) return known
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, "")
  const meaning = texts.has(plain)
    ? "text"
    : codes.has(plain)
      ? "code"
      : addresses.has(plain)
        ? "address"
        : dates.has(plain)
          ? "date"
          : secretWhole.has(plain) || (secretPart.test(plain) && !notSecret.test(plain))
            ? "secret"
            : "plain"
  if (lately.size >= latelyMax) lately.clear()
  lately.set(name, meaning)
  return meaning
}

/** Meanings of names that came lately: a session has a few dozen. */
const lately = new Map<string, Meaning>()
const latelyMax = 1_024

/** What people wrote, said or are called, and where they are. */
const texts = new Set(
  (
    "body text say speechresult unstablespeechresult stablespeechresult transcriptiontext transcription contentvariables " +
    "templatecustomsubstitutions custommessage customfriendlyname profilename callername address latitude longitude label " +
    "fromcity fromstate fromzip tocity tostate tozip callercity callerstate callerzip calledcity calledstate calledzip " +
    "nationalformat firstname lastname buttontext buttonpayload"
  ).split(" "),
)
const codes = new Set("digits code otp pin passcode customcode finishedonkey".split(" "))
const addresses = new Set(
  "to from caller called forwardedfrom phonenumber number recipient sender calleridnumber dialcallto identity".split(
    " ",
  ),
)
/** Dates that look like numbers: YYMMDDhhmm. */
const dates = new Set(["rawdlrdonedate"])
const secretWhole = new Set("key pass auth sig hmac".split(" "))
const secretPart =
  /token|secret|password|passwd|pwd|passphrase|apikey|accesskey|privatekey|authorization|signature|credential|jwt|session|cookie|bearer/
/** Names of pages and of attempts, and of what is said about a secret, which only sound like it. */
const notSecret =
  /pagetoken|idempotencytoken|passwordless|(?:type|status|count|expires|expiresat|expiresin|enabled|sid)$/
