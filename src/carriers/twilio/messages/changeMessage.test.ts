import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import {
  account,
  answerOf,
  fine,
  get,
  inAnHour,
  messagePath,
  messagesPath,
  post,
  ranUntil,
  remove,
  twilio,
  update,
} from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { dataCleared } from "../../../core/entries.ts"
import { messageDeleted, messageFeedbackGiven, messageRedacted } from "../../delivery/entries.ts"
import { twilioMachine } from "../twilio.machine.ts"

const sid = sidOf("SM", 1, 0)
const path = messagePath(sid)
const feedbackPath = path.replace(".json", "/Feedback.json")
const queued = () => twilio().when(post(fine))
const delivered = () => ranUntil(queued())
const scheduled = () => twilio().when(post(inAnHour))

const typesOf = ({ made }: Stage) => made.map(({ entry }) => entry.type)
const codeOf = (stage: Stage) => {
  const { body, status } = answerOf(stage)
  return [status, body?.code]
}

/** The answer of a turn, as it stands there. */
const lastOf = ({ made }: Stage) => {
  const { data, subject, type } = made.at(-1)!.entry
  return { type, subject, data }
}

describe("an update with an empty Body", () => {
  const redacted = () => delivered().when({ ...update(path, [["Body", ""]]), at: 10_000 })

  it("takes the text out of a message that has ended", () => {
    const stage = redacted()
    stage.then(messageRedacted.draft(sid, {}), lastOf(stage))
    const { body, status } = answerOf(stage)
    deepStrictEqual(
      [status, body.body, body.status, body.date_updated],
      [200, "", "delivered", "Thu, 01 Jan 1970 00:00:10 +0000"],
    )
  })

  it("is seen by everyone who reads the message later", () => {
    const stage = redacted()
    const { body: told } = answerOf(stage)
    deepStrictEqual(answerOf(stage.when(get(path))).body, told)
    deepStrictEqual(answerOf(stage.when(get(messagesPath))).body.messages, [told])
  })

  it("may come twice", () => strictEqual(answerOf(redacted().when(update(path, [["Body", ""]]))).status, 200))

  it("is refused while the message is under way", () => {
    for (const stage of [queued(), ranUntil(queued(), 2_000), scheduled()])
      deepStrictEqual(codeOf(stage.when(update(path, [["Body", ""]]))), [409, 20009])
  })
})

describe("an update with Status=canceled", () => {
  const canceled = () => scheduled().when(update(path, [["Status", "canceled"]]))

  it("takes back a message that is scheduled, and its timer comes to nothing", () => {
    const stage = canceled()
    deepStrictEqual(typesOf(stage), ["api.requested", "message.status-changed", "api.responded", "timer.cancelled"])
    deepStrictEqual(stage.made[1]?.entry.data, { status: "canceled" })
    deepStrictEqual(stage.made[3]?.entry.data, { keys: [`message ${sid}`] })
    const { body, status } = answerOf(stage)
    deepStrictEqual([status, body.status, body.from, body.date_sent], [200, "canceled", null, null])
    strictEqual(stage.world.slice(twilioMachine).messages.scheduled, 0)
    deepStrictEqual(typesOf(ranUntil(stage)), typesOf(stage))
  })

  it.each([
    ["queued", queued],
    ["sent", () => ranUntil(queued(), 2_000)],
    ["delivered", delivered],
    ["canceled", canceled],
  ] as const)("is refused when it is %s", (_, stage) =>
    deepStrictEqual(codeOf(stage().when(update(path, [["Status", "canceled"]]))), [409, 30409]),
  )
})

describe("another update", () => {
  it.each([
    ["without either", []],
    ["with both", [["Body", ""] as const, ["Status", "canceled"] as const]],
    ["with a text", [["Body", "x"] as const]],
    ["with another status", [["Status", "sent"] as const]],
    ["with an empty status", [["Status", ""] as const]],
  ] as const)("%s is refused", (_, params) => {
    for (const stage of [delivered(), scheduled()])
      deepStrictEqual(codeOf(stage.when(update(path, params))), [400, 30400])
  })

  it("of a message that there is not is refused", () =>
    deepStrictEqual(codeOf(delivered().when(update(messagePath("SM1"), [["Body", ""]]))), [404, 30404]))
})

