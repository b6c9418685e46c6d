import { parseE164 } from "../../../core/E164.ts"
import { urlIn } from "../twiml/urls.ts"
import { dial } from "./dial.ts"
import { ends } from "./ending.ts"
import { gather } from "./gather.ts"
import { enqueue } from "./queue.ts"
import { record } from "./record.ts"
import { otherVerbs, verbsIn } from "./schema.ts"
import type { Verb } from "./state.ts"
import { hear } from "./talk.ts"
import { Values } from "./values.ts"
import type { Open, Work } from "./work.ts"

/** Carries verbs out, one after the other, until something is waited for or the call is over. */
export const carryOn = (work: Work): void => {
  for (;;) {
    const frame = work.top
    if (frame === undefined || work.state.over || frame.doing.what !== "nothing") return
    const verb = frame.rest[0]
    if (verb === undefined) endOfDocument(work, frame)
    else if (work.counts()) {
      frame.rest = frame.rest.slice(1)
      carryOut(work, frame, verb)
    } else work.fail(frame, { code: 11215, detail: "too many verbs" }, false)
  }
}

/**
 * Behind its last verb a call ends, what is heard before the parties are connected connects them, and a document of waiting is asked for
 * again, unless there was nothing to hear in it: then it is silent from here on.
 */
const endOfDocument = (work: Work, frame: Open): void => {
  if (frame.place === "queue-whisper") {
    work.frames.pop()
    work.order({ type: "bridge" })
    return
  }
  if (frame.place !== "call") {
    if (frame.source === null || work.state.documents_at_once > 0) frame.doing = { what: "talking", wait: null }
    else work.fetch(frame, frame.source, frame.place)
    return
  }
  if (work.state.role === "whisper" && !frame.failed) {
    ends(work)
    work.order({ type: "bridge" })
    return
  }
  work.answer()
  hangUp(work, frame.failed ? "error" : "end-of-document")
}

const hangUp = (work: Work, reason: "hangup" | "end-of-document" | "rejected" | "error"): void => {
  ends(work)
  work.order({ type: "hang-up", reason })
}

const carryOut = (work: Work, frame: Open, verb: Verb): void => {
  if (!mayStand(work, frame, verb)) return
  // Whatever a document begins with, it answers the call, but for these; a Dial decides for itself.
  const early = verb.name === "Pause" || verb.name === "Redirect" || verb.name === "Reject" || verb.name === "Dial"
  if (!early) work.answer()
  switch (verb.name) {
    case "Say":
    case "Play":
    case "Pause": {
      const wait = hear(work, frame, verb)
      if (wait !== undefined) frame.doing = { what: "talking", wait }
      return
    }
    case "Gather":
      gather(work, frame, verb)
      return
    case "Record":
      record(work, frame, verb)
      return
    case "Dial":
      dial(work, frame, verb)
      return
    case "Enqueue":
      enqueue(work, frame, verb)
      return
    case "Redirect":
      redirect(work, frame, verb)
      return
    case "Reject":
      reject(work, frame, verb)
      return
    case "Hangup":
      hangUp(work, "hangup")
      return
    case "Leave":
      leave(work)
      return
    case "Sms":
      sms(work, frame, verb)
      return
  }
}

/** Whether a verb may stand where the document is heard; one that may not is passed over. */
const mayStand = (work: Work, frame: Open, { name }: Verb): boolean => {
  const refused = (code: 13201 | 13238 | 13750 | 12200, detail: string): boolean => {
    work.alert({ code, detail })
    work.line({ what: "not-carried-out", verb: name })
    return false
  }
  if (otherVerbs.has(name)) return refused(13750, `<${name}> is not carried out here`)
  const where = frame.place !== "call" ? frame.place : work.state.role === "whisper" ? "whisper" : undefined
  if (where === undefined || verbsIn[where].has(name)) return true
  if (where === "whisper" && name === "Dial") return refused(13201, "the called party cannot dial")
  return refused(where === "conference-wait" ? 13238 : 12200, `<${name}> is not for this document`)
}

const redirect = (work: Work, frame: Open, verb: Verb): void => {
  const values = new Values(work, verb, frame.source)
  const method = values.method("method", 13710)
  const url = urlIn(verb.text, frame.source?.url ?? "")
  if (url === undefined) {
    work.fail(frame, { code: 11100, detail: `<Redirect> to "${verb.text.slice(0, 100)}"` })
    return
  }
  work.line({ what: "redirected", url })
  work.fetch(frame, { method, url }, "redirect")
}

/** Only a call that was not answered can be rejected; another one ends. */
const reject = (work: Work, frame: Open, verb: Verb): void => {
  const values = new Values(work, verb, frame.source)
  const reason = values.oneOf("reason", ["rejected", "busy"], "rejected", 13810)
  if (work.state.answered) hangUp(work, "rejected")
  else {
    ends(work)
    work.order({ type: "reject", reason })
  }
}

/** Out of the queue in which the call waits. Outside of one it is nothing: unconfirmed. */
const leave = (work: Work): void => {
  const waiting = work.frames.find(({ doing }) => doing.what === "queued")
  if (waiting?.doing.what !== "queued") {
    work.alert({ code: 12200, detail: "<Leave> in no queue" })
    return
  }
  const top = work.top
  if (top !== undefined) top.doing = { what: "talking", wait: null }
  work.order({ type: "leave", id: waiting.doing.id })
}

/** Source: "TwiML Sms"; errors 14101 to 14105. */
const sms = (work: Work, frame: Open, verb: Verb): void => {
  const values = new Values(work, verb, frame.source)
  const method = values.method("method", 14104)
  const url = values.text("action") === undefined ? null : values.url("action", 11100)
  const to = address(values, "to", 14101)
  const from = address(values, "from", 14102)
  const body = verb.text
  // Not to somebody else than it says.
  if (to === undefined || from === undefined) return
  if (body === "" || [...body].length > 1_600) {
    work.alert({ code: 14103, detail: body === "" ? "there is no text" : "more than 1600 characters" })
    return
  }
  const id = work.id()
  work.line({ what: "sms", body })
  const status_callback = values.url("statusCallback", 14105)
  work.order({ type: "send-sms", id, to, from, body, status_callback, answer: url !== null })
  if (url !== null) frame.doing = { what: "sending", id, action: { method, url } }
}

/** Null when it is not given, `undefined` when it is none. */
const address = (values: Values, name: "to" | "from", code: 14101 | 14102): string | null | undefined => {
  const text = values.text(name)
  if (text === undefined) return null
  const number = parseE164(text) ?? (/^(?:\d{3,8}|[A-Za-z0-9 ]{1,11})$/.test(text) ? text : undefined)
  if (number === undefined) values.wrong(code, name)
  return number
}
