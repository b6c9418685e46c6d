import * as Either from "effect/Either"
import { limits } from "../../../core/limits.ts"
import type { Problem } from "../alerts/debugger.ts"
import { parseTwiml } from "../twiml/parse.ts"
import { readTwiml } from "../twiml/retrieve.ts"
import type { DocumentFetched } from "./events.ts"
import type { Target } from "./orders.ts"
import { readVerbs, verb } from "./read.ts"
import type { Verb } from "./state.ts"
import type { Open, Work } from "./work.ts"

/* What was fetched becomes the document of its frame. */

/**
 * Takes what was fetched.
 *
 * Shape   XML types are TwiML; audio is played; plain text is TwiML if it is that, else read aloud; without a type, what begins with
 *         `<` is XML. A call ends behind what is played or read aloud, a waiting call hears it again
 * Refuses another type (12300), more than 64 kB (11750), no text at all or no XML (12100, 12101), another root (12102)
 * Source  "TwiML for Programmable Voice"; an empty answer as 12100 is unconfirmed
 */
export const take = (work: Work, frame: Open, target: Target, { content_type, text }: DocumentFetched): void => {
  if (content_type?.startsWith("audio/") === true) {
    frame.source = target
    const waits = frame.place === "queue-wait" || frame.place === "conference-wait"
    const endless: Verb = { ...verb("Play", target.url), attributes: [["loop", "0"]] }
    work.goesOnWith(frame, [waits ? endless : verb("Play", target.url)])
    return
  }
  const xml = /^\ufeff?\s*</.test(text)
  switch (content_type ?? (xml ? "text/xml" : "text/plain")) {
    case "text/xml":
    case "application/xml":
    case "text/html":
      takeTwiml(work, frame, target, text)
      return
    case "text/plain":
      if (text.trim() === "" || (xml && isTwiml(text)) || text.length > limits.answerBytesMax)
        takeTwiml(work, frame, target, text)
      else {
        frame.source = target
        work.goesOnWith(frame, [verb("Say", text.trim().replace(/\s+/g, " "))])
      }
      return
    default:
      work.fail(frame, { code: 12300, detail: `the content type is ${JSON.stringify(content_type)}` })
  }
}

const isTwiml = (text: string): boolean =>
  Either.match(parseTwiml(text), { onLeft: () => false, onRight: ({ name }) => name === "Response" })

/** Takes a document; `target` is null where it was given as text. */
export const takeTwiml = (work: Work, frame: Open, target: Target | null, text: string): void => {
  const tooLong: Problem = { code: 11750, detail: `the document has more than ${limits.answerBytesMax} bytes` }
  const response = text.length > limits.answerBytesMax ? Either.left(tooLong) : readTwiml(text)
  if (Either.isLeft(response)) {
    work.fail(frame, response.left)
    return
  }
  frame.source = target
  const { problems, verbs } = readVerbs(response.right)
  for (const problem of problems) work.alert(problem)
  work.goesOnWith(frame, verbs)
}
