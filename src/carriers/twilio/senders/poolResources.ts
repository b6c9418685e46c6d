import * as Either from "effect/Either"
import { alphaSender } from "../../../core/addresses.ts"
import { sid as makeSid } from "../../../core/chance.ts"
import { limits } from "../../../core/limits.ts"
import { itemOf, itemsOf } from "../collection.ts"
import { type TwilioError, twilioError } from "../errors.ts"
import { metaList } from "../lists.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Handler, Resource } from "../resource.ts"
import { notFound, refusal } from "../wireOut.ts"
import { senderAdded, senderRemoved } from "./entries.ts"
import type { Member, Service } from "./senders.ts"
import { serviceOf } from "./servicesResources.ts"
import { memberJson } from "./servicesWire.ts"

/** A kind of sender: its path, the key of its lists, and how a request names one that is to join the pool. */
interface Kind {
  readonly prefix: "PN" | "SC" | "AI"
  readonly path: string
  readonly key: string
  readonly read: (request: Request, service: Service) => Either.Either<Omit<Member, "created">, TwilioError>
}

/** Reads the SID of a number of the account that is in no service yet. */
const readNumber =
  (prefix: "PN" | "SC", parameter: string): Kind["read"] =>
  ({ accountSid, entry, twilio }, service) => {
    const sid = param(entry.data.params, parameter)
    if (sid === undefined) return Either.left(twilioError(20400, { reason: `${parameter} is missing` }))
    const number = sid.startsWith(prefix) ? itemOf(twilio.senders.numbers, sid) : undefined
    if (number?.accountSid !== accountSid) return Either.left(twilioError(20404, { path: `/${sid.slice(0, 500)}` }))
    if (number.serviceSid === service.sid) return Either.left(twilioError(21710))
    if (number.serviceSid !== undefined) return Either.left(twilioError(21712))
    return Either.right({ sid, sender: number.number })
  }

const readAlpha: Kind["read"] = ({ entry, twilio, world }, { pool }) => {
  const sender = param(entry.data.params, "AlphaSender")
  if (sender === undefined) return Either.left(twilioError(21708))
  if (!alphaSender.test(sender)) return Either.left(twilioError(21709))
  if (itemsOf(pool).some((member) => member.sender === sender)) return Either.left(twilioError(21710))
  return Either.right({ sid: makeSid("AI", world.seed, twilio.senders.alphaSenders), sender })
}

const kinds: ReadonlyArray<Kind> = [
  { prefix: "PN", path: "PhoneNumbers", key: "phone_numbers", read: readNumber("PN", "PhoneNumberSid") },
  { prefix: "SC", path: "ShortCodes", key: "short_codes", read: readNumber("SC", "ShortCodeSid") },
  { prefix: "AI", path: "AlphaSenders", key: "alpha_senders", read: readAlpha },
]

/** A handler for a service that is there. */
const withService =
  (handle: (request: Request, service: Service, inner: string) => Reply): Handler =>
  (request, sid, inner) => {
    const service = serviceOf(request, sid)
    return service === undefined ? notFound(request) : handle(request, service, inner)
  }

const add = ({ read }: Kind) =>
  withService((request, service) => {
    const { at } = request.entry
    if (itemsOf(service.pool).length >= limits.poolSendersMax)
      return refusal(twilioError(20403, { reason: `the service has ${limits.poolSendersMax} senders` }))
    const joining = read(request, service)
    if (Either.isLeft(joining)) return refusal(joining.left)
    const { sender, sid } = joining.right
    return {
      status: 201,
      body: memberJson(service, { sid, sender, created: at }),
      holes: true,
      subject: sid,
      drafts: [senderAdded.draft(service.sid, { sender, sender_sid: sid })],
    }
  })

const listMembers = ({ key, prefix }: Kind) =>
  withService((request, service) =>
    metaList(request, service.pool, {
      key,
      fits: ({ sid }) => sid.startsWith(prefix),
      show: (member) => memberJson(service, member),
      subject: service.sid,
    }),
  )

const memberOf = ({ pool }: Service, { prefix }: Kind, sid: string): Member | undefined =>
  sid.startsWith(prefix) ? itemOf(pool, sid) : undefined

const fetch = (kind: Kind) =>
  withService((request, service, sid) => {
    const member = memberOf(service, kind, sid)
    return member === undefined
      ? notFound(request)
      : { status: 200, body: memberJson(service, member), holes: true, subject: sid }
  })

const remove = (kind: Kind) =>
  withService((request, service, sid) =>
    memberOf(service, kind, sid) === undefined
      ? notFound(request)
      : { status: 204, body: "", subject: sid, drafts: [senderRemoved.draft(service.sid, { sender_sid: sid })] },
  )

export const poolResources: ReadonlyArray<Resource> = kinds.flatMap((kind) => [
  {
    path: new RegExp(`^\\/v1\\/Services()\\/([^/]+)\\/${kind.path}$`),
    methods: { GET: listMembers(kind), POST: add(kind) },
  },
  {
    path: new RegExp(`^\\/v1\\/Services()\\/([^/]+)\\/${kind.path}\\/([^/]+)$`),
    methods: { GET: fetch(kind), DELETE: remove(kind) },
  },
])
