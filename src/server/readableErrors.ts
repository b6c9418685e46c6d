import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import { HttpApiDecodeError } from "@effect/platform/HttpApiError"
import { RequestError } from "@effect/platform/HttpServerError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ControlApi } from "./controlApi.ts"

type Issue = HttpApiDecodeError["issues"][number]

/** Characters of what was found that are told again. */
const foundLengthMax = 100

/** What is wrong with one part of a request. Of alternatives that were all not met each is an issue of its own. */
const line = (issues: readonly [Issue, ...ReadonlyArray<Issue>]): string => {
  const [{ message, path, _tag }] = issues
  const place = path.map(String).join(".")
  const said = () => {
    if (_tag === "Unexpected") return "expected a known key"
    if (_tag === "Missing") return "expected a value, found nothing"
    const parts = issues.map((issue) => /^Expected (.*), actual (.*)$/s.exec(issue.message))
    const found = parts[0]?.[2]
    if (found === undefined) return message
    const expected = [...new Set(parts.flatMap((part) => part?.[1] ?? []))]
    return `expected ${expected.join(" or ")}, found ${found.slice(0, foundLengthMax)}`
  }
  return place === "" ? said() : `${place}: ${said()}`
}

const lines = (issues: ReadonlyArray<Issue>): string => {
  const byPath = new Map<string, [Issue, ...Array<Issue>]>()
  for (const issue of issues) {
    const key = JSON.stringify(issue.path.map(String))
    const there = byPath.get(key)
    if (there === undefined) byPath.set(key, [issue])
    else there.push(issue)
  }
  return [...byPath.values()].map(line).join("; ")
}

const readable = <E>(error: E): E | HttpApiDecodeError => {
  const any: unknown = error
  return any instanceof HttpApiDecodeError
    ? new HttpApiDecodeError({ issues: any.issues, message: lines(any.issues) })
    : error
}

/** A body that cannot be read is a defect to the API, which would answer 400 and not say why. */
const unread = (defect: unknown): Option.Option<Effect.Effect<never, HttpApiDecodeError>> =>
  defect instanceof RequestError && defect.reason === "Decode"
    ? Option.some(Effect.fail(new HttpApiDecodeError({ issues: [], message: `expected a body of JSON${why(defect)}` })))
    : Option.none()

const why = ({ cause }: RequestError): string =>
  cause instanceof SyntaxError ? `: ${cause.message.slice(0, foundLengthMax)}` : ""

/** Requests that are not as described are told why in the words of everything else that is wrong, not as a tree. */
export const readableErrors = HttpApiBuilder.middleware(ControlApi, (app) =>
  Effect.catchSomeDefect(Effect.mapError(app, readable), unread),
)
