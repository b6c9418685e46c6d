import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import {
  account,
  answerOf,
  call,
  form,
  messagePath,
  messagesPath,
  ranUntil,
  twilio,
} from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { dataCleared } from "../../../core/entries.ts"
import { addItem, noItems } from "../collection.ts"
import { chooseSender } from "./choice.ts"
import type { ServiceConfig } from "./entries.ts"
import type { Service } from "./senders.ts"

const service = sidOf("MG", 1, 0)
const numbers = `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers.json`

/** A service with these senders, by the kind that their look tells. */
const serviceWith = (senders: ReadonlyArray<string>, config: ServiceConfig = {}, before?: string): Service => {
  const pool: Service["pool"] = noItems()
  for (const [n, sender] of senders.entries())
    addItem(pool, {
      sid: `${sender.startsWith("+") ? "PN" : /^\d+$/.test(sender) ? "SC" : "AI"}${n}`,
      sender,
      created: 0,
    })
  const sticky = new Map(before === undefined ? [] : [[to, before] as const])
  return { sid: service, accountSid: account, created: 0, updated: 0, config, pool, sticky }
}

const to = "+14155550100"
const uk = "+447700900100"
const chosen = (of: Service, recipient = to, sid = "SM1") => chooseSender(of, { sid, to: recipient }, 1)

describe("a service chooses", () => {
  it.each<readonly [string, ReadonlyArray<string>, string, string | undefined]>([
    ["a number of the recipient's area code", ["+12125550101", "+14155550102", "+13125550103"], to, "+14155550102"],
    ["a number of the recipient's country", ["+447700900101", "+12125550101"], to, "+12125550101"],
    ["a number of another country, if there is no other", ["+447700900101"], to, "+447700900101"],
    ["a Canadian number for a Canadian", ["+12125550101", "+16045550101"], "+14165550100", "+16045550101"],
    ["a short code before numbers in its country", ["+14155550102", "12345"], to, "12345"],
    ["no short code elsewhere", ["12345", "+447700900101"], uk, "+447700900101"],
    ["a name before numbers outside North America", ["+447700900101", "ACME"], uk, "ACME"],
    ["no name within", ["ACME", "+447700900101"], to, "+447700900101"],
    ["not the recipient's own number", [to, "+12125550101"], to, "+12125550101"],
    ["no number that cannot send", ["+448081570001"], uk, undefined],
    ["nothing that does not reach there", ["ACME"], to, undefined],
    ["nothing from nothing", [], to, undefined],
  ])("%s", (_, senders, recipient, wanted) => strictEqual(chosen(serviceWith(senders), recipient), wanted))

  it("any number of the country where geomatch is off", () => {
    const of = serviceWith(["+12125550101", "+14155550102"], { area_code_geomatch: false })
    const all = new Set(Array.from({ length: 50 }, (_, n) => chosen(of, to, `SM${n}`)))
    deepStrictEqual([...all].sort(), ["+12125550101", "+14155550102"])
  })

  it("evenly among equals, the same for the same message", () => {
    const of = serviceWith(["+12125550101", "+12125550102", "+12125550103"])
    const counts = new Map<string | undefined, number>()
    for (let n = 0; n < 3_000; n++) {
      const one = chosen(of, to, `SM${n}`)
      strictEqual(chosen(of, to, `SM${n}`), one)
      counts.set(one, (counts.get(one) ?? 0) + 1)
    }
    strictEqual(counts.size, 3)
    for (const count of counts.values()) assertTrue(count > 850 && count < 1_150, String(count))
  })
})

