import { Bounded } from "./bounded.ts"
import type { Sending } from "./sendParams.ts"
import type { Message } from "./types.ts"

/*
 * How a message that was sent without an answer is known again.
 *
 * 1. It is to the same recipient, of the same sender, with the same text and as many media, and not older than the first attempt.
 * 2. A message that this client was given for another send is not it.
 * 3. While another send of the very same message is under way, it cannot be told which is whose.
 */

/** Sends under way, and messages that belong to sends. */
export class Sends {
  readonly #underWay = new Map<string, number>()
  readonly #owned = new Bounded<string, true>({ max: ownedMax, keepMs: ownedMs })

  begin(sending: Sending): void {
    const print = fingerprint(sending)
    this.#underWay.set(print, (this.#underWay.get(print) ?? 0) + 1)
  }

  end(sending: Sending): void {
    const print = fingerprint(sending)
    const left = (this.#underWay.get(print) ?? 1) - 1
    if (left === 0) this.#underWay.delete(print)
    else this.#underWay.set(print, left)
  }

  isAlone(sending: Sending): boolean {
    return (this.#underWay.get(fingerprint(sending)) ?? 0) <= 1
  }

  /** The message belongs to a send. */
  own(sid: string, now: number): void {
    this.#owned.set(sid, true, now)
  }

  /** Whether a message may be the one that was sent. `since`: not created before, ms. */
  mayBe(sending: Sending, message: Message, since: number, now: number): boolean {
    return (
      message.direction === "outbound-api" &&
      message.to === sending.to &&
      message.messagingServiceSid === (sending.messagingServiceSid ?? null) &&
      // A service that has not chosen a sender has none yet.
      (sending.from === undefined || message.from === null || message.from === sending.from) &&
      message.numMedia === sending.numMedia &&
      isText(message.body, sending.body ?? "") &&
      message.dateCreated !== null &&
      message.dateCreated.getTime() >= since &&
      this.#owned.get(message.sid, now) === undefined
    )
  }
}

const ownedMax = 10_000
const ownedMs = 60 * 60 * 1000

/** Twilio puts a line of its own before what trial accounts send. */
const isText = (body: string, sent: string): boolean => {
  const [found, known] = [kept(body), kept(sent)]
  return found === known || found === kept(`${trialLine}${sent}`)
}
const trialLine = "Sent from your Twilio trial account - "

/** What surely arrives of a text: half a character is none in UTF-8, and space at the ends and line ends may be tidied on the way. */
const kept = (text: string): string => text.toWellFormed().replaceAll("\r\n", "\n").trim()

const fingerprint = ({ body, from, messagingServiceSid, numMedia, to }: Sending): string =>
  JSON.stringify([to, from, messagingServiceSid, numMedia, kept(body ?? "")])
