import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import twilio from "twilio"
import { configFile } from "../support/config.ts"
import { type Listener, listen } from "../support/listener.ts"
import { type Server, serve } from "../support/ringback.ts"
import { type Client, clientOf, refusal } from "../support/sdk.ts"
import { until } from "../support/until.ts"

const to = "+14155550100"

describe("Twilio's SDK has phone numbers", () => {
  let server: Server
  let client: Client

  beforeAll(async () => {
    server = await serve({ config: configFile({ twilio: { allowed_from_numbers: ["+15550000001", "12345"] } }) })
    client = clientOf(server)
  })

  it("that are for sale: it finds them, buys one, sends from it, sets it up and gives it back", async () => {
    const offer = (await client.availablePhoneNumbers("US").local.list({ areaCode: 415, limit: 5 }))[0]!
    assertTrue(/^\+1415/.test(offer.phoneNumber))
    strictEqual(offer.capabilities.sms, true)
    const number = await client.incomingPhoneNumbers.create({
      phoneNumber: offer.phoneNumber,
      smsUrl: "https://app.example/sms",
      voiceMethod: "GET",
    })
    deepStrictEqual(
      [number.phoneNumber, number.smsUrl, number.voiceMethod, number.accountSid],
      [offer.phoneNumber, "https://app.example/sms", "GET", server.accountSid],
    )
    assertTrue(number.dateCreated instanceof Date)
    const message = await client.messages.create({ to, from: number.phoneNumber, body: "x" })
    strictEqual(message.from, number.phoneNumber)
    const updated = await client.incomingPhoneNumbers(number.sid).update({ friendlyName: "Desk", smsUrl: "" })
    deepStrictEqual([updated.friendlyName, updated.smsUrl], ["Desk", ""])
    strictEqual((await client.incomingPhoneNumbers(number.sid).fetch()).friendlyName, "Desk")
    strictEqual(await client.incomingPhoneNumbers(number.sid).remove(), true)
    deepStrictEqual(await refusal(client.incomingPhoneNumbers(number.sid).fetch()), [404, 20404])
    deepStrictEqual(await refusal(client.messages.create({ to, from: number.phoneNumber, body: "x" })), [400, 21606])
  })

  it("of every kind", async () => {
    await client.incomingPhoneNumbers.local.create({ phoneNumber: "+12125550150" })
    await client.incomingPhoneNumbers.tollFree.create({ phoneNumber: "+18885550150" })
    await client.incomingPhoneNumbers.mobile.create({ phoneNumber: "+447700900150" })
    const numbersOf = async (list: Promise<ReadonlyArray<{ phoneNumber: string }>>) =>
      (await list).map(({ phoneNumber }) => phoneNumber)
    deepStrictEqual(await numbersOf(client.incomingPhoneNumbers.tollFree.list()), ["+18885550150"])
    deepStrictEqual(await numbersOf(client.incomingPhoneNumbers.mobile.list()), ["+447700900150"])
    deepStrictEqual(await numbersOf(client.incomingPhoneNumbers.local.list()), ["+12125550150", "+15550000001"])
    deepStrictEqual(await numbersOf(client.incomingPhoneNumbers.list({ pageSize: 1 })), [
      "+447700900150",
      "+18885550150",
      "+12125550150",
      "+15550000001",
    ])
    strictEqual((await client.availablePhoneNumbers("GB").mobile.list({ limit: 3 })).length, 3)
    strictEqual((await client.availablePhoneNumbers("US").tollFree.list({ limit: 3 })).length, 3)
    assertTrue((await client.availablePhoneNumbers.list()).some(({ countryCode }) => countryCode === "SE"))
    strictEqual((await client.availablePhoneNumbers("SE").fetch()).country, "Sweden")
  })

  it("and short codes", async () => {
    const [code] = await client.shortCodes.list()
    strictEqual(code?.shortCode, "12345")
    const updated = await client.shortCodes(code?.sid ?? "").update({ smsUrl: "https://app.example/" })
    strictEqual(updated.smsUrl, "https://app.example/")
    strictEqual((await client.shortCodes(code?.sid ?? "").fetch()).smsUrl, "https://app.example/")
  })
})

