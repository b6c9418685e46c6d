import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import {
  accepted,
  answered,
  answerOf,
  asked,
  dataOf,
  dueOf,
  failed,
  fires,
  gateway,
  type Left,
  leftIn,
  noon,
  providerOf,
  providersOf,
  sliceOf,
  sms,
  typesOf,
} from "../../test/support/gateway.ts"
import { at, type Stage } from "../../test/support/given.ts"
import { dataCleared } from "../core/entries.ts"
import {
  attemptAnswered,
  attemptChosen,
  healthChanged,
  receiptArrived,
  requestDeadLettered,
  requestRetried,
} from "./entries.ts"

const first = (stage: Stage): Left => leftIn(stage)[0] as Left
const statusOf = (stage: Stage, id: string) => sliceOf(stage).byId.get(id)?.status

describe("a request that finds the queue empty", () => {
  const take = () => {
    const taken = gateway().when(at(noon, sms()))
    return { left: first(taken), taken }
  }

  it("is accepted, has its provider chosen, and leaves in the turn it came in", () => {
    const { left, taken } = take()
    deepStrictEqual(typesOf(taken), [
      "gateway-request.accepted",
      "api.responded",
      "gateway-attempt.chosen",
      "outbound.requested",
    ])
    deepStrictEqual(answerOf(taken), {
      status: 200,
      json: { success: true, message_id: left.id, message: "SMS queued for sending", provider: null, queued: true },
    })
    strictEqual(dueOf(taken), undefined)
  })

  it("leaves in its provider's dialect, with the number in E.164 form, once", () => {
    const { left } = take()
    const { attempt, json, method, once, purpose } = left.request
    deepStrictEqual({ attempt, method, once, purpose }, { attempt: 1, method: "POST", once: true, purpose: "provider" })
    deepStrictEqual(JSON.parse(json ?? ""), { phone: "+8801921317475", text: "Hello", reference: left.id })
  })

  it("says why the provider was chosen", () => {
    const { taken } = take()
    const [choice] = dataOf(taken, attemptChosen)
    deepStrictEqual(choice?.candidates[0], {
      current: 1,
      failures: 0,
      health: "healthy",
      in_flight: 0,
      limit: 50,
      provider: "provider1",
      sent: 0,
      successes: 0,
      weight: 1,
    })
    deepStrictEqual(choice?.total, { limit: 200, sent: 0 })
  })

  it("is sent when the provider has taken it, at the provider's price", () => {
    const { left, taken } = take()
    const sent = taken.when(at(noon + 80, accepted(left, "p1-7")))
    deepStrictEqual(dataOf(sent, attemptAnswered), [
      {
        attempt: 1,
        cost: { currency: "USD", micros: 5_000 },
        outcome: "accepted",
        provider: "provider1",
        provider_message_id: "p1-7",
        status: 200,
      },
    ])
    strictEqual(statusOf(sent, left.id), "sent")
    strictEqual(sliceOf(sent).providers.get("provider1")?.counts.cost.get("USD"), 5_000)
  })

  it("is delivered when its receipt says so, and a later receipt changes nothing", () => {
    const { left, taken } = take()
    const sent = taken.when(at(noon + 80, accepted(left, "p1-7")))
    const receipt = (status: string) => asked("POST", "/api/sms/provider1/receipts", { message_id: "p1-7", status })
    const delivered = sent.when(at(noon + 900, receipt("delivered")))
    deepStrictEqual(typesOf(delivered), ["gateway-receipt.arrived", "api.responded", "gateway-request.settled"])
    strictEqual(statusOf(delivered, left.id), "delivered")
    const contradicted = delivered.when(at(noon + 950, receipt("failed")))
    deepStrictEqual(typesOf(contradicted), ["gateway-receipt.arrived", "api.responded"])
    strictEqual(statusOf(contradicted, left.id), "delivered")
  })

  it("is delivered by a receipt that overtook the answer", () => {
    const { left, taken } = take()
    const early = taken.when(
      at(
        noon + 10,
        receiptArrived.draft("", {
          provider: "provider1",
          provider_message_id: "p1-7",
          status: "delivered",
          told: "delivered",
        }),
      ),
    )
    const sent = early.when(at(noon + 80, accepted(left, "p1-7")))
    deepStrictEqual(typesOf(sent), ["gateway-attempt.answered", "gateway-request.settled"])
    strictEqual(statusOf(sent, left.id), "delivered")
  })
})

