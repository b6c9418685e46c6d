import * as Either from "effect/Either"
import { rfc2822 } from "../../../core/Instant.ts"
import { callUpdated } from "../calls/entries.ts"
import { instructionsIn } from "../calls/givenParameters.ts"
import { twilioError } from "../errors.ts"
import { list } from "../lists.ts"
import { linksOf, pageOfList, pagingOf, tokensOf, unknownToken, wholeNumber } from "../paging.ts"
import { isName } from "../parameters.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { asciiJson } from "../template.ts"
import { listJson, notFound, refusal } from "../wireOut.ts"
import { queueCreated, queueDeleted, queueUpdated } from "./entries.ts"
import { averageWait, maxSizeDefault, newQueueSid } from "./queueing.ts"
import { type Member, type Queue, queueNamed, queueOf } from "./queues.ts"

/** Calls that a queue can be made to take. Source: OpenAPI, MaxSize. */
const maxSizeMax = 5_000

const uriOf = ({ accountSid, sid }: Pick<Queue, "accountSid" | "sid">): string =>
  `/2010-04-01/Accounts/${accountSid}/Queues/${sid}.json`

const queueJson = (queue: Queue, at: number): string =>
  asciiJson({
    account_sid: queue.accountSid,
    average_wait_time: averageWait(queue, at),
    current_size: queue.members.length,
    date_created: rfc2822(queue.created),
    date_updated: rfc2822(queue.updated),
    friendly_name: queue.name,
    max_size: queue.maxSize,
    sid: queue.sid,
    uri: uriOf(queue),
  })

const ownQueue = ({ accountSid, twilio }: Request, sid: string): Queue | undefined => {
  const queue = queueOf(twilio.queues, sid)
  return queue?.accountSid === accountSid ? queue : undefined
}

/** GET …/Queues.json */
const listQueues = (request: Request): Reply => {
  const { accountSid, entry, twilio } = request
  const fits = (queue: Queue) => queue.accountSid === accountSid
  return list(request, twilio.queues.queues, { key: "queues", fits, show: (queue) => queueJson(queue, entry.at) })
}

const fetchQueue = (request: Request, sid: string): Reply => {
  const queue = ownQueue(request, sid)
  return queue === undefined
    ? notFound(request)
    : { status: 200, body: queueJson(queue, request.entry.at), subject: sid }
}

interface Config {
  readonly name: string | undefined
  readonly maxSize: number | undefined
}

/** Refuses a name that is none or another queue's (20002), and a size that is none (20400, ours). */
const configIn = (request: Request, own?: Queue): Either.Either<Config, Reply> => {
  const { accountSid, entry, twilio } = request
  const { params } = entry.data
  const name = param(params, "FriendlyName")
  if (name !== undefined && (!isName(name) || (queueNamed(twilio.queues, accountSid, name) ?? own) !== own))
    return Either.left(refusal(twilioError(20002)))
  const size = wholeNumber(param(params, "MaxSize"), own?.maxSize ?? maxSizeDefault)
  if (size === undefined || size > maxSizeMax)
    return Either.left(refusal(twilioError(20400, { reason: `MaxSize is no whole number from 0 to ${maxSizeMax}` })))
  return Either.right({ name, maxSize: size })
}

/** POST …/Queues.json: a queue needs a name (20002). */
const createQueue = (request: Request): Reply => {
  const { accountSid, entry, twilio, world } = request
  const config = configIn(request)
  if (Either.isLeft(config)) return config.left
  const { maxSize = maxSizeDefault, name } = config.right
  if (name === undefined) return refusal(twilioError(20002))
  const sid = newQueueSid(world.seed, twilio, accountSid, name)
  const queue = { sid, accountSid, created: entry.at, name, maxSize, updated: entry.at, members: [] }
  return {
    status: 201,
    body: queueJson(queue, entry.at),
    subject: sid,
    drafts: [queueCreated.draft(sid, { account_sid: accountSid, friendly_name: name, max_size: maxSize })],
  }
}

