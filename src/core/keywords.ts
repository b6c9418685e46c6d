/**
 * What a phone's owner asks of a sender with one word: no more messages, messages again, help.
 */
export type Keyword = "STOP" | "START" | "HELP"

/** Which words count. */
export interface KeywordRules {
  /** Toll-free numbers are opted out of by STOP alone and into by START and UNSTOP: the network in between does it. */
  readonly tollFree: boolean
  /** Whether YES is a word for START. */
  readonly yes: boolean
}

const stop = new Set(["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"])
const start = new Set(["START", "UNSTOP"])
const help = new Set(["HELP", "INFO"])

/**
 * The keyword that a message is, all of it, in capitals or not and without the white space around it.
 *
 * Source  Twilio help, "Twilio support for opt-out keywords (SMS STOP filtering)" and "Opt-out keyword handling for Toll-Free SMS";
 *         REVOKE and OPTOUT since April 2025
 */
export const keywordOf = (body: string, { tollFree, yes }: KeywordRules): Keyword | undefined => {
  if (body.length > longest) return undefined
  const word = body.trim().toUpperCase()
  if (tollFree ? word === "STOP" : stop.has(word)) return "STOP"
  if (start.has(word) || (word === "YES" && yes && !tollFree)) return "START"
  return help.has(word) ? "HELP" : undefined
}

/** Whether a message may be a keyword to one sender or another. */
export const maybeKeyword = (body: string): boolean => keywordOf(body, { tollFree: false, yes: true }) !== undefined

/** Characters of a message that can be a keyword, white space included. */
const longest = 100
