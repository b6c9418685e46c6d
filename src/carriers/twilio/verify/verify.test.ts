import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, notDeepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, type Stage } from "../../../../test/support/given.ts"
import { account, answerOf, call, type Differently, ranUntil, twilio } from "../../../../test/support/twilio.ts"
import { sid } from "../../../core/chance.ts"
import { dataCleared } from "../../../core/entries.ts"
import { type MessageCreated, messageCreated } from "../../delivery/entries.ts"
import { itemsOf } from "../collection.ts"
import { twilioMachine } from "../twilio.machine.ts"
import { seenVerifications } from "./seenVerifications.ts"

const services = "/v2/Services"
const service = `${services}/${sid("VA", 1, 0)}`
const to = "+15551234567"

type Fields = Readonly<Record<string, string>>

const withService = (fields: Fields = {}, settings: Differently = {}): Stage =>
  twilio(settings).when(call("POST", services, { FriendlyName: "Acme", ...fields }))
const send = (stage: Stage, fields: Fields = {}, ms = 0): Stage =>
  stage.when(at(ms, call("POST", `${service}/Verifications`, { To: to, Channel: "sms", ...fields })))
const check = (stage: Stage, Code: string, fields: Fields = { To: to }, ms = 0): Stage =>
  stage.when(at(ms, call("POST", `${service}/VerificationCheck`, { Code, ...fields })))
const seen = (stage: Stage, ms = 0) => [...seenVerifications(stage.world.slice(twilioMachine).verify, ms)]
const codeOf = (stage: Stage): string => seen(stage)[0]?.code ?? ""
const said = (stage: Stage) => {
  const { body, status } = answerOf(stage)
  return status < 400 ? [status, body.status, body.valid] : [status, body.code]
}
const messagesOf = (stage: Stage) =>
  stage.made.filter(({ entry }) => messageCreated.is(entry)).map(({ entry }) => entry)

/** The one message of the last turn. */
const messageOf = (stage: Stage) => {
  const [message] = messagesOf(stage)
  if (message === undefined) throw new Error("the turn has no message")
  return { sid: message.subject, ...(message.data as MessageCreated) }
}

