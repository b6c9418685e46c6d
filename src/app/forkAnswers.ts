import * as Either from "effect/Either"
import { parseDuration } from "../core/Instant.ts"
import { limits } from "../core/limits.ts"
import type { ChangedAnswer } from "../timetravel/changedAnswers.ts"

/*
 * Answers that a fork changes: `SEQ=STATUS[@AFTER][:BODY]`, or `SEQ=timeout`, `connect`, `reset`.
 *
 *   29=500              the attempt of entry 29 is answered 500, as long after it as then
 *   29=200@20s:<Response/>    after 20 s, with a body
 *   29=timeout          not at all
 */

const expected = "expected SEQ=STATUS[@AFTER][:BODY] or SEQ=timeout, connect, reset, such as 29=500 or 29=200@20s"

/** Reads one; the left says what was expected. */
export const readAnswer = (text: string): Either.Either<ChangedAnswer, string> => {
  const parts = /^(\d{1,15})=(?:(\d{3})|(timeout|connect|reset))(?:@([\d.a-z]{1,30}))?(?::(.*))?$/s.exec(text)
  if (parts === null) return Either.left(expected)
  const [, seq, status, drop, after, body = ""] = parts
  const ms = after === undefined ? undefined : parseDuration(after)
  if (after !== undefined && ms === undefined) return Either.left(`${expected}; "${after}" is no duration`)
  const timed = ms === undefined ? {} : { after_ms: ms }
  if (drop !== undefined)
    return parts[5] === undefined
      ? Either.right({ seq: Number(seq), answer: { ...timed, drop: drop as "connect" | "reset" | "timeout" } })
      : Either.left(`${expected}; what is no answer has no body`)
  if (Number(status) < 200 || Number(status) > 599) return Either.left(`${expected}; a status is 200 to 599`)
  if (Buffer.byteLength(body) > limits.answerBytesMax)
    return Either.left(`a body of at most ${limits.answerBytesMax} bytes`)
  return Either.right({ seq: Number(seq), answer: { ...timed, body, status: Number(status) } })
}