describe("Twilio's SDK has messaging services", () => {
  let server: Server
  let client: Client
  let listener: Listener

  beforeAll(async () => {
    listener = await listen()
    server = await serve({
      args: ["--pace", "fast"],
      config: configFile({ twilio: { allowed_from_numbers: ["+15550000001", "12345"] } }),
    })
    client = clientOf(server)
  })

  it("which it makes, fetches, sets up, lists page by page and deletes", async () => {
    const made: Array<Awaited<ReturnType<typeof client.messaging.v1.services.create>>> = []
    for (let n = 0; n < 5; n++) made.push(await client.messaging.v1.services.create({ friendlyName: `n ${n}` }))
    const [first] = made
    strictEqual(first?.url, `${server.address}/v1/Services/${first?.sid}`)
    assertTrue(first?.dateCreated instanceof Date)
    const service = client.messaging.v1.services(first?.sid ?? "")
    strictEqual((await service.update({ stickySender: false })).stickySender, false)
    strictEqual((await service.fetch()).friendlyName, "n 0")
    const listed = await client.messaging.v1.services.list({ pageSize: 2 })
    deepStrictEqual(
      listed.map(({ sid }) => sid),
      made.map(({ sid }) => sid).reverse(),
    )
    const page = await client.messaging.v1.services.page({ pageSize: 2 })
    const next = await page.nextPage()
    deepStrictEqual(
      (await next?.previousPage())?.instances.map(({ sid }) => sid),
      page.instances.map(({ sid }) => sid),
    )
    for (const { sid } of made) strictEqual(await client.messaging.v1.services(sid).remove(), true)
    deepStrictEqual(await refusal(service.fetch()), [404, 20404])
  })

  it("whose pool has phone numbers, short codes and names", async () => {
    const { sid } = await client.messaging.v1.services.create({ friendlyName: "Pool" })
    const service = client.messaging.v1.services(sid)
    const [number] = await client.incomingPhoneNumbers.list()
    const [code] = await client.shortCodes.list()
    const added = await service.phoneNumbers.create({ phoneNumberSid: number?.sid ?? "" })
    deepStrictEqual([added.phoneNumber, added.capabilities], ["+15550000001", ["MMS", "SMS", "Voice"]])
    await service.shortCodes.create({ shortCodeSid: code?.sid ?? "" })
    const alpha = await service.alphaSenders.create({ alphaSender: "ACME" })
    deepStrictEqual(await refusal(service.alphaSenders.create({ alphaSender: "ACME" })), [409, 21710])
    strictEqual((await service.phoneNumbers(added.sid).fetch()).countryCode, "US")
    strictEqual((await service.shortCodes(code?.sid ?? "").fetch()).shortCode, "12345")
    strictEqual((await service.alphaSenders(alpha.sid).fetch()).alphaSender, "ACME")
    strictEqual((await service.phoneNumbers.list()).length, 1)
    strictEqual((await service.shortCodes.list()).length, 1)
    strictEqual((await service.alphaSenders.list()).length, 1)
    strictEqual(await service.alphaSenders(alpha.sid).remove(), true)
    strictEqual(await service.shortCodes(code?.sid ?? "").remove(), true)
    strictEqual(await service.phoneNumbers(added.sid).remove(), true)
    strictEqual((await service.phoneNumbers.list()).length, 0)
    await service.remove()
  })

  it("which send: accepted, then queued, sent and delivered from one number of the pool", async () => {
    const url = `${listener.url}/service`
    const { sid } = await client.messaging.v1.services.create({ friendlyName: "Send", statusCallback: url })
    const service = client.messaging.v1.services(sid)
    const numbers: Array<string> = []
    for (const phoneNumber of ["+14155550171", "+14155550172", "+12125550173"]) {
      const number = await client.incomingPhoneNumbers.create({ phoneNumber })
      await service.phoneNumbers.create({ phoneNumberSid: number.sid })
      numbers.push(phoneNumber)
    }
    const senders = new Set<string>()
    for (let n = 0; n < 3; n++) {
      const message = await client.messages.create({ to, messagingServiceSid: sid, body: "x" })
      deepStrictEqual([message.status, message.from, message.messagingServiceSid], ["accepted", null, sid])
      const told = await until("its callbacks arrived", () => {
        const own = listener.callbacks.filter(({ params }) => params.MessageSid === message.sid)
        return own.length >= 3 && own
      })
      deepStrictEqual(
        told.map(({ params }) => [params.MessageStatus, params.MessagingServiceSid]),
        ["queued", "sent", "delivered"].map((status) => [status, sid]),
      )
      senders.add((await client.messages(message.sid).fetch()).from)
    }
    strictEqual(senders.size, 1)
    assertTrue(numbers.slice(0, 2).includes([...senders][0] ?? ""))
  })
})