describe("A verification", () => {
  it("sends its code as a message of the exchange, which is delivered", () => {
    const stage = send(withService())
    deepStrictEqual(said(stage), [201, "pending", false])
    const code = codeOf(stage)
    assertTrue(/^\d{6}$/.test(code))
    const { body, from, sid: messageSid, to: recipient } = messageOf(stage)
    deepStrictEqual([body, from, recipient], [`Your Acme verification code is: ${code}`, "22395", to])
    deepStrictEqual(
      seen(stage)[0]?.sends.map((sent) => [sent.channel, sent.messageSid]),
      [["sms", messageSid]],
    )
    strictEqual(ranUntil(stage).world.slice(twilioMachine).messages.bySid.get(messageSid)?.status, "delivered")
  })
  it("has its code from the run's seed, and every one its own", () => {
    const [one, other] = [send(withService()), send(send(withService(), { To: "+15551234568" }))]
    strictEqual(codeOf(one), codeOf(send(withService())))
    notDeepStrictEqual(codeOf(other), codeOf(one))
  })
  it("is approved by its code, by address or SID, once", () => {
    const sent = send(withService())
    const approved = check(sent, codeOf(sent))
    deepStrictEqual(said(approved), [200, "approved", true])
    deepStrictEqual(said(check(approved, codeOf(sent))), [404, 20404])
    const other = send(withService())
    deepStrictEqual(said(check(other, codeOf(sent), { VerificationSid: sid("VE", 1, 0) })), [200, "approved", true])
    deepStrictEqual(said(approved.when(call("GET", `${service}/Verifications/${sid("VE", 1, 0)}`))), [404, 20404])
    strictEqual(seen(approved)[0]?.status, "approved")
  })
  it("stays pending for wrong codes, and takes no more after five", () => {
    const after4 = () => {
      let stage = send(withService())
      for (let n = 1; n <= 4; n++) {
        stage = check(stage, "x")
        deepStrictEqual(said(stage), [200, "pending", false])
      }
      return stage
    }
    const code = codeOf(after4())
    deepStrictEqual(said(check(after4(), code)), [200, "approved", true])
    const stage = check(after4(), "x")
    deepStrictEqual(said(stage), [200, "max_attempts_reached", false])
    deepStrictEqual(said(check(stage, code)), [429, 60202])
    deepStrictEqual(said(send(stage)), [429, 60202])
    deepStrictEqual(said(send(stage, {}, 600_000)), [201, "pending", false])
  })
  it("is the same one, with the same code, when it is sent again, five times in all", () => {
    let stage = send(withService())
    const [code, first] = [codeOf(stage), answerOf(stage).body.sid]
    for (let n = 2; n <= 5; n++) {
      stage = send(stage, {}, n * 1_000)
      const { body } = answerOf(stage)
      deepStrictEqual([body.sid, body.send_code_attempts.length, codeOf(stage)], [first, n, code])
      strictEqual(messagesOf(stage).length, 1)
    }
    const refused = send(stage, {}, 6_000)
    deepStrictEqual(said(refused), [429, 60203])
    deepStrictEqual(messagesOf(refused), [])
  })
  it("is gone after ten minutes, to the millisecond", () => {
    const sent = send(withService())
    const code = codeOf(sent)
    deepStrictEqual(said(check(send(withService()), code, { To: to }, 599_999)), [200, "approved", true])
    deepStrictEqual(said(check(send(withService()), code, { To: to }, 600_000)), [404, 20404])
    deepStrictEqual(
      seen(sent, 599_999).map(({ status }) => status),
      ["pending"],
    )
    deepStrictEqual(
      seen(sent, 600_000).map(({ status }) => status),
      ["expired"],
    )
    const { sid: first } = answerOf(sent).body
    notDeepStrictEqual(answerOf(send(sent, {}, 600_000)).body.sid, first)
  })
  it("lasts as long as settings say, and comes from whom they say", () => {
    const sent = send(withService({}, { verify: { expires_ms: 1_000, from: "+15550009999" } }))
    strictEqual(messageOf(sent).from, "+15550009999")
    deepStrictEqual(said(check(sent, codeOf(sent), { To: to }, 1_000)), [404, 20404])
  })
  it("is approved or canceled by its application", () => {
    const path = `${service}/Verifications/${sid("VE", 1, 0)}`
    const changed = (fields: Fields) => send(withService()).when(call("POST", path, fields))
    deepStrictEqual(said(changed({ Status: "approved" })), [200, "approved", true])
    deepStrictEqual(said(changed({ Status: "pending" })), [400, 60200])
    deepStrictEqual(said(changed({})), [400, 60200])
    const canceled = changed({ Status: "canceled" })
    deepStrictEqual(said(canceled), [200, "canceled", false])
    deepStrictEqual(said(canceled.when(call("POST", path, { Status: "canceled" }))), [404, 20404])
    deepStrictEqual(said(send(canceled)), [201, "pending", false])
  })
  it("goes by WhatsApp as a message too, by call and e-mail as an entry alone", () => {
    const whatsapp = send(withService(), { Channel: "whatsapp" })
    const { from, to: recipient } = messageOf(whatsapp)
    deepStrictEqual([from, recipient], ["whatsapp:22395", `whatsapp:${to}`])
    for (const fields of [{ Channel: "call" }, { Channel: "email", To: "ann@example.com" }]) {
      const sent = send(withService(), fields)
      deepStrictEqual([said(sent), messagesOf(sent)], [[201, "pending", false], []])
      deepStrictEqual(said(check(sent, codeOf(sent), { To: fields.To ?? to })), [200, "approved", true])
    }
  })
  it("has the code that is given where its service allows it", () => {
    deepStrictEqual(said(send(withService(), { CustomCode: "4711" })), [403, 60204])
    const own = withService({ CustomCodeEnabled: "true" })
    const sent = send(own, { CustomCode: "4711" })
    strictEqual(codeOf(sent), "4711")
    strictEqual(codeOf(send(sent, { CustomCode: "Ab12" })), "Ab12")
    for (const CustomCode of ["123", "12345678901", "12-34"])
      deepStrictEqual(said(send(own, { CustomCode })), [400, 60200])
  })
  it("says and is as long as its service is set up", () => {
    const sent = send(withService({ CodeLength: "10", DoNotShareWarningEnabled: "true" }), {
      CustomFriendlyName: "Other",
    })
    const { body } = messageOf(sent)
    assertTrue(/^Your Other verification code is: \d{10}\. Don’t share this code/.test(body))
  })
  it("looks numbers up where its service does, and sends nothing to a landline", () => {
    const settings: Differently = { lookups: { strict: false, numbers: [{ number: to, type: "landline" }] } }
    deepStrictEqual(said(send(withService({ LookupEnabled: "true" }, settings))), [403, 60205])
    deepStrictEqual(said(send(withService({}, settings))), [201, "pending", false])
    const { body } = answerOf(send(withService({ LookupEnabled: "true" })))
    deepStrictEqual(body.lookup.carrier, {
      error_code: null,
      mobile_country_code: null,
      mobile_network_code: null,
      name: null,
      type: "mobile",
    })
  })
  for (const [fields, code] of [
    [{ To: "" }, 60200],
    [{ To: "hello" }, 60200],
    [{ To: "ann@example.com" }, 60200],
    [{ Channel: "" }, 60200],
    [{ Channel: "sna" }, 60200],
    [{ Channel: "email" }, 60200],
    [{ Channel: "__proto__" }, 60200],
  ] as ReadonlyArray<readonly [Fields, number]>)
    it(`with ${JSON.stringify(fields)} is refused`, () =>
      deepStrictEqual(said(send(withService(), fields)), [400, code]))
  for (const fields of [{}, { To: "" }] as ReadonlyArray<Fields>)
    it(`is not checked with ${JSON.stringify(fields)}`, () =>
      deepStrictEqual(said(check(send(withService()), "1234", fields)), [400, 60200]))
  it("is not checked without a code, nor where there is none", () => {
    deepStrictEqual(said(check(send(withService()), "")), [400, 60200])
    deepStrictEqual(said(check(withService(), "1234")), [404, 20404])
    deepStrictEqual(said(send(twilio())), [404, 20404])
  })
  it("is forgotten when all is cleared, and no SID comes twice", () => {
    const cleared = send(withService()).when(dataCleared.draft("", { what: "all" }))
    deepStrictEqual(seen(cleared), [])
    strictEqual(answerOf(send(cleared)).body.sid, sid("VE", 1, 1))
    strictEqual(seen(send(withService()).when(dataCleared.draft("", { what: "messages" }))).length, 1)
  })
})

