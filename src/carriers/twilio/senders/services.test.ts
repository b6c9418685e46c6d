import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import { account, answerOf, auth, call, twilio } from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import type { ApiRequested } from "../../../core/entries.ts"
import { limits } from "../../../core/limits.ts"
import { subaccountTokenSecret } from "../settings.ts"
import { senderAdded, senderRemoved, serviceCreated, serviceDeleted, serviceUpdated } from "./entries.ts"

const services = "/v1/Services"
const service = sidOf("MG", 1, 0)
const second = sidOf("MG", 1, 1)
const number = sidOf("PN", 1, 0)
const shortCode = sidOf("SC", 1, 12345)
const alpha = sidOf("AI", 1, 0)
const numbers = `/2010-04-01/Accounts/${account}/IncomingPhoneNumbers.json`
const pool = (kind: string, of = service) => `${services}/${of}/${kind}`
const sub = sidOf("AC", 1, 0)
const subAuth: ApiRequested["auth"] = { password: { secret: subaccountTokenSecret(sub) }, user: sub }

const create = (fields: Record<string, string> = {}, shown = auth) =>
  call("POST", services, { FriendlyName: "Alerts", ...fields }, shown)
/** A service, a number of one's own, a short code, and a second service. */
const furnished = (): Stage =>
  twilio({ allowed_from_numbers: ["12345"] })
    .when(create())
    .when(create({ FriendlyName: "Second" }))
    .when(call("POST", numbers, { PhoneNumber: "+14155550123" }))
const answers = (stage: Stage) => {
  const { body, status } = answerOf(stage)
  return [status, body?.code]
}
const sids = (stage: Stage, path: string, key: string, fields: Record<string, string> = {}) =>
  answerOf(stage.when(call("GET", path, fields))).body[key].map(({ sid }: { sid: string }) => sid)

describe("a messaging service", () => {
  it("is made as it was said, the rest by default", () => {
    const stage = twilio().when(
      create({ StickySender: "false", ValidityPeriod: "600", InboundRequestUrl: "https://a.test/" }),
    )
    strictEqual(stage.made[1]?.entry.type, serviceCreated.type)
    deepStrictEqual(stage.made[1]?.entry.data, {
      account_sid: account,
      config: {
        friendly_name: "Alerts",
        inbound_request_url: "https://a.test/",
        sticky_sender: false,
        validity_period: 600,
      },
    })
    const { body, status } = answerOf(stage)
    strictEqual(status, 201)
    const url = { url: `/v1/Services/${service}` }
    deepStrictEqual(
      [body.sid, body.url, body.links.phone_numbers, body.date_created],
      [service, url, { url: `${url.url}/PhoneNumbers` }, "1970-01-01T00:00:00Z"],
    )
    deepStrictEqual(
      [body.sticky_sender, body.validity_period, body.area_code_geomatch, body.fallback_url, body.inbound_request_url],
      [false, 600, true, null, "https://a.test/"],
    )
    deepStrictEqual(answerOf(stage.when(call("GET", `${services}/${service}`))).body, body)
  })

  it("is set up anew as far as it is said", () => {
    const stage = furnished().when({
      ...call("POST", `${services}/${service}`, { StatusCallback: "https://a.test/s", Usecase: "poll" }),
      at: 2_000,
    })
    strictEqual(stage.made[1]?.entry.type, serviceUpdated.type)
    const { body } = answerOf(stage)
    deepStrictEqual(
      [body.friendly_name, body.status_callback, body.usecase, body.date_updated],
      ["Alerts", "https://a.test/s", "poll", "1970-01-01T00:00:02Z"],
    )
    deepStrictEqual(answerOf(stage.when(call("GET", `${services}/${service}`))).body, body)
  })

  it.each([
    [{ FriendlyName: "" }, 400, 20002],
    [{ FriendlyName: "x".repeat(65) }, 400, 20002],
    [{ InboundRequestUrl: "ftp://a" }, 400, 21402],
    [{ FallbackMethod: "PUT" }, 400, 21403],
    [{ ValidityPeriod: "0" }, 400, 21624],
    [{ ValidityPeriod: "36001" }, 400, 21624],
    [{ ValidityPeriod: "x" }, 400, 21624],
    [{ StickySender: "1" }, 400, 20400],
    [{ ScanMessageContent: "maybe" }, 400, 20400],
    [{ Usecase: "x".repeat(501) }, 400, 20400],
  ] as const)("is refused with %j, when it is made and later", (fields, status, code) => {
    deepStrictEqual(answers(twilio().when(create(fields))), [status, code])
    deepStrictEqual(answers(furnished().when(call("POST", `${services}/${service}`, fields))), [status, code])
  })

  it("that is deleted is gone, and its number is free for another", () => {
    const taken = furnished().when(call("POST", pool("PhoneNumbers"), { PhoneNumberSid: number }))
    deepStrictEqual(
      answers(taken.when(call("POST", pool("PhoneNumbers", second), { PhoneNumberSid: number }))),
      [409, 21712],
    )
    const deleted = taken.when(call("DELETE", `${services}/${service}`))
    strictEqual(deleted.made[1]?.entry.type, serviceDeleted.type)
    strictEqual(answerOf(deleted).status, 204)
    for (const method of ["GET", "POST", "DELETE"])
      deepStrictEqual(answers(deleted.when(call(method, `${services}/${service}`))), [404, 20404])
    deepStrictEqual(answers(deleted.when(call("GET", pool("PhoneNumbers")))), [404, 20404])
    strictEqual(
      answerOf(deleted.when(call("POST", pool("PhoneNumbers", second), { PhoneNumberSid: number }))).status,
      201,
    )
    deepStrictEqual(sids(deleted, services, "services"), [second])
  })

  it("belongs to the account that made it", () => {
    const stage = furnished().when(call("POST", "/2010-04-01/Accounts.json")).when(create({}, subAuth))
    deepStrictEqual(sids(stage, services, "services"), [second, service])
    const own = answerOf(stage.when(call("GET", services, {}, subAuth))).body.services
    deepStrictEqual([own.length, own[0].account_sid], [1, sub])
    deepStrictEqual(answers(stage.when(call("GET", `${services}/${service}`, {}, subAuth))), [404, 20404])
  })

  it("that is not there is told of without the API's version", () =>
    strictEqual(
      answerOf(twilio().when(call("GET", `${services}/IS71`))).body.message,
      "The requested resource /Services/IS71 was not found",
    ))

  it("is asked for with credentials", () => {
    deepStrictEqual(answers(twilio().when(call("GET", services, {}, "none"))), [401, 20003])
    deepStrictEqual(answers(twilio().when(call("PUT", services))), [405, 20004])
  })
})