describe("Twilio's SDK has subaccounts and API keys", () => {
  let server: Server
  let client: Client
  let listener: Listener

  beforeAll(async () => {
    listener = await listen()
    server = await serve({ args: ["--pace", "fast"] })
    client = clientOf(server)
  })

  it("and fetches, renames and lists its own account", async () => {
    const own = await client.api.v2010.accounts(server.accountSid).fetch()
    deepStrictEqual([own.sid, own.status, own.authToken], [server.accountSid, "active", server.authToken])
    strictEqual((await client.api.v2010.accounts(server.accountSid).update({ friendlyName: "HQ" })).friendlyName, "HQ")
    deepStrictEqual(
      (await client.api.v2010.accounts.list({ friendlyName: "HQ" })).map(({ sid }) => sid),
      [server.accountSid],
    )
  })

  it("which send with their own token, which signs their callbacks, until they are suspended", async () => {
    const sub = await client.api.v2010.accounts.create({ friendlyName: "Branch" })
    strictEqual(sub.ownerAccountSid, server.accountSid)
    assertTrue(/^[0-9a-f]{32}$/.test(sub.authToken))
    const branch = clientOf(server, [sub.sid, sub.authToken])
    const statusCallback = `${listener.url}/branch`
    const message = await branch.messages.create({ to, from: "+15550000009", body: "x", statusCallback })
    strictEqual(message.accountSid, sub.sid)
    const [told] = await until("its callbacks arrived", () => {
      const own = listener.callbacks.filter(({ params }) => params.MessageSid === message.sid)
      return own.length >= 2 && own
    })
    const signedWith = (token: string) =>
      twilio.validateRequest(token, String(told?.headers["x-twilio-signature"]), statusCallback, told?.params ?? {})
    assertTrue(signedWith(sub.authToken))
    assertFalse(signedWith(server.authToken))
    const above = clientOf(server, [server.accountSid, server.authToken, { accountSid: sub.sid }])
    strictEqual((await above.messages(message.sid).fetch()).sid, message.sid)
    deepStrictEqual(await refusal(client.messages(message.sid).fetch()), [404, 20404])
    await client.api.v2010.accounts(sub.sid).update({ status: "suspended" })
    deepStrictEqual(await refusal(branch.messages.create({ to, from: "+15550000009", body: "x" })), [401, 20003])
  })

  it("whose secret is told once, and which work until they are deleted", async () => {
    const key = await client.newKeys.create({ friendlyName: "CI" })
    const byKey = () => clientOf(server, [key.sid, key.secret, { accountSid: server.accountSid }])
    strictEqual((await byKey().messages.create({ to, from: "+15550000009", body: "x" })).status, "queued")
    deepStrictEqual(await refusal(byKey().keys.list()), [401, 20003])
    strictEqual((await client.keys(key.sid).fetch()).friendlyName, "CI")
    strictEqual((await client.keys(key.sid).update({ friendlyName: "Other" })).friendlyName, "Other")
    strictEqual((await client.keys.list()).length, 1)
    const wrong = clientOf(server, [key.sid, server.authToken, { accountSid: server.accountSid }])
    deepStrictEqual(await refusal(wrong.messages.list()), [401, 20003])
    strictEqual(await client.keys(key.sid).remove(), true)
    deepStrictEqual(await refusal(byKey().messages.list()), [401, 20003])
  })
})
