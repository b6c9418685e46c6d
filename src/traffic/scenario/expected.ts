import { MessageStatus } from "../../carriers/delivery/entries.ts"
import type { JsonObject } from "../../core/canonical.ts"
import { paramsOf } from "../../core/traffic/about.ts"
import { isAnswered, type RecordedExchange } from "../../core/traffic/RecordedExchange.ts"
import { endingsOf, subjectOf } from "../story.ts"
import type { NamesBySid } from "./words.ts"

/** What a recording shows at its end, of everything that the scenario has a name for: how messages and calls ended, and callbacks. */
export const expectationsOf = (
  exchanges: ReadonlyArray<RecordedExchange>,
  names: NamesBySid,
): ReadonlyArray<JsonObject> => {
  const sid = (name: string): string => `\${${name}.sid}`
  const endings = endingsOf(exchanges)
  const gone = deletedIn(exchanges)
  const messages = [...names].flatMap(([recorded, name]): ReadonlyArray<JsonObject> => {
    const ending = endings.get(recorded)
    if (ending === undefined || gone.has(recorded)) return []
    const { errorCode, status } = ending
    return [
      {
        message: { sid: sid(name), status, ...(errorCode === undefined ? {} : { error_code: errorCode }) },
        exactly: 1,
      },
    ]
  })
  const callbacks = new Map<string, JsonObject>()
  const calls = new Map<string, JsonObject>()
  for (const { direction, request } of exchanges) {
    if (direction !== "webhook") continue
    const params = new Map(paramsOf(request))
    const subject = subjectOf([...params])
    const name = names.get(subject)
    if (name === undefined) continue
    const event = params.get("MessageStatus")
    // A status that no message here can have is none that an expectation may name.
    if (event !== undefined && statuses.has(event))
      callbacks.set(`${subject} ${event}`, { callback: { subject: sid(name), event }, at_least: 1 })
    const status = params.get("CallStatus") ?? ""
    if (subject.startsWith("CA") && ended.has(status) && !gone.has(subject))
      calls.set(subject, { call: { sid: sid(name), status }, exactly: 1 })
  }
  return [...messages, ...calls.values(), ...callbacks.values()]
}

const statuses: ReadonlySet<string> = new Set(MessageStatus.literals)

/** What is not there any more at the end. */
const deletedIn = (exchanges: ReadonlyArray<RecordedExchange>): ReadonlySet<string> =>
  new Set(
    exchanges.flatMap(({ about, answer, direction, request }) =>
      direction === "api" && request.method === "DELETE" && isAnswered(answer) && answer.status < 300 ? [about] : [],
    ),
  )

const ended: ReadonlySet<string> = new Set(["completed", "busy", "no-answer", "failed", "canceled"])