describe("a service's pool", () => {
  it.each([
    ["PhoneNumbers", { PhoneNumberSid: number }, number, "+14155550123", "phone_number", ["MMS", "SMS", "Voice"], "US"],
    ["ShortCodes", { ShortCodeSid: shortCode }, shortCode, "12345", "short_code", ["SMS", "MMS"], "US"],
    ["AlphaSenders", { AlphaSender: "ACME Co" }, alpha, "ACME Co", "alpha_sender", ["SMS"], undefined],
  ] as const)("takes, shows and gives back: %s", (kind, fields, sid, sender, field, capabilities, country) => {
    const stage = furnished().when(call("POST", pool(kind), fields))
    deepStrictEqual(
      [stage.made[1]?.entry.type, stage.made[1]?.entry.subject, stage.made[1]?.entry.data],
      [senderAdded.type, service, { sender, sender_sid: sid }],
    )
    const { body, status } = answerOf(stage)
    deepStrictEqual(
      [
        status,
        body.sid,
        body.service_sid,
        body.account_sid,
        body[field],
        body.capabilities,
        body.country_code,
        body.url,
      ],
      [201, sid, service, account, sender, capabilities, country, { url: `/v1/Services/${service}/${kind}/${sid}` }],
    )
    deepStrictEqual(answerOf(stage.when(call("GET", `${pool(kind)}/${sid}`))).body, body)
    for (const other of ["PhoneNumbers", "ShortCodes", "AlphaSenders"])
      deepStrictEqual(
        answers(stage.when(call("GET", `${pool(other)}/${sid}`))),
        other === kind ? [200, undefined] : [404, 20404],
      )
    const removed = stage.when(call("DELETE", `${pool(kind)}/${sid}`))
    deepStrictEqual(
      [removed.made[1]?.entry.type, removed.made[1]?.entry.data],
      [senderRemoved.type, { sender_sid: sid }],
    )
    strictEqual(answerOf(removed).status, 204)
    for (const method of ["GET", "DELETE"])
      deepStrictEqual(answers(removed.when(call(method, `${pool(kind)}/${sid}`))), [404, 20404])
    strictEqual(answerOf(removed.when(call("POST", pool(kind), fields))).status, 201)
  })

  it.each([
    ["PhoneNumbers", {}, 400, 20400],
    ["PhoneNumbers", { PhoneNumberSid: sidOf("PN", 1, 7) }, 404, 20404],
    ["PhoneNumbers", { PhoneNumberSid: shortCode }, 404, 20404],
    ["ShortCodes", { ShortCodeSid: number }, 404, 20404],
    ["AlphaSenders", {}, 400, 21708],
    ["AlphaSenders", { AlphaSender: "x".repeat(12) }, 400, 21709],
    ["AlphaSenders", { AlphaSender: "12345" }, 400, 21709],
    ["AlphaSenders", { AlphaSender: "Ünder" }, 400, 21709],
  ] as const)("refuses to %s: %j", (kind, fields, status, code) =>
    deepStrictEqual(answers(furnished().when(call("POST", pool(kind), fields))), [status, code]),
  )

  it("takes nothing twice", () => {
    for (const [kind, fields] of [
      ["PhoneNumbers", { PhoneNumberSid: number }],
      ["AlphaSenders", { AlphaSender: "ACME" }],
    ] as const) {
      const stage = furnished().when(call("POST", pool(kind), fields))
      deepStrictEqual(answers(stage.when(call("POST", pool(kind), fields))), [409, 21710])
    }
  })

  it("loses a number that is given back, or moves to another account", () => {
    const taken = furnished()
      .when(call("POST", "/2010-04-01/Accounts.json"))
      .when(call("POST", pool("PhoneNumbers"), { PhoneNumberSid: number }))
    const path = numbers.replace(".json", `/${number}.json`)
    for (const stage of [taken.when(call("DELETE", path)), furnishedMove(taken, path)])
      deepStrictEqual(sids(stage, pool("PhoneNumbers"), "phone_numbers"), [])
  })

  it(`has at most ${limits.poolSendersMax} senders`, () => {
    let stage = furnished()
    for (let n = 0; n < limits.poolSendersMax; n++)
      stage = stage.when(call("POST", pool("AlphaSenders"), { AlphaSender: `A${n}` }))
    deepStrictEqual(answers(stage.when(call("POST", pool("AlphaSenders"), { AlphaSender: "More" }))), [403, 20403])
  })
})