describe("a sender sticks", () => {
  const pool = ["+12125550101", "+12125550102", "+12125550103", "+12125550104"]
  const sids = Array.from({ length: 30 }, (_, n) => `SM${n}`)
  const all = (of: Service, recipient = to) => [...new Set(sids.map((sid) => chosen(of, recipient, sid)))]

  it("to a recipient it has written to", () => deepStrictEqual(all(serviceWith(pool, {}, pool[2])), [pool[2]]))

  it("not where that is switched off", () =>
    strictEqual(all(serviceWith(pool, { sticky_sender: false }, pool[2])).length, 4))

  it("not when it has left the pool", () => strictEqual(all(serviceWith(pool, {}, "+12125550109")).length, 4))

  it("not when it can no longer reach the recipient", () =>
    deepStrictEqual(all(serviceWith(["ACME", "+12125550101"], {}, "ACME")), ["+12125550101"]))

  it("from abroad until there is a number or a short code at home", () => {
    const abroad = "+447700900101"
    deepStrictEqual(all(serviceWith([abroad, "+447700900102"], {}, abroad)), [abroad])
    deepStrictEqual(all(serviceWith([abroad, "+12125550101"], {}, abroad)), ["+12125550101"])
    deepStrictEqual(all(serviceWith([abroad, "12345"], {}, abroad)), ["12345"])
    const before = { ...serviceWith(["+12125550101", "ACME"]), sticky: new Map([[uk, "+12125550101"]]) }
    deepStrictEqual(all(before, uk), ["+12125550101"])
  })
})

const bought = ["+12125550101", "+12125550102", "+12125550103"]

/** A service with three numbers. */
const furnished = (fields: Record<string, string> = {}, more: ReadonlyArray<string> = bought): Stage => {
  let stage = twilio({ allowed_from_numbers: ["+15550000001", "12345"] }).when(
    call("POST", "/v1/Services", { FriendlyName: "Alerts", ...fields }),
  )
  for (const [n, PhoneNumber] of more.entries())
    stage = stage
      .when(call("POST", numbers, { PhoneNumber }))
      .when(call("POST", `/v1/Services/${service}/PhoneNumbers`, { PhoneNumberSid: sidOf("PN", 1, n) }))
  return stage
}
const send = (changes: Record<string, string | undefined> = {}) =>
  call("POST", messagesPath, Object.fromEntries(form({ From: undefined, MessagingServiceSid: service, ...changes })))
const shown = (stage: Stage, sid: string) => answerOf(stage.when(call("GET", messagePath(sid)))).body
const answers = (stage: Stage) => [answerOf(stage).status, answerOf(stage).body.code]

