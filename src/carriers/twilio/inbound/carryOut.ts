import * as Either from "effect/Either"
import type { Draft, Entry } from "../../../core/Entry.ts"
import { type OutboundAnswered, type OutboundFailed, outboundRequested, type Pair } from "../../../core/entries.ts"
import { limits } from "../../../core/limits.ts"
import type { World } from "../../../core/Machine.ts"
import { isTriedAgain } from "../../../network/retries.ts"
import { messageCreated } from "../../delivery/entries.ts"
import { raised } from "../alerts/alerts.ts"
import type { Problem } from "../alerts/debugger.ts"
import { nextPlace } from "../messages.ts"
import { param } from "../request.ts"
import type { Twilio } from "../state.ts"
import { elementsIn, type TwimlElement, textIn } from "../twiml/document.ts"
import { instructionsIn, problemOf } from "../twiml/retrieve.ts"
import { urlIn } from "../twiml/urls.ts"
import { type Asked, loopMs, loopRepliesMax, repliesOfLate } from "./flows.ts"
import { methodOf, type Occasion, replyOf } from "./reply.ts"
import { ask, type Target, webhooksOf } from "./webhook.ts"

/*
 * What an application answers about an inbound message is carried out.
 *
 *   outbound.answered ──> TwiML ──> message.created (outbound-reply) …, then perhaps outbound.requested (Redirect, action)
 *          │                └──> alert.raised for what is wrong in it
 *          └──> none | outbound.failed ──> alert.raised ──> outbound.requested (webhook-fallback), once
 *
 * A request whose URL says so is tried again first, at once.
 *
 * 1. Verbs are carried out in their order. Behind a Redirect, or a Message with an action, nothing is reached.
 * 2. An inbound message has at most `limits.repliesMax` replies (14109) and `limits.redirectsMax` Redirects and actions (11215).
 */

/** The answer to a request for instructions; nothing where it answers none. */
export const answered = (world: World, twilio: Twilio, entry: Entry<OutboundAnswered>): ReadonlyArray<Draft> => {
  const asked = endedBy(twilio, entry)
  if (asked === undefined) return []
  if (isTriedAgain(asked.request, entry.data)) return nextAttempt(asked)
  return Either.match(instructionsIn(entry.data, asked.request), {
    onLeft: (problem) => failing(world, twilio, asked, { drafts: [], problems: [], fatal: problem }),
    onRight: (instructions) => {
      switch (instructions._tag) {
        case "Nothing":
          return []
        case "Document":
          return carriedOut(world, twilio, asked, elementsOf(instructions.response))
        case "Text": {
          const text = instructions.text.trim()
          const verb = { name: "Message", attributes: [], children: [text] }
          return carriedOut(world, twilio, asked, { verbs: text === "" ? [] : [verb], problems: [] })
        }
      }
    },
  })
}

/** Nobody answered; nothing where it was no request for instructions. */
export const unanswered = (world: World, twilio: Twilio, entry: Entry<OutboundFailed>): ReadonlyArray<Draft> => {
  const asked = endedBy(twilio, entry)
  if (asked === undefined || entry.data.reason === "cancelled") return []
  return isTriedAgain(asked.request, entry.data)
    ? nextAttempt(asked)
    : failing(world, twilio, asked, { drafts: [], problems: [], fatal: problemOf(entry.data) })
}

const nextAttempt = ({ request, sid }: Asked): ReadonlyArray<Draft> => [
  outboundRequested.draft(sid, { ...request, attempt: request.attempt + 1 }),
]

const endedBy = ({ flows }: Twilio, { cause }: { readonly cause: number }): Asked | undefined =>
  flows.ended?.seq === cause ? flows.ended : undefined

interface Verbs {
  readonly verbs: ReadonlyArray<TwimlElement>
  readonly problems: ReadonlyArray<Problem>
}

const elementsOf = (response: TwimlElement): Verbs => ({
  verbs: elementsIn(response),
  problems: textIn(response) === "" ? [] : [{ code: 12200, detail: "text stands directly in <Response>" }],
})

/** What carrying out comes to: drafts, what is wrong, and what ends it. */
interface Outcome {
  readonly drafts: ReadonlyArray<Draft>
  readonly problems: ReadonlyArray<Problem>
  /** It could not go on: the fallback is asked. */
  readonly fatal?: Problem
  /** Who is asked next, and what differs in the parameters. */
  readonly next?: { readonly target: Target; readonly changes: Readonly<Record<string, string>> }
}

const carriedOut = (world: World, twilio: Twilio, asked: Asked, { problems, verbs }: Verbs): ReadonlyArray<Draft> => {
  const outcome = run(world, twilio, asked, verbs)
  const whole = { ...outcome, problems: [...problems, ...outcome.problems] }
  if (whole.fatal !== undefined) return failing(world, twilio, asked, { ...whole, fatal: whole.fatal })
  const { next } = whole
  const hops = (twilio.flows.bySid.get(asked.sid)?.requests ?? 0) - 1
  if (next !== undefined && hops >= limits.redirectsMax)
    return failing(world, twilio, asked, {
      ...whole,
      fatal: { code: 11215, detail: `more than ${limits.redirectsMax} redirects and actions` },
    })
  const alerts = raised(twilio, aboutOf(asked), whole.problems)
  if (next === undefined) return [...whole.drafts, ...alerts]
  const params = changed(plain(asked.request.params), next.changes)
  const more = { sid: asked.sid, accountSid: accountOf(asked), target: next.target, params, n: hops + 1 }
  return [...whole.drafts, ...alerts, ask(world, twilio, more)]
}