describe("A service of verifications", () => {
  it("has Twilio's defaults and what was said", () => {
    const { body, status } = answerOf(withService({ CodeLength: "8", "Totp.Issuer": "ACME" }))
    deepStrictEqual(
      [status, body.sid, body.account_sid, body.friendly_name, body.code_length, body.totp.issuer, body.totp.skew],
      [201, sid("VA", 1, 0), account, "Acme", 8, "ACME", 1],
    )
  })
  for (const fields of [
    { FriendlyName: "" },
    { FriendlyName: "x".repeat(33) },
    { CodeLength: "3" },
    { CodeLength: "11" },
    { DefaultTemplateSid: "HJ" },
  ] as ReadonlyArray<Fields>)
    it(`with ${JSON.stringify(fields).slice(0, 40)} is refused`, () => {
      deepStrictEqual(said(withService(fields)), [400, 60200])
      deepStrictEqual(said(withService().when(call("POST", service, fields))), [400, 60200])
    })
  it("is set up anew, listed, and deleted with its verifications", () => {
    const made = send(withService().when(call("POST", service, { FriendlyName: "Other" })))
    strictEqual(answerOf(made.when(call("GET", service))).body.friendly_name, "Other")
    strictEqual(answerOf(made.when(call("GET", services))).body.services.length, 1)
    const gone = made.when(call("DELETE", service))
    strictEqual(answerOf(gone).status, 204)
    for (const path of [service, `${service}/Verifications/${sid("VE", 1, 0)}`])
      strictEqual(answerOf(gone.when(call("GET", path))).status, 404)
    deepStrictEqual(itemsOf(gone.world.slice(twilioMachine).verify.verifications), [])
  })
})
