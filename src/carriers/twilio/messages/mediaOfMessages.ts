import * as Either from "effect/Either"
import { rfc2822 } from "../../../core/Instant.ts"
import { mediaDeleted } from "../../delivery/entries.ts"
import type { Medium, Message } from "../messages.ts"
import { linksOf, pageOfList, pagingOf, tokensOf, unknownToken } from "../paging.ts"
import type { Reply, Request } from "../request.ts"
import { asciiJson } from "../template.ts"
import { listJson, messageUri, notFound, refusal } from "../wireOut.ts"
import { dateRange, within } from "./dateFilter.ts"
import { picture } from "./picture.ts"
import { messageOf } from "./readMessages.ts"

const noMedia: ReadonlyArray<Medium> = []
const mediaIn = ({ rare }: Message): ReadonlyArray<Medium> => rare?.media ?? noMedia

/** Answers about a medium of a message of the account, or 404. */
const aboutMedium = (
  request: Request,
  sid: string,
  inner: string,
  answer: (message: Message, medium: Medium) => Reply,
): Reply => {
  const message = messageOf(request, sid)
  const medium = message === undefined ? undefined : mediaIn(message).find((each) => each.sid === inner)
  return message === undefined || medium === undefined ? notFound(request) : answer(message, medium)
}

/** GET …/Messages/{Sid}/Media.json, with the filters `DateCreated`, `DateCreated<`, `DateCreated>`. */
export const listMedia = (request: Request, sid: string): Reply => {
  const message = messageOf(request, sid)
  if (message === undefined) return notFound(request)
  const { path, query } = request.entry.data
  const paging = pagingOf(query)
  if (Either.isLeft(paging)) return refusal(paging.left)
  const range = dateRange(query, "DateCreated")
  if (Either.isLeft(range)) return refusal(range.left)
  const created = range.right
  const fitting = mediaIn(message).filter((medium) => created === undefined || within(created, medium.created))
  const found = pageOfList(fitting, paging.right)
  if (found === undefined) return refusal(unknownToken())
  const tokens = tokensOf(
    found.items.map(({ sid }) => sid),
    found,
  )
  return {
    status: 200,
    body: listJson({
      key: "media_list",
      items: found.items.map((medium) => mediumJson(message, medium)),
      links: linksOf(path, query, paging.right),
      paging: paging.right,
      nextToken: tokens.next,
      previousToken: tokens.previous,
    }),
    subject: sid,
  }
}

/** GET …/Messages/{Sid}/Media/{MediaSid}.json */
export const fetchMedium = (request: Request, sid: string, inner: string): Reply =>
  aboutMedium(request, sid, inner, (message, medium) => ({
    status: 200,
    body: mediumJson(message, medium),
    subject: sid,
  }))

/** GET …/Messages/{Sid}/Media/{MediaSid}: the bytes themselves, as webhooks name them. */
export const mediumBytes = (request: Request, sid: string, inner: string): Reply =>
  aboutMedium(request, sid, inner, (_, { contentType, sha256, sid: mediumSid, source }) => ({
    status: 200,
    body: source === "generated" ? Buffer.from(picture(mediumSid)).toString("latin1") : "",
    bytes: { contentType, sha256 },
    subject: sid,
  }))

/** DELETE …/Messages/{Sid}/Media/{MediaSid}.json */
export const deleteMedium = (request: Request, sid: string, inner: string): Reply =>
  aboutMedium(request, sid, inner, () => ({
    status: 204,
    body: "",
    subject: sid,
    drafts: [mediaDeleted.draft(sid, { sid: inner })],
  }))

const mediumJson = ({ accountSid, sid }: Message, { contentType, created, sid: mediumSid }: Medium): string =>
  asciiJson({
    sid: mediumSid,
    account_sid: accountSid,
    parent_sid: sid,
    content_type: contentType,
    date_created: rfc2822(created),
    date_updated: rfc2822(created),
    uri: `${messageUri(accountSid, sid).slice(0, -".json".length)}/Media/${mediumSid}.json`,
  })
