import * as Either from "effect/Either"
import type { Draft } from "../core/Entry.ts"
import { type Reply, type Request, refused } from "./answers.ts"
import {
  type ConversationUpdated,
  conversationClosed,
  conversationMerged,
  conversationReopened,
  conversationUpdated,
} from "./entries.ts"
import { Check, fieldsIn, invalid, own } from "./fields.ts"
import { beginLookup } from "./lookup.ts"
import { type Conversation, conversationOf } from "./state.ts"
import { conversationShown } from "./wireOut.ts"

/* What a client does with conversations. An order that is obeyed already changes nothing and is answered all the same. */

const textMax = 200

/** The answer after an order: the conversation as it then is. */
const done = (request: Request, conversation: Conversation, drafts: ReadonlyArray<Draft>, status = 200): Reply => ({
  status,
  body: JSON.stringify(conversationShown(request.conversations, conversation)),
  subject: conversation.id,
  drafts,
})

/** A conversation that can be changed, or why there is none. */
const changeable = (request: Request, id: string): Either.Either<Conversation, Reply> => {
  const conversation = conversationOf(request.conversations, id)
  if (conversation === undefined)
    return Either.left(refused(request, "sms.not_found", `there is no conversation ${id.slice(0, 100)}`))
  return conversation.status === "merged"
    ? Either.left(refused(request, "sms.conflict", `this conversation is part of ${conversation.mergedInto} now`))
    : Either.right(conversation)
}

/** `PATCH /api/conversations/{id}`: what it is about. null takes a value away. */
export const patchConversation = (request: Request, id: string): Reply => {
  const found = changeable(request, id)
  if (Either.isLeft(found)) return found.left
  const fields = fieldsIn(request, ["tenant_id", "workflow_id", "workflow_type"])
  if (Either.isLeft(fields)) return fields.left
  const check = new Check()
  const given = {
    tenant_id: check.textOrNull(fields.right, "tenant_id", textMax),
    workflow_id: check.textOrNull(fields.right, "workflow_id", textMax),
    workflow_type: check.textOrNull(fields.right, "workflow_type", textMax),
  }
  if (check.details.length > 0) return invalid(request, check.details)
  const conversation = found.right
  const has = {
    tenant_id: conversation.tenantId,
    workflow_id: conversation.workflowId,
    workflow_type: conversation.workflowType,
  }
  const changes: { -readonly [Field in keyof ConversationUpdated]: ConversationUpdated[Field] } = {}
  for (const name of ["tenant_id", "workflow_id", "workflow_type"] as const) {
    const value = given[name]
    if (value !== undefined && value !== (has[name] ?? null)) changes[name] = value
  }
  if (Object.keys(changes).length === 0) return done(request, conversation, [])
  const after: Conversation = {
    ...conversation,
    tenantId: changedTo(changes.tenant_id, has.tenant_id),
    workflowId: changedTo(changes.workflow_id, has.workflow_id),
    workflowType: changedTo(changes.workflow_type, has.workflow_type),
    updatedAt: request.entry.at,
  }
  return done(request, after, [conversationUpdated.draft(id, changes)])
}

const changedTo = (change: string | null | undefined, has: string | undefined): string | undefined =>
  change === undefined ? has : (change ?? undefined)

/** `POST /api/conversations/{id}/close` */
export const closeOrder = (request: Request, id: string): Reply =>
  standing(request, id, "closed", conversationClosed.draft(id, {}))

/** `POST /api/conversations/{id}/reopen` */
export const reopenOrder = (request: Request, id: string): Reply =>
  standing(request, id, "open", conversationReopened.draft(id, { by: "request" }))

const standing = (request: Request, id: string, status: "closed" | "open", draft: Draft): Reply =>
  Either.match(changeable(request, id), {
    onLeft: (refusal) => refusal,
    onRight: (conversation) =>
      conversation.status === status
        ? done(request, conversation, [])
        : done(request, { ...conversation, status, updatedAt: request.entry.at }, [draft]),
  })

/**
 * `POST /api/conversations/{id}/merge` with `{ into }`: it becomes part of another one, with its messages and its number.
 *
 * What the other one does not have, tenant and workflow, it takes from this one.
 */
export const mergeOrder = (request: Request, id: string): Reply => {
  const found = changeable(request, id)
  if (Either.isLeft(found)) return found.left
  const fields = fieldsIn(request, ["into"])
  if (Either.isLeft(fields)) return fields.left
  const other = own(fields.right, "into")
  if (typeof other !== "string" || other === id)
    return invalid(request, [{ field: "into", message: "has to be the id of another conversation" }])
  const target = changeable(request, other)
  if (Either.isLeft(target)) return target.left
  const [merged, into] = [found.right, target.right]
  const taken: ConversationUpdated = {
    ...(into.tenantId === undefined && merged.tenantId !== undefined ? { tenant_id: merged.tenantId } : {}),
    ...(into.workflowId === undefined && merged.workflowId !== undefined ? { workflow_id: merged.workflowId } : {}),
    ...(into.workflowType === undefined && merged.workflowType !== undefined
      ? { workflow_type: merged.workflowType }
      : {}),
  }
  const after: Conversation = {
    ...merged,
    status: "merged",
    mergedInto: into.id,
    messages: [],
    updatedAt: request.entry.at,
  }
  return done(request, after, [
    conversationMerged.draft(id, { into: into.id }),
    ...(Object.keys(taken).length === 0 ? [] : [conversationUpdated.draft(into.id, taken)]),
  ])
}

/** `POST /api/conversations/{id}/lookup`: its tenant is looked up now, whatever is known. */
export const lookupOrder = (request: Request, id: string): Reply =>
  Either.match(changeable(request, id), {
    onLeft: (refusal) => refusal,
    onRight: (conversation) =>
      conversation.lookup?._tag === "Asking"
        ? done(request, conversation, [], 202)
        : done(
            request,
            { ...conversation, lookup: { _tag: "Asking", asks: [], ask: 0, attempt: 0, attempts: 0 } },
            [beginLookup(conversation)],
            202,
          ),
  })