describe("a request that its provider does not take", () => {
  const take = () => {
    const taken = gateway().when(at(noon, sms()))
    return { left: first(taken), taken }
  }

  it("goes to the next provider at once", () => {
    const { left, taken } = take()
    const refused = taken.when(at(noon + 20, answered(left, 500)))
    deepStrictEqual(dataOf(refused, requestRetried), [{ due: noon + 20, why: "failover" }])
    strictEqual(dueOf(refused), noon + 20)
    const again = fires(refused)
    strictEqual(providerOf(first(again)), "provider2")
    strictEqual(first(again).request.attempt, 2)
    deepStrictEqual(
      dataOf(again, attemptChosen)[0]?.candidates.map(({ out }) => out),
      ["tried", undefined, undefined],
    )
  })

  it("is given up when the message is at fault, whoever else there is", () => {
    const { left, taken } = take()
    const refused = taken.when(at(noon + 20, answered(left, 422, { code: "invalid_phone", error: "no such phone" })))
    deepStrictEqual(dataOf(refused, requestDeadLettered), [{ detail: "no such phone", reason: "refused" }])
    strictEqual(statusOf(refused, left.id), "failed")
    strictEqual(sliceOf(refused).providers.get("provider1")?.health.lastFailure, undefined)
  })

  it("pauses once every provider was tried, longer each time, and is given up after its attempts", () => {
    let stage = gateway({ failover: { attempts_max: 5 }, health: { samples_min: 100 } }).when(at(noon, sms()))
    const pauses: Array<number> = []
    const providers = [providerOf(first(stage))]
    for (;;) {
      const now = stage.world.at
      stage = stage.when(at(now, failed(first(stage))))
      const [retried] = dataOf(stage, requestRetried)
      if (retried === undefined) break
      if (retried.why === "back-off") pauses.push(retried.due - now)
      stage = fires(stage)
      providers.push(providerOf(first(stage)))
    }
    deepStrictEqual(providers, ["provider1", "provider2", "provider3", "provider3", "provider2"])
    strictEqual(pauses.length, 1)
    strictEqual((pauses[0] ?? 0) >= 1_000 && (pauses[0] ?? 0) < 1_500, true)
    deepStrictEqual(dataOf(stage, requestDeadLettered), [{ detail: "connect", reason: "attempts" }])
    strictEqual(dueOf(stage), undefined)
  })

  it("waits for a provider that has too much to do, without harm to its health", () => {
    const only = gateway({ providers: providersOf({}) }).when(at(noon, sms()))
    const limited = only.when(at(noon + 20, answered(first(only), 429, { retry_after: 0.4 })))
    deepStrictEqual(dataOf(limited, requestRetried), [{ due: noon + 20, why: "limited" }])
    strictEqual(dueOf(limited), noon + 420)
    strictEqual(providerOf(first(fires(limited))), "p1")
  })
})

describe("an attempt that was interrupted", () => {
  const take = () => {
    const taken = gateway().when(at(noon, sms()))
    return { left: first(taken), taken }
  }
  const interrupt = () => {
    const { left, taken } = take()
    const unsure = taken.when(at(noon + 5_000, failed(left, "interrupted")))
    return { left, question: first(unsure), unsure }
  }

  it("is not repeated: its provider is asked what became of it", () => {
    const { left, question, unsure } = interrupt()
    deepStrictEqual(typesOf(unsure), ["gateway-attempt.answered", "outbound.requested"])
    strictEqual(question.request.purpose, "provider-ask")
    deepStrictEqual(question.request.params, [["reference", left.id]])
  })

  it("is sent when the provider has it", () => {
    const { left, question, unsure } = interrupt()
    const told = unsure.when(at(noon + 5_100, answered(question, 200, { reference: left.id, message_id: "p1-7" })))
    strictEqual(statusOf(told, left.id), "sent")
    deepStrictEqual(dataOf(told, attemptAnswered)[0]?.asked, true)
    strictEqual(sliceOf(told).providers.get("provider1")?.counts.unsure, 0)
  })

  it("is tried again when the provider never heard of it", () => {
    const { left, question, unsure } = interrupt()
    const told = unsure.when(at(noon + 5_100, answered(question, 404, { reference: left.id })))
    deepStrictEqual(dataOf(told, requestRetried), [{ due: noon + 5_100, why: "failover" }])
  })

  it("is a dead letter nobody is sure of when the provider does not say, until an operator has it sent again", () => {
    const { left, question, unsure } = interrupt()
    const told = unsure.when(at(noon + 5_100, answered(question, 503)))
    deepStrictEqual(dataOf(told, requestDeadLettered), [
      { detail: "the provider was asked and did not say", reason: "unsure" },
    ])
    strictEqual(statusOf(told, left.id), "unsure")
    const all = told.when(at(noon + 6_000, asked("POST", "/api/sms/dead-letters/resend")))
    deepStrictEqual(answerOf(all).json, { success: true, resent: 0, more: false })
    const one = all.when(at(noon + 6_000, asked("POST", `/api/sms/dead-letters/${left.id}/resend`)))
    strictEqual(statusOf(one, left.id), "pending")
    strictEqual(first(fires(one)).request.attempt, 2)
  })
})

describe("an answer that never came", () => {
  it("may have been taken: it goes to the next provider, or is held, as settings have it", () => {
    const failover = gateway().when(at(noon, sms()))
    const over = failover.when(at(noon + 10_000, failed(first(failover), "timeout")))
    deepStrictEqual(dataOf(over, attemptAnswered)[0]?.left, true)
    deepStrictEqual(dataOf(over, requestRetried)[0]?.why, "failover")
    const holding = gateway({ failover: { unknown: "hold" } }).when(at(noon, sms()))
    const held = holding.when(at(noon + 10_000, failed(first(holding), "timeout")))
    deepStrictEqual(typesOf(held), ["gateway-attempt.answered", "outbound.requested"])
  })
})

