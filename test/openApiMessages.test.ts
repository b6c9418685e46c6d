import { it } from "@effect/vitest"
import type { Stage } from "./support/given.ts"
import { describeWithOpenApi } from "./support/openApi.ts"
import {
  answerOf,
  anyService,
  type Differently,
  fine,
  form,
  get,
  inAnHour,
  messagePath,
  messagesPath,
  post,
  ranUntil,
  remove,
  twilio,
  update,
} from "./support/twilio.ts"

const pictures = [...fine, ["MediaUrl", "https://a.test/1.png"], ["MediaUrl", "https://a.test/2.png"]] as const

describeWithOpenApi("twilio_api_v2010.json", "answers about messages are as Twilio describes them", (api) => {
  /** Checks the answer to one more request; gives the stage, and what was answered. */
  const checked = (stage: Stage, method: "GET" | "POST" | "DELETE", fact: Parameters<Stage["when"]>[0]) => {
    const next = stage.when(fact)
    const { body, status } = answerOf(next)
    const { path } = fact.data as { path: string }
    api.check({ method, path, status, body })
    return { stage: next, body }
  }
  const read = (stage: Stage, path: string) => checked(stage, "GET", get(path)).body

  const created: ReadonlyArray<readonly [string, Parameters<typeof post>[0], Differently]> = [
    ["a text", fine, {}],
    ["a text that fails", fine, { default_behavior: "failure" }],
    ["a text in UCS-2", form({ Body: "😀".repeat(100) }), {}],
    ["pictures", pictures, {}],
    ["a message of a service", form({ From: undefined, MessagingServiceSid: anyService }), {}],
    ["a scheduled message", inAnHour, {}],
    ["a message that expires", form({ ValidityPeriod: "1" }), {}],
    ["WhatsApp", form({ To: "whatsapp:+15551234567", From: "whatsapp:+15550000001" }), {}],
  ]
  it.each(created)("%s, from its creation to its end", (_, params, settings) => {
    const { body, stage } = checked(twilio(settings), "POST", post(params))
    const path = messagePath(body.sid)
    for (const until of [0, 2_000, 4_000, 10_000_000]) {
      const then = ranUntil(stage, until)
      read(then, path)
      read(then, messagesPath)
      read(then, path.replace(".json", "/Media.json"))
    }
    checked(stage, "POST", update(path, [["Body", ""]]))
    checked(stage, "POST", update(path.replace(".json", "/Feedback.json"), [["Outcome", "confirmed"]]))
    checked(stage, "DELETE", remove(path))
    read(stage, messagesPath)
  })

  it("a scheduled message that is canceled", () => {
    const { body, stage } = checked(twilio(), "POST", post(inAnHour))
    const path = messagePath(body.sid)
    checked(stage, "POST", update(path, [["Status", "canceled"]]))
    read(stage, path)
  })

  it("a medium", () => {
    const { body, stage } = checked(twilio(), "POST", post(pictures))
    const list = messagePath(body.sid).replace(".json", "/Media.json")
    const { uri } = read(stage, list).media_list[0]
    read(stage, uri)
    checked(stage, "DELETE", remove(uri))
    read(stage, list)
  })

  it("a page in the middle of a list", () => {
    let stage = twilio()
    for (let n = 0; n < 5; n++) stage = stage.when(post(fine))
    const first = read(stage.when(get(messagesPath)), messagesPath)
    const { body } = checked(
      stage,
      "GET",
      get(messagesPath, [
        ["PageSize", "2"],
        ["PageToken", `PA${first.messages[1].sid}`],
      ]),
    )
    if (body.next_page_uri === null || body.previous_page_uri === null) throw new Error("has no pages around it")
  })
})