describe("a message of a service", () => {
  it("is accepted without a sender, and then queued with one of the pool", () => {
    const stage = furnished().when(send())
    const { body, status } = answerOf(stage)
    deepStrictEqual(
      [status, body.status, body.from, body.messaging_service_sid, body.num_segments, body.price_unit],
      [201, "accepted", null, service, "0", null],
    )
    const now = shown(stage, body.sid)
    assertTrue(bought.includes(now.from))
    deepStrictEqual([now.status, now.num_segments, now.messaging_service_sid], ["queued", "1", service])
    strictEqual(shown(ranUntil(stage), body.sid).status, "delivered")
  })

  it("reaches the same recipient from the same sender, until messages are cleared", () => {
    let stage = furnished()
    const from = new Set<string>()
    for (let n = 0; n < 12; n++) {
      stage = stage.when(send())
      from.add(shown(stage, answerOf(stage).body.sid).from)
    }
    strictEqual(from.size, 1)
    const cleared = stage.when(dataCleared.draft("", { what: "messages" }))
    const again = new Set<string>()
    for (let n = 0; n < 12; n++) {
      const one = cleared.when(dataCleared.draft("", { what: "all" })).when(send())
      again.add(shown(one, answerOf(one).body.sid).from)
    }
    strictEqual(again.size > 1, true)
  })

  it("takes callback, validity and encoding from its service where it says nothing", () => {
    const stage = furnished({ StatusCallback: "https://a.test/service", ValidityPeriod: "60" })
    const dataOf = (one: Stage): Record<string, unknown> =>
      one.made.find(({ entry }) => entry.type === "message.created")!.entry.data as Record<string, unknown>
    const own = dataOf(stage.when(send()))
    deepStrictEqual([own.status_callback, own.validity_ms, own.smart_encoded], ["https://a.test/service", 60_000, true])
    const said = dataOf(stage.when(send({ StatusCallback: "https://a.test/message", ValidityPeriod: "5" })))
    deepStrictEqual([said.status_callback, said.validity_ms], ["https://a.test/message", 5_000])
    strictEqual(dataOf(furnished({ SmartEncoding: "false" }).when(send())).smart_encoded, undefined)
  })

  it("reports that it is queued, and its service in every callback", () => {
    const stage = ranUntil(furnished({ StatusCallback: "https://a.test/" }).when(send()))
    const told = stage.made
      .filter(({ entry }) => entry.type === "outbound.requested")
      .map(({ entry }) => Object.fromEntries((entry.data as { params: Array<[string, string]> }).params))
    deepStrictEqual(
      told.map(({ MessageStatus, MessagingServiceSid }) => [MessageStatus, MessagingServiceSid]),
      [
        ["queued", service],
        ["sent", service],
        ["delivered", service],
      ],
    )
    assertTrue(told.every(({ From }) => bought.includes(From ?? "")))
  })

  it("with a From goes from there, if that is in the pool", () => {
    const stage = furnished().when(send({ From: bought[1] }))
    const { body } = answerOf(stage)
    deepStrictEqual([body.status, body.from], ["accepted", bought[1]])
    strictEqual(shown(stage, body.sid).from, bought[1])
    deepStrictEqual(answers(furnished().when(send({ From: "+15550000001" }))), [400, 21711])
  })

  it("fails when no sender of its pool reaches the recipient, and says so in a callback", () => {
    const stage = furnished({ StatusCallback: "https://a.test/" }, ["+448081570001"]).when(send())
    const { body } = answerOf(stage)
    strictEqual(body.status, "accepted")
    const now = shown(stage, body.sid)
    deepStrictEqual([now.status, now.error_code, now.from], ["failed", 21703, null])
    strictEqual(stage.made.filter(({ entry }) => entry.type === "outbound.requested").length, 1)
  })

  it.each([
    ["MG1", 400, 21705],
    [sidOf("MG", 1, 7), 404, 21701],
  ] as const)("of %s is refused: %i, %i", (MessagingServiceSid, status, code) =>
    deepStrictEqual(answers(furnished().when(send({ MessagingServiceSid }))), [status, code]),
  )

  it("is refused when the pool is empty", () => deepStrictEqual(answers(furnished({}, []).when(send())), [400, 21704]))

  it("is refused when the service is another account's", () => {
    const stage = furnished().when(call("POST", "/2010-04-01/Accounts.json"))
    const path = messagesPath.replace(account, sidOf("AC", 1, 0))
    const params = Object.fromEntries(form({ From: undefined, MessagingServiceSid: service }))
    deepStrictEqual(answers(stage.when(call("POST", path, params))), [404, 21701])
  })

  it("of any well-formed SID is taken as long as no service was ever made", () => {
    const stage = twilio({ allowed_from_numbers: ["+15550000001"] }).when(
      send({ MessagingServiceSid: sidOf("MG", 1, 7) }),
    )
    strictEqual(shown(stage, answerOf(stage).body.sid).from, "+15550000001")
    const deleted = furnished().when(call("DELETE", `/v1/Services/${service}`))
    deepStrictEqual(answers(deleted.when(send())), [404, 21701])
  })

  it("that is scheduled gets its sender when its hour has come, or fails when the service is gone by then", () => {
    const later = () => furnished().when(send({ ScheduleType: "fixed", SendAt: "1970-01-01T01:00:00Z" }))
    const kept = later()
    const { sid, status } = answerOf(kept).body
    strictEqual(status, "scheduled")
    assertTrue(bought.includes(shown(ranUntil(kept), sid).from))
    const gone = ranUntil(later().when(call("DELETE", `/v1/Services/${service}`)))
    deepStrictEqual([shown(gone, sid).status, shown(gone, sid).error_code], ["failed", 21703])
  })
})