describe("deleting", () => {
  const deleted = () => delivered().when(remove(path))

  it("takes a message that has ended out of the world", () => {
    const stage = deleted()
    stage.then(messageDeleted.draft(sid, {}), lastOf(stage))
    deepStrictEqual(answerOf(stage), { status: 204, text: "", body: undefined })
    deepStrictEqual(codeOf(stage.when(get(path))), [404, 20404])
    deepStrictEqual(answerOf(stage.when(get(messagesPath))).body.messages, [])
    deepStrictEqual(codeOf(stage.when(remove(path))), [404, 20404])
  })

  it("gives no SID a second time", () => strictEqual(answerOf(deleted().when(post(fine))).body.sid, sidOf("SM", 1, 1)))

  it("is refused while the message is under way", () => {
    for (const stage of [queued(), ranUntil(queued(), 2_000), scheduled()])
      deepStrictEqual(codeOf(stage.when(remove(path))), [409, 20009])
  })

  it("between two pages leaves the token good", () => {
    const three = ranUntil(twilio().when(post(fine)).when(post(fine)).when(post(fine)))
    const first = answerOf(three.when(get(messagesPath, [["PageSize", "1"]]))).body
    const gone = three.when(remove(messagePath(first.messages[0].sid)))
    const token = new URLSearchParams(first.next_page_uri.split("?")[1]).get("PageToken") ?? ""
    const second = answerOf(
      gone.when(
        get(messagesPath, [
          ["PageSize", "1"],
          ["PageToken", token],
        ]),
      ),
    ).body
    strictEqual(second.messages[0].sid, sidOf("SM", 1, 1))
    const cleared = gone.when(dataCleared.draft("", { what: "messages" }))
    deepStrictEqual(codeOf(cleared.when(get(messagesPath, [["PageToken", token]]))), [400, 20400])
  })
})

describe("feedback", () => {
  it.each([
    ["confirmed", [["Outcome", "confirmed"] as const]],
    ["unconfirmed", [["Outcome", "unconfirmed"] as const]],
    ["confirmed", []],
  ] as const)("that is %s is taken", (outcome, params) => {
    const given = delivered().when({ ...update(feedbackPath, params), at: 5_000 })
    given.then(messageFeedbackGiven.draft(sid, { outcome }), lastOf(given))
    deepStrictEqual(answerOf(given).body, {
      account_sid: account,
      message_sid: sid,
      outcome,
      date_created: "Thu, 01 Jan 1970 00:00:05 +0000",
      date_updated: "Thu, 01 Jan 1970 00:00:05 +0000",
      uri: feedbackPath,
    })
  })

  it("that is given again keeps the date of the first", () => {
    const again = delivered()
      .when({ ...update(feedbackPath, []), at: 5_000 })
      .when({ ...update(feedbackPath, [["Outcome", "unconfirmed"]]), at: 7_000 })
    const { body } = answerOf(again)
    deepStrictEqual(
      [body.outcome, body.date_created, body.date_updated],
      ["unconfirmed", "Thu, 01 Jan 1970 00:00:05 +0000", "Thu, 01 Jan 1970 00:00:07 +0000"],
    )
  })

  it("of another kind is refused", () =>
    deepStrictEqual(codeOf(delivered().when(update(feedbackPath, [["Outcome", "maybe"]]))), [400, 20400]))

  it("about a message that there is not is not found", () =>
    deepStrictEqual(codeOf(delivered().when(update(feedbackPath.replace(sid, "SM1"), []))), [404, 20404]))

  it("cannot be read", () => deepStrictEqual(codeOf(delivered().when(get(feedbackPath))), [405, 20004]))
})