const updateQueue = (request: Request, sid: string): Reply => {
  const queue = ownQueue(request, sid)
  if (queue === undefined) return notFound(request)
  const config = configIn(request, queue)
  if (Either.isLeft(config)) return config.left
  const { maxSize = queue.maxSize, name = queue.name } = config.right
  const { at } = request.entry
  return {
    status: 200,
    body: queueJson({ ...queue, name, maxSize, updated: at }, at),
    subject: sid,
    drafts: [queueUpdated.draft(sid, { friendly_name: name, max_size: maxSize })],
  }
}

/** DELETE …/Queues/{Sid}.json: only an empty queue can go. Source: "Queue resource"; the code 20009 is that of what is not complete. */
const deleteQueue = (request: Request, sid: string): Reply => {
  const queue = ownQueue(request, sid)
  if (queue === undefined) return notFound(request)
  if (queue.members.length > 0) return refusal(twilioError(20009))
  return { status: 204, body: "", subject: sid, drafts: [queueDeleted.draft(sid, {})] }
}

const memberJson = (queue: Queue, member: Member, position: number, at: number): string =>
  asciiJson({
    call_sid: member.callSid,
    date_enqueued: rfc2822(member.entered),
    position,
    queue_sid: queue.sid,
    uri: `${uriOf(queue).slice(0, -".json".length)}/Members/${member.callSid}.json`,
    wait_time: Math.floor((at - member.entered) / 1000),
  })

/** GET …/Queues/{Sid}/Members.json: who has waited longest comes first. */
const listMembers = (request: Request, sid: string): Reply => {
  const queue = ownQueue(request, sid)
  if (queue === undefined) return notFound(request)
  const { at, data } = request.entry
  const paging = pagingOf(data.query)
  if (Either.isLeft(paging)) return refusal(paging.left)
  const all = queue.members.map((member, i) => ({ sid: member.callSid, member, position: i + 1 }))
  const found = pageOfList(all, paging.right)
  if (found === undefined) return refusal(unknownToken())
  const tokens = tokensOf(
    found.items.map(({ sid: each }) => each),
    found,
  )
  return {
    status: 200,
    body: listJson({
      key: "queue_members",
      items: found.items.map(({ member, position }) => memberJson(queue, member, position, at)),
      links: linksOf(data.path, data.query, paging.right),
      paging: paging.right,
      nextToken: tokens.next,
      previousToken: tokens.previous,
    }),
    subject: sid,
  }
}

/** A member by the SID of its call, or `Front`. */
const aboutMember = (
  request: Request,
  sid: string,
  inner: string,
  then: (queue: Queue, member: Member, position: number) => Reply,
): Reply => {
  const queue = ownQueue(request, sid)
  const index = inner === "Front" ? 0 : (queue?.members.findIndex(({ callSid }) => callSid === inner) ?? -1)
  const member = queue?.members[index]
  return queue === undefined || member === undefined ? notFound(request) : then(queue, member, index + 1)
}

const fetchMember = (request: Request, sid: string, inner: string): Reply =>
  aboutMember(request, sid, inner, (queue, member, position) => ({
    status: 200,
    body: memberJson(queue, member, position, request.entry.at),
    subject: sid,
  }))

/** POST …/Members/{CallSid or Front}.json: the call leaves the queue and goes on with what `Url` says (21205 without one). */
const dequeue = (request: Request, sid: string, inner: string): Reply =>
  aboutMember(request, sid, inner, (queue, member, position) => {
    const read = instructionsIn(request.entry.data.params)
    if (Either.isLeft(read)) return refusal(read.left)
    if (read.right === undefined) return refusal(twilioError(21205))
    return {
      status: 200,
      body: memberJson(queue, member, position, request.entry.at),
      subject: sid,
      drafts: [callUpdated.draft(member.callSid, { instructions: read.right })],
    }
  })

export const queuesResources: ReadonlyArray<Resource> = [
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Queues\.json$/,
    methods: { GET: listQueues, POST: createQueue },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Queues\/([^/]+)\.json$/,
    methods: { GET: fetchQueue, POST: updateQueue, DELETE: deleteQueue },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Queues\/([^/]+)\/Members\.json$/,
    methods: { GET: listMembers },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Queues\/([^/]+)\/Members\/([^/]+)\.json$/,
    methods: { GET: fetchMember, POST: dequeue },
  },
]
