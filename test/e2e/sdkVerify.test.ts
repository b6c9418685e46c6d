import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { type Client, clientOf, refusal } from "../support/sdk.ts"

const to = "+15551234567"

describe("Twilio's SDK verifies", () => {
  let server: Server
  let client: Client
  beforeAll(async () => {
    server = await serve({ args: ["--pace", "fast"] })
    client = clientOf(server)
  })

  it("with a service that it makes, fetches, sets up, lists and deletes", async () => {
    const service = await client.verify.v2.services.create({ friendlyName: "First", codeLength: 4 })
    strictEqual(service.url, `${server.address}/v2/Services/${service.sid}`)
    assertTrue(service.dateCreated instanceof Date)
    const one = client.verify.v2.services(service.sid)
    strictEqual((await one.update({ friendlyName: "Other", customCodeEnabled: true })).friendlyName, "Other")
    strictEqual((await one.fetch()).customCodeEnabled, true)
    deepStrictEqual(
      (await client.verify.v2.services.list({ pageSize: 1 })).map(({ sid }) => sid),
      [service.sid],
    )
    strictEqual(await one.remove(), true)
    deepStrictEqual(await refusal(one.fetch()), [404, 20404])
  })

  it("a number with the code that came in its message, which tests read back", async () => {
    const { sid } = await client.verify.v2.services.create({ friendlyName: "Acme" })
    const service = client.verify.v2.services(sid)
    const sent = await service.verifications.create({ to, channel: "sms" })
    deepStrictEqual([sent.status, sent.to, sent.channel, sent.sendCodeAttempts.length], ["pending", to, "sms", 1])
    strictEqual((await service.verifications(sent.sid).fetch()).status, "pending")
    strictEqual((await service.verifications(to).fetch()).sid, sent.sid)
    strictEqual((await service.verificationChecks.create({ to, code: "wrong" })).status, "pending")

    const query = new URLSearchParams({ to, status: "delivered", body: "Acme verification code", wait: "10s" })
    const { json: message } = await server.ask(`/admin/messages/latest?${query}`)
    const { json } = await server.ask(`/admin/verifications?to=${encodeURIComponent(to)}`)
    const [verification] = json.verifications
    deepStrictEqual(message.codes, [verification.code])
    deepStrictEqual(
      [verification.sid, verification.status, verification.wrong_checks, verification.sends],
      [sent.sid, "pending", 1, [{ channel: "sms", message_sid: message.sid }]],
    )
    const checked = await service.verificationChecks.create({ to, code: message.codes[0] })
    deepStrictEqual([checked.status, checked.valid], ["approved", true])
    deepStrictEqual(await refusal(service.verificationChecks.create({ to, code: message.codes[0] })), [404, 20404])
    strictEqual((await server.ask("/admin/verifications?status=approved")).json.verifications.length, 1)
    strictEqual((await server.ask("/admin/verifications?status=pending")).json.verifications.length, 0)
    for (const bad of ["?status=lost", "?limit=0", "?wait=x", "?too=1"])
      strictEqual((await server.ask(`/admin/verifications${bad}`)).status, 400)
  })

  it("five times with wrong codes and is refused the sixth, and one that is over", async () => {
    const { sid } = await client.verify.v2.services.create({ friendlyName: "Limits" })
    const service = client.verify.v2.services(sid)
    await service.verifications.create({ to, channel: "sms" })
    for (let n = 1; n <= 5; n++)
      strictEqual((await service.verificationChecks.create({ to, code: "0000" })).valid, false)
    deepStrictEqual(await refusal(service.verificationChecks.create({ to, code: "0000" })), [429, 60202])
    await server.clock({ advance: "10m" })
    const again = await service.verifications.create({ to, channel: "sms" })
    for (let n = 2; n <= 5; n++) await service.verifications.create({ to, channel: "sms" })
    deepStrictEqual(await refusal(service.verifications.create({ to, channel: "sms" })), [429, 60203])
    strictEqual((await service.verifications(again.sid).update({ status: "canceled" })).status, "canceled")
    deepStrictEqual(await refusal(service.verificationChecks.create({ to, code: "0000" })), [404, 20404])
  })

  it("after a kill as before it; the log is sound", async () => {
    const options = { cwd: newFolder(), db: "run.db", args: ["--pace", "fast"] }
    const first = await serve(options)
    const { sid } = await clientOf(first).verify.v2.services.create({ friendlyName: "Acme" })
    await clientOf(first).verify.v2.services(sid).verifications.create({ to, channel: "sms" })
    await first.kill("SIGKILL")
    const second = await serve(options)
    const { code } = (await second.ask("/admin/verifications")).json.verifications[0]
    const checked = await clientOf(second).verify.v2.services(sid).verificationChecks.create({ to, code })
    strictEqual(checked.status, "approved")
    await second.kill("SIGTERM")
    strictEqual((await ringback(["verify", "run.db"], { cwd: options.cwd })).code, 0)
  })
})

describe("Twilio's SDK looks numbers up", () => {
  it("with what settings say of them", async () => {
    const numbers = [
      { number: "+15559990001", type: "landline", carrier_name: "Acme", caller_name: "Ann", caller_type: "BUSINESS" },
    ]
    const server = await serve({
      config: configFile({ twilio: { lookups: { numbers }, verify: { from: "ACME", expires_seconds: 1 } } }),
    })
    const { phoneNumbers } = clientOf(server).lookups.v2
    const known = await phoneNumbers("+15559990001").fetch({ fields: "line_type_intelligence,caller_name" })
    deepStrictEqual([known.valid, known.nationalFormat, known.countryCode], [true, "(555) 999-0001", "US"])
    deepStrictEqual([known.lineTypeIntelligence.type, known.lineTypeIntelligence.carrierName], ["landline", "Acme"])
    deepStrictEqual([known.callerName.callerName, known.simSwap], ["Ann", null])
    const local = await phoneNumbers("020 7183 8750").fetch({ countryCode: "GB" })
    strictEqual(local.phoneNumber, "+442071838750")
    strictEqual(local.url, `${server.address}/v2/PhoneNumbers/+442071838750`)
    deepStrictEqual((await phoneNumbers("+1415").fetch()).validationErrors, ["TOO_SHORT"])
    deepStrictEqual(await refusal(phoneNumbers("+1415").fetch({ fields: "nothing" })), [400, 20400])
  })
})