const furnishedMove = (stage: Stage, path: string) => stage.when(call("POST", path, { AccountSid: sub }))

describe("a list of services", () => {
  const many = (): Stage => {
    let stage = twilio()
    for (let n = 0; n < 5; n++) stage = stage.when(create({ FriendlyName: `n ${n}` }))
    return stage
  }
  const pathOf = (hole: { url: string } | null) => hole?.url ?? ""
  const follow = (stage: Stage, hole: { url: string } | null) => {
    const { pathname, searchParams } = new URL(pathOf(hole), "http://x")
    return answerOf(stage.when(call("GET", pathname, Object.fromEntries(searchParams)))).body
  }
  const names = (body: { services: ReadonlyArray<{ friendly_name: string }> }) =>
    body.services.map(({ friendly_name }) => friendly_name)

  it("has its pages, forward and back, in absolute URLs that the edge fills", () => {
    const stage = many()
    const first = answerOf(stage.when(call("GET", services, { PageSize: "2" }))).body
    deepStrictEqual(names(first), ["n 4", "n 3"])
    deepStrictEqual(first.meta, {
      page: 0,
      page_size: 2,
      first_page_url: { url: "/v1/Services?PageSize=2&Page=0" },
      previous_page_url: null,
      url: { url: "/v1/Services?PageSize=2&Page=0" },
      next_page_url: { url: `/v1/Services?PageSize=2&Page=1&PageToken=PA${sidOf("MG", 1, 3)}` },
      key: "services",
    })
    const next = follow(stage, first.meta.next_page_url)
    deepStrictEqual(names(next), ["n 2", "n 1"])
    deepStrictEqual(names(follow(stage, next.meta.previous_page_url)), ["n 4", "n 3"])
    const last = follow(stage, next.meta.next_page_url)
    deepStrictEqual([names(last), last.meta.next_page_url], [["n 0"], null])
    deepStrictEqual(names(follow(stage, last.meta.first_page_url)), ["n 4", "n 3"])
  })

  it("goes on where it was while services come and go", () => {
    const stage = many()
    const first = answerOf(stage.when(call("GET", services, { PageSize: "2" }))).body
    const later = stage.when(create({ FriendlyName: "new" })).when(call("DELETE", `${services}/${sidOf("MG", 1, 3)}`))
    deepStrictEqual(names(follow(later, first.meta.next_page_url)), ["n 2", "n 1"])
  })

  it.each([
    [{ PageSize: "0" }, 20400],
    [{ PageSize: "x" }, 20400],
    [{ PageSize: "1001" }, 20007],
    [{ Page: "-1" }, 20400],
    [{ PageToken: "PAx" }, 20400],
    [{ PageToken: `PX${sidOf("MG", 1, 0)}` }, 20400],
  ] as const)("refuses %j", (fields, code) =>
    deepStrictEqual(answers(many().when(call("GET", services, fields))), [400, code]),
  )

  it("skips whole pages by their number", () =>
    deepStrictEqual(names(answerOf(many().when(call("GET", services, { PageSize: "2", Page: "1" }))).body), [
      "n 2",
      "n 1",
    ]))
})
