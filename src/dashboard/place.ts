import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { placeOf } from "../timetravel/place.ts"
import type { Asked } from "./answering.ts"
import type { Shown } from "./Shown.ts"

/** The entry that an address means: `at` its seq, `to` a seq or an instant as people write it; the newest one otherwise. */
export const askedPlace = ({ run }: Shown, { query }: Asked, head: number) =>
  Effect.gen(function* () {
    const to = query.get("to")?.trim() ?? ""
    if (to !== "") {
      const found = yield* Effect.either(placeOf(run.log, to))
      if (Either.isRight(found)) return { seq: found.right.seq, wrong: undefined }
      if (found.left._tag === "LogUnavailable") return yield* found.left
      return { seq: head, wrong: found.left.message }
    }
    const at = Number(query.get("at") ?? head)
    return { seq: Number.isSafeInteger(at) ? Math.min(head, Math.max(1, at)) : head, wrong: undefined }
  })