describe("a provider that fails", () => {
  /** So many requests to one provider fail, one after the other. */
  const failing = (n: number) => {
    let stage = gateway({ providers: providersOf({}), failover: { attempts_max: 1 } })
    for (let i = 0; i < n; i++) {
      stage = stage.when(at(noon + i * 100, sms()))
      stage = stage.when(at(noon + i * 100 + 50, failed(first(stage))))
    }
    return stage
  }

  it("is healthy while there are too few outcomes, and unhealthy with one more", () => {
    deepStrictEqual(dataOf(failing(4), healthChanged), [])
    deepStrictEqual(dataOf(failing(5), healthChanged), [
      { failures: 5, health: "unhealthy", successes: 0, until: noon + 450 + 30_000, why: "threshold" },
    ])
  })

  it("turns requests away while nobody is available, then lets one through to see", () => {
    const down = failing(5)
    const away = down.when(at(noon + 1_000, sms()))
    strictEqual(answerOf(away).status, 503)
    const probing = away.when(at(noon + 31_000, sms()))
    deepStrictEqual(dataOf(probing, attemptChosen)[0]?.probe, true)
    const second = probing.when(at(noon + 31_010, sms()))
    deepStrictEqual(typesOf(second), ["gateway-request.accepted", "api.responded"])
    const stillDown = second.when(at(noon + 31_050, failed(first(probing))))
    deepStrictEqual(dataOf(stillDown, healthChanged)[0], {
      failures: 6,
      health: "unhealthy",
      successes: 0,
      until: noon + 61_050,
      why: "probe-failed",
    })
    strictEqual(dueOf(stillDown), noon + 61_050)
    const again = fires(stillDown)
    const healed = again.when(at(noon + 61_100, accepted(first(again))))
    deepStrictEqual(dataOf(healed, healthChanged)[0]?.why, "probe-succeeded")
  })

  it("counts as healthy when an operator says so", () => {
    const reset = failing(5).when(at(noon + 1_000, asked("POST", "/api/sms/health/p1/reset")))
    strictEqual(answerOf(reset.when(at(noon + 1_000, sms()))).status, 200)
  })
})

describe("the queue", () => {
  it("sends high before normal before low, and holds back what is scheduled", () => {
    const narrow = gateway({ providers: providersOf({ limit: 1 }) })
    const due = new Date(noon + 2_500).toISOString()
    const queued = [
      sms(),
      sms({ text: "low", priority: "low" }),
      sms({ text: "normal" }),
      sms({ text: "high", priority: "high" }),
      sms({ text: "later", send_at: due }),
    ].reduce((stage, request) => stage.when(at(noon, request)), narrow)
    let stage = queued
    const sent: Array<string> = []
    while (dueOf(stage) !== undefined) {
      stage = fires(stage)
      for (const left of leftIn(stage)) {
        sent.push(`${left.request.json?.match(/"text":"(\w+)"/)?.[1]} ${stage.world.at - noon}`)
        stage = stage.when(at(stage.world.at, accepted(left)))
      }
    }
    deepStrictEqual(sent, ["high 1000", "normal 2000", "later 3000", "low 4000"])
  })

  it("has no timer once what was scheduled is cancelled, and does not cancel what has left", () => {
    const scheduled = gateway().when(at(noon, sms({ send_at: new Date(noon + 60_000).toISOString() })))
    const { message_id } = answerOf(scheduled).json as { message_id: string }
    strictEqual(dueOf(scheduled), noon + 60_000)
    const cancelled = scheduled.when(at(noon, asked("POST", `/api/sms/requests/${message_id}/cancel`)))
    strictEqual(statusOf(cancelled, message_id), "cancelled")
    strictEqual(dueOf(cancelled), undefined)
    const sending = gateway().when(at(noon, sms()))
    const late = sending.when(at(noon, asked("POST", `/api/sms/requests/${first(sending).id}/cancel`)))
    strictEqual(answerOf(late).status, 409)
  })

  it("gives up what could not be sent in time", () => {
    const narrow = gateway({ providers: providersOf({ limit: 1 }), valid_ms: 1_500 })
    const queued = [sms(), sms(), sms()].reduce((stage, request) => stage.when(at(noon, request)), narrow)
    strictEqual(leftIn(fires(queued)).length, 1)
    const expired = fires(queued)
    deepStrictEqual(dataOf(expired, requestDeadLettered), [{ reason: "expired" }])
    strictEqual(dueOf(expired), undefined)
  })

  it("is forgotten when everything is cleared, and no id comes twice", () => {
    const taken = gateway().when(at(noon, sms()))
    const before = first(taken)
    const cleared = taken.when(at(noon, dataCleared.draft("", { what: "all" })))
    deepStrictEqual(typesOf(cleared.when(at(noon, accepted(before)))), [])
    const next = first(cleared.when(at(noon, sms())))
    strictEqual(next.id === before.id, false)
  })
})
