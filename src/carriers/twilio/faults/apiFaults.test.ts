import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { asked, form, get, messagesPath, post, ranUntil, twilio } from "../../../../test/support/twilio.ts"
import { type ApiResponded, apiResponded } from "../../../core/entries.ts"
import { messageCreated } from "../../delivery/entries.ts"
import { errorCodes } from "../errors.ts"
import type { ApiFault } from "./entries.ts"
import { faultDrawn } from "./entries.ts"

const always = (action: ApiFault["action"], matcher: Partial<ApiFault> = {}): ApiFault => ({
  action,
  bp: 10_000,
  ...matcher,
})
const answers = (made: ReturnType<typeof ranUntil>["made"]) =>
  made.flatMap(({ entry }) => (apiResponded.is(entry) ? [entry.data as ApiResponded & { body?: string }] : []))
const types = (made: ReturnType<typeof ranUntil>["made"]) => made.map(({ entry }) => entry.type)

describe("a fault", () => {
  it("of a status is answered so, and nothing is carried out", () => {
    const { made } = twilio({ faults: [always({ code: 20503, status: 503 })] }).when(post(form({})))
    deepStrictEqual(types(made), ["api.requested", "fault.drawn", "api.responded"])
    const [answer] = answers(made)
    deepStrictEqual([answer?.status, JSON.parse(answer?.body ?? "").code], [503, 20503])
  })

  it("of a code Twilio does not have is answered with it all the same", () => {
    const { made } = twilio({ faults: [always({ code: 99999, status: 418 })] }).when(post(form({})))
    deepStrictEqual(JSON.parse(answers(made)[0]?.body ?? ""), {
      code: 99999,
      message: "Simulated fault",
      more_info: "https://www.twilio.com/docs/errors/99999",
      status: 418,
    })
  })

  it.each(errorCodes())("of code %i tells its message whole", (code) => {
    const { made } = twilio({ faults: [always({ code, status: 400 })] }).when(
      post(form({ StatusCallback: "https://app.test/s", MessagingServiceSid: `MG${"1".repeat(32)}` })),
    )
    const { message } = JSON.parse(answers(made)[0]?.body ?? "")
    strictEqual(/\{\w+\}|undefined|: $|: ,|``| {2}/.test(message), false, message)
  })

  it("of one recipient strikes however the number is written", () =>
    deepStrictEqual(
      ["+15551110009", "(555) 111-0009", "+15551110008"].map((To) => {
        const faults = [always({ code: 21614, status: 400 }, { to: "+15551110009" })]
        return answers(twilio({ faults }).when(post(form({ To }))).made)[0]?.status
      }),
      [400, 400, 201],
    ))

  it("of latency is carried out later, beside the API's own", () => {
    const late = twilio({ api: { concurrency_max: 9, latency_ms: 100 }, faults: [always({ latency_ms: 2_000 })] }).when(
      post(form({})),
    )
    strictEqual(answers(late.made).length, 0)
    const ran = ranUntil(late, 2_100)
    deepStrictEqual(
      ran.made.filter(({ entry }) => messageCreated.is(entry)).map(({ entry }) => entry.at),
      [2_100],
    )
    strictEqual(answers(ran.made)[0]?.status, 201)
  })

  it.each([undefined, { concurrency_max: 9, latency_ms: 100 }])(
    "that drops the answer carries out the request (latency: %j)",
    (api) => {
      const stage = twilio({ ...(api === undefined ? {} : { api }), faults: [always({ drop: "answer" })] })
      const { made } = ranUntil(stage.when(post(form({}))))
      strictEqual(
        made.some(({ entry }) => messageCreated.is(entry)),
        true,
      )
      deepStrictEqual(
        answers(made).map(({ status, undelivered }) => [status, undelivered]),
        [[201, "closed"]],
      )
    },
  )

  it("that drops the request carries out nothing, to read or to write", () => {
    for (const request of [post(form({})), get(messagesPath)]) {
      const { made } = twilio({ faults: [always({ drop: "request" })] }).when(request)
      deepStrictEqual(types(made), ["api.requested", "fault.drawn", "api.responded"])
      strictEqual(answers(made)[0]?.undelivered, "reset")
    }
  })

  it.each<readonly [Partial<ApiFault>, boolean]>([
    [{}, true],
    [{ method: "POST" }, true],
    [{ method: "GET" }, false],
    [{ path: "*/Messages.json" }, true],
    [{ path: "/v1/*" }, false],
    [{ to: "+15551234567" }, true],
    [{ to: "+15551234568" }, false],
    [{ method: "POST", path: "/v1/*" }, false],
  ])("of %j fits a send: %s", (matcher, does) => {
    const { made } = twilio({ faults: [always({ code: 20500, status: 500 }, matcher)] }).when(post(form({})))
    strictEqual(
      made.some(({ entry }) => faultDrawn.is(entry)),
      does,
    )
  })

  it("is drawn by its own count: other faults and requests that do not fit shift nothing", () => {
    const half: ApiFault = { action: { code: 20500, status: 500 }, bp: 5_000, method: "POST" }
    const struck = (faults: ReadonlyArray<ApiFault>, between: boolean) => {
      let stage = twilio({ faults: [...faults] })
      return Array.from({ length: 30 }, () => {
        if (between) stage = stage.when(get(messagesPath))
        stage = stage.when(asked({ params: form({}) }))
        return answers(stage.made)[0]?.status
      })
    }
    const alone = struck([half], false)
    strictEqual(new Set(alone).size, 2)
    deepStrictEqual(struck([{ action: { latency_ms: 0 }, bp: 0, to: "+15551234567" }, half], true), alone)
  })
})
