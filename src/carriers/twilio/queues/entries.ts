import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"

/*
 * What happens in queues of calls, which are the subject. Fields in the order of canonical JSON.
 */

export const queueCreated = entryType("queue.created", () =>
  Schema.Struct({ account_sid: Schema.String, friendly_name: Schema.String, max_size: Schema.NonNegativeInt }),
)
export type QueueCreated = Schema.Schema.Type<typeof queueCreated.schema>

export const queueUpdated = entryType("queue.updated", () =>
  Schema.Struct({ friendly_name: optional(Schema.String), max_size: optional(Schema.NonNegativeInt) }),
)
export type QueueUpdated = Schema.Schema.Type<typeof queueUpdated.schema>

export const queueDeleted = entryType("queue.deleted", () => Schema.Struct({}))

/** A call goes into the queue. `order` is that of its instructions. */
export const memberEntered = entryType("member.entered", () =>
  Schema.Struct({ call_sid: Schema.String, order: Schema.Int }),
)
export type MemberEntered = Schema.Schema.Type<typeof memberEntered.schema>

/** A call is out of the queue: `bridged` to who dialled the queue, or as Twilio's `QueueResult` says. */
export const memberLeft = entryType("member.left", () =>
  Schema.Struct({
    /** Who it is connected with, and the order of that call's instructions; `whisper` is heard first. */
    bridge: optional(
      Schema.Struct({
        order: Schema.Int,
        whisper: optional(Schema.Struct({ method: Schema.Literal("GET", "POST"), url: Schema.String })),
        with: Schema.String,
      }),
    ),
    call_sid: Schema.String,
    result: Schema.Literal("bridged", "hangup", "leave", "redirected", "system-error"),
  }),
)
export type MemberLeft = Schema.Schema.Type<typeof memberLeft.schema>

/** A call that came out of the queue and who dialled the queue are connected no longer. */
export const memberReleased = entryType("member.released", () => Schema.Struct({ call_sid: Schema.String }))
export type MemberReleased = Schema.Schema.Type<typeof memberReleased.schema>

export const queueEntryTypes = [
  queueCreated,
  queueUpdated,
  queueDeleted,
  memberEntered,
  memberLeft,
  memberReleased,
] as const