/** Carries verbs out in their order, up to the one behind which nothing is reached. */
const run = (world: World, twilio: Twilio, asked: Asked, verbs: ReadonlyArray<TwimlElement>): Outcome => {
  const drafts: Array<Draft> = []
  const problems: Array<Problem> = []
  const replies = new Map<string, number>()
  const before = twilio.flows.bySid.get(asked.sid)?.replies ?? 0
  let tooMany = false
  for (const verb of verbs) {
    if (verb.name === "Redirect") return { drafts, problems, ...redirect(verb, asked, problems) }
    if (verb.name !== "Message" && verb.name !== "Sms") {
      problems.push(notCarriedOut(verb.name))
      continue
    }
    if (before + drafts.length >= limits.repliesMax) {
      if (!tooMany) problems.push({ code: 14109, detail: `more than ${limits.repliesMax} replies to one message` })
      tooMany = true
      continue
    }
    const reply = replyOf(twilio, occasion(world, twilio, asked, drafts.length), verb)
    if (Either.isLeft(reply)) {
      problems.push(...reply.left)
      continue
    }
    const { action, created, problems: minor, sid } = reply.right
    const pair = `${created.from} ${created.to}`
    const here = replies.get(pair) ?? 0
    if (repliesOfLate(twilio.flows, created.from, created.to, world.at) + here >= loopRepliesMax) {
      problems.push({ code: 14107, detail: `more than ${loopRepliesMax} replies in ${loopMs / 1000} s` })
      continue
    }
    replies.set(pair, here + 1)
    drafts.push(messageCreated.draft(sid, created))
    problems.push(...minor)
    if (action === undefined) continue
    const changes = { MessageSid: sid, MessageStatus: "queued", SmsMessageSid: sid, SmsSid: sid, SmsStatus: "queued" }
    return { drafts, problems, next: { target: action, changes } }
  }
  return { drafts, problems }
}

const redirect = (
  verb: TwimlElement,
  { request }: Asked,
  problems: Array<Problem>,
): Pick<Outcome, "fatal" | "next"> => {
  const text = textIn(verb)
  const url = urlIn(text, request.url)
  if (url === undefined) return { fatal: { code: 11100, detail: text.slice(0, 200) } }
  const { method, problems: minor } = methodOf(verb)
  problems.push(...minor)
  return { next: { target: { method, url }, changes: {} } }
}

/** Verbs of calls. Source: error 14110. */
const voiceVerbs = new Set(
  "Connect Conference Dial Echo Enqueue Gather Hangup Leave Pause Pay Play Prompt Queue Record Refer Reject Say Siprec Start Stop Stream".split(
    " ",
  ),
)

const notCarriedOut = (name: string): Problem => {
  const shown = `<${name.slice(0, 100)}>`
  return voiceVerbs.has(name)
    ? { code: 14110, detail: `${shown} is for calls` }
    : { code: 12200, detail: `${shown} is no verb` }
}

const occasion = (world: World, twilio: Twilio, asked: Asked, made: number): Occasion => {
  const { params, url } = asked.request
  return {
    at: world.at,
    seed: world.seed,
    accountSid: accountOf(asked),
    sid: asked.sid,
    phone: param(params, "From") ?? "",
    number: param(params, "To") ?? "",
    base: url,
    place: nextPlace(twilio.messages) + made,
  }
}

const accountOf = ({ request }: Asked): string => param(request.params, "AccountSid") ?? ""

const aboutOf = (asked: Asked) => ({
  accountSid: accountOf(asked),
  resourceSid: asked.sid,
  request: { method: asked.request.method, url: asked.request.url },
})

/** Nothing more can be done but ask the fallback, which is asked once and told what was wrong. */
const failing = (
  world: World,
  twilio: Twilio,
  asked: Asked,
  { drafts, fatal, problems }: Outcome & { readonly fatal: Problem },
): ReadonlyArray<Draft> => {
  const { request, sid } = asked
  const told = [...drafts, ...raised(twilio, aboutOf(asked), [...problems, fatal])]
  const { fallback } = webhooksOf(twilio, param(request.params, "To") ?? "")
  if (fallback === undefined || twilio.flows.bySid.get(sid)?.fellBack !== false) return told
  const error: ReadonlyArray<Pair> = [
    ["ErrorCode", String(fatal.code)],
    ["ErrorUrl", request.url],
  ]
  const params = [...plain(request.params), ...error]
  return [
    ...told,
    ask(world, twilio, { sid, accountSid: accountOf(asked), target: fallback, params, n: 0, fallback: true }),
  ]
}

/** Parameters without those of a fallback. */
const plain = (params: ReadonlyArray<Pair>): ReadonlyArray<Pair> =>
  params.filter(([name]) => name !== "ErrorCode" && name !== "ErrorUrl")

/** Parameters with other values; what is not there yet comes last. */
const changed = (params: ReadonlyArray<Pair>, changes: Readonly<Record<string, string>>): ReadonlyArray<Pair> => {
  const left = new Map(Object.entries(changes))
  const same = params.map(([name, value]): Pair => {
    const other = left.get(name)
    left.delete(name)
    return [name, other ?? value]
  })
  return [...same, ...left]
}
