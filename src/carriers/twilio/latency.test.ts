import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../test/support/given.ts"
import { fine, get, messagesPath, post, twilio } from "../../../test/support/twilio.ts"
import { timersMachine } from "../../clock/timers.machine.ts"
import type { Entry } from "../../core/Entry.ts"
import { type ApiResponded, apiResponded, dataCleared, timerFired, turnFailed } from "../../core/entries.ts"
import { answerHeaders } from "./door.ts"
import { twilioMachine } from "./twilio.machine.ts"

const api = { concurrency_max: 2, latency_ms: 300 }
const answers = ({ made }: Stage) => made.map(({ entry }) => entry).filter(apiResponded.is)
const typesOf = ({ made }: Stage) => made.map(({ entry }) => entry.type)
const status = (answer: Entry<ApiResponded> | undefined) => answer?.data.status
const fire = (stage: Stage, seq: number, at: number) =>
  stage.when({ ...timerFired.draft("", { key: `api ${seq}` }, seq + 1), at })
const underWay = (stage: Stage) => stage.world.slice(twilioMachine).underWay.size

describe("an API that takes its time", () => {
  it("carries a request out and answers it when that is over", () => {
    const asked = twilio({ api }).when({ ...post(fine), at: 1_000 })
    deepStrictEqual(typesOf(asked), ["api.requested", "timer.set"])
    deepStrictEqual(asked.made[1]?.entry.data, { due: 1_300, key: "api 2" })
    const done = fire(asked, 2, 1_300)
    deepStrictEqual(typesOf(done), ["timer.fired", "message.created", "api.responded", "timer.set"])
    const [answer] = answers(done)
    deepStrictEqual([status(answer), answer?.cause], [201, 2])
    const { body } = (answer as Entry<unknown> as Entry<{ body: string }>).data
    strictEqual(JSON.parse(body).date_created, "Thu, 01 Jan 1970 00:00:01 +0000")
    strictEqual(underWay(done), 0)
  })

  it("shows what it reads as it is by then", () => {
    const asked = twilio({ api }).when(get(messagesPath)).when(post(fine))
    const written = fire(asked, 4, 300)
    const read = fire(written, 2, 300)
    strictEqual(JSON.parse(read.made.at(-1)?.aside ?? "").messages.length, 1)
    strictEqual(
      (answers(read)[0] as Entry<unknown> as Entry<{ rendered_at: number }>).data.rendered_at,
      read.made[0]?.entry.seq,
    )
  })

  it("refuses one more than may be under way with 429, 20429, and Retry-After", () => {
    const full = twilio({ api }).when(post(fine)).when(get(messagesPath))
    for (const request of [post(fine), get(messagesPath)]) {
      const refused = full.when(request)
      deepStrictEqual(typesOf(refused), ["api.requested", "api.responded"])
      strictEqual(status(answers(refused)[0]), 429)
    }
    const { data } = answers(full.when(post(fine)))[0] as Entry<unknown> as Entry<{ body: string; status: number }>
    const headers = (body: string) => answerHeaders({ body, status: 429, hash: "", concurrent: 1 })
    strictEqual(headers(data.body).join(" ").includes("Retry-After 1"), true)
    strictEqual(headers('{"code":21611,"status":429}').includes("Retry-After"), false)
    strictEqual(underWay(full), 2)
    const room = fire(full, 2, 300)
    deepStrictEqual(typesOf(room.when(post(fine))), ["api.requested", "timer.set"])
  })

  it("answers what is under way at once when everything is cleared", () => {
    const cleared = twilio({ api })
      .when(post(fine))
      .when(dataCleared.draft("", { what: "all" }))
    deepStrictEqual(
      answers(cleared).map(({ cause, data }) => [cause, data.status]),
      [[2, 201]],
    )
    strictEqual(cleared.world.slice(timersMachine).byKey.has("api 2"), false)
  })

  it("answers 500 when carrying it out throws", () => {
    const asked = twilio({ api }).when(post(fine))
    const input = { cause: 3, data: { key: "api 2" }, subject: "", type: timerFired.type }
    const failed = asked.when(turnFailed.draft("", { error: "a rule threw", input }))
    deepStrictEqual(
      answers(failed).map(({ cause, data }) => [cause, data.status]),
      [[2, 500]],
    )
    strictEqual(underWay(failed), 0)
  })
})
