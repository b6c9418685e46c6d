import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, type Fact, givenEntries, type Stage } from "../../../../test/support/given.ts"
import { account, answerOf, type Differently, form, post, ranUntil, started } from "../../../../test/support/twilio.ts"
import { dataCleared, outboundAnswered, outboundRequested } from "../../../core/entries.ts"
import { messageCreated, messageStatusChanged } from "../../delivery/entries.ts"
import { alertRaised } from "../alerts/entries.ts"
import { messageArrived } from "../inbound/entries.ts"
import { numberBought, senderAdded, serviceCreated } from "../senders/entries.ts"
import { twilioMachine } from "../twilio.machine.ts"
import { keywordAnswered, recipientOptedIn, recipientOptedOut } from "./entries.ts"

const number = "+14155550100"
const other = "+14155550101"
const tollFree = "+18005550100"
const phone = "+12125550123"
const service = `MG${"1".repeat(32)}`

const setting = (settings: Differently = {}, inService: ReadonlyArray<string> = []): Stage =>
  givenEntries(
    twilioMachine,
    started(settings),
    ...[number, other, tollFree].map((phone_number, i) =>
      numberBought.draft(`PN${i}`, { account_sid: account, config: { sms_url: "https://app.test/" }, phone_number }),
    ),
    ...(inService.length === 0
      ? []
      : [serviceCreated.draft(service, { account_sid: account, config: { use_inbound_webhook_on_number: true } })]),
    ...inService.map((sender, i) => senderAdded.draft(service, { sender, sender_sid: `PN${i}` })),
  )

const says = (body: string, to = number, instant = 1_000): Fact =>
  at(instant, messageArrived.draft("", { body, from: phone, to }))
const send = (changes: Readonly<Record<string, string | undefined>> = {}, instant = 2_000): Fact =>
  at(instant, post(form({ From: number, To: phone, ...changes })))

const kinds = [recipientOptedOut.type, recipientOptedIn.type, keywordAnswered.type] as ReadonlyArray<string>
const told = ({ made }: Stage) =>
  made.flatMap(({ entry }) =>
    kinds.includes(entry.type) ? [[entry.type, entry.data as Record<string, string>] as const] : [],
  )
const types = (stage: Stage) => told(stage).map(([type]) => type)
const answers = (stage: Stage) => told(stage).flatMap(([, { body }]) => (body === undefined ? [] : [body]))
const codeOf = (stage: Stage): number => answerOf(stage).body.code
const optOutType = ({ made }: Stage) =>
  made.flatMap(({ entry }) => (outboundRequested.is(entry) ? [new Map(entry.data.params).get("OptOutType")] : []))

describe("STOP", () => {
  const stopped = () => setting().when(says("Stop"))

  it("opts its sender out of the number, is answered by the carrier, and goes to the webhook all the same", () => {
    const stage = stopped()
    deepStrictEqual(told(stage), [
      [recipientOptedOut.type, { recipient: phone, sender: number }],
      [
        keywordAnswered.type,
        {
          body: "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.",
          from: number,
          keyword: "STOP",
          to: phone,
        },
      ],
    ])
    strictEqual(stage.made.filter(({ entry }) => entry.type === messageCreated.type).length, 1)
    deepStrictEqual(optOutType(stage), [undefined])
  })

  it("has the number's messages to that phone refused, and no others", () => {
    strictEqual(codeOf(stopped().when(send())), 21610)
    strictEqual(answerOf(stopped().when(send({ From: other }))).status, 201)
    strictEqual(answerOf(stopped().when(send({ To: "+12125550199" }))).status, 201)
  })

  it("has its own TwiML reply blocked", () => {
    const stage = stopped()
    const request = stage.made.map(({ entry }) => entry).find(outboundRequested.is)!
    const after = stage.when(
      at(
        2_000,
        outboundAnswered.draft(request.subject, { body: "OK", content_type: "text/plain", status: 200 }, request.seq),
      ),
    )
    deepStrictEqual(
      after.made.slice(1).map(({ entry }) => entry.type),
      [alertRaised.type],
    )
    strictEqual(after.made.map(({ entry }) => entry).find(alertRaised.is)?.data.error_code, 21610)
  })

  it("is answered once, unless settings want more", () => {
    deepStrictEqual(told(stopped().when(says("QUIT"))), [])
    const opt_out = { advanced: false, enabled: true, repeat_replies: true, yes: true }
    const again = setting({ opt_out }).when(says("STOP")).when(says("QUIT"))
    deepStrictEqual(types(again), [keywordAnswered.type])
  })

  it("is no keyword where settings leave it to the application, on short codes that stand alone, and on other channels", () => {
    deepStrictEqual(
      told(
        setting({ opt_out: { advanced: false, enabled: false, repeat_replies: false, yes: true } }).when(says("STOP")),
      ),
      [],
    )
    deepStrictEqual(told(setting().when(says("STOP", "12345"))), [])
    deepStrictEqual(told(setting().when(says("STOP", `whatsapp:${number}`))), [])
  })
})

describe("START", () => {
  it("opts in again", () => {
    const stage = setting().when(says("STOP")).when(says("yes"))
    deepStrictEqual(types(stage), [recipientOptedIn.type, keywordAnswered.type])
    strictEqual(answerOf(stage.when(send())).status, 201)
  })

  it("of one who is in changes nothing", () => deepStrictEqual(told(setting().when(says("START"))), []))
})

describe("HELP", () => {
  it("is answered and changes nothing", () => {
    const stage = setting().when(says("info"))
    deepStrictEqual(types(stage), [keywordAnswered.type])
    deepStrictEqual(answers(stage), ["Reply STOP to unsubscribe. Msg&Data Rates May Apply."])
  })
})

describe("a toll-free number", () => {
  it("is answered for by its network, which knows fewer words and no HELP of one who is out", () => {
    const stopped = setting().when(says("stop", tollFree))
    deepStrictEqual(answers(stopped), [
      'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number. Text back "unstop" to receive messages again.',
    ])
    deepStrictEqual(told(stopped.when(says("HELP", tollFree))), [])
    deepStrictEqual(told(stopped.when(says("YES", tollFree))), [])
    deepStrictEqual(answers(stopped.when(says("Start", tollFree))), [
      'NETWORK MSG: You have replied "start" and will begin receiving messages again from this number.',
    ])
    deepStrictEqual(told(setting().when(says("QUIT", tollFree))), [])
  })
})

describe("in a messaging service", () => {
  const inService = (settings: Differently = {}) => setting(settings, [number, other])
  const byService = { From: undefined, MessagingServiceSid: service }
  const failures = ({ made }: Stage) =>
    made.flatMap(({ entry }) => (messageStatusChanged.is(entry) ? [[entry.data.status, entry.data.error_code]] : []))

  it("an opt-out holds for every number of it", () => {
    const stage = inService().when(says("STOP"))
    deepStrictEqual(told(stage)[0], [recipientOptedOut.type, { recipient: phone, sender: service }])
    strictEqual(codeOf(stage.when(send({ From: other }))), 21610)
  })

  it("a message of the service is accepted and fails", () => {
    const stage = inService().when(says("STOP")).when(send(byService))
    strictEqual(answerOf(stage).status, 201)
    deepStrictEqual(failures(stage), [["failed", 21610]])
  })

  it("a message that was scheduled before stays scheduled and fails in its hour", () => {
    const SendAt = new Date(2_000 + 1_200_000).toISOString()
    const scheduled = inService().when(send({ ...byService, ScheduleType: "fixed", SendAt }))
    strictEqual(answerOf(scheduled).body.status, "scheduled")
    const stopped = scheduled.when(says("STOP", number, 3_000))
    deepStrictEqual(failures(stopped), [])
    deepStrictEqual(failures(ranUntil(stopped)), [["failed", 21610]])
  })

  it("START opts in of the number and of the service", () => {
    const out = [number, service].map((sender) => recipientOptedOut.draft("", { recipient: phone, sender }))
    const stage = out.reduce((here, draft) => here.when(at(500, draft)), inService()).when(says("START"))
    deepStrictEqual(types(stage), [recipientOptedIn.type, recipientOptedIn.type, keywordAnswered.type])
    strictEqual(answerOf(stage.when(send())).status, 201)
  })

  it("webhooks say OptOutType where there is Advanced Opt-Out", () => {
    const opt_out = { advanced: true, enabled: true, repeat_replies: false, yes: true }
    deepStrictEqual(optOutType(inService({ opt_out }).when(says("quit"))), ["STOP"])
    deepStrictEqual(optOutType(inService({ opt_out }).when(says("Hello"))), [undefined])
    deepStrictEqual(optOutType(inService().when(says("quit"))), [undefined])
    deepStrictEqual(optOutType(setting({ opt_out }).when(says("quit"))), [undefined])
  })
})

describe("an opt-out", () => {
  it("is kept from its first instant, and forgotten when all is cleared", () => {
    const draft = recipientOptedOut.draft("", { recipient: phone, sender: number })
    const twice = setting().when(at(500, draft)).when(at(900, draft))
    deepStrictEqual(
      [...twice.world.slice(twilioMachine).optOuts.byPair.values()],
      [{ n: 1, recipient: phone, sender: number, since: 500 }],
    )
    const cleared = twice.when(at(1_000, dataCleared.draft("", { what: "messages" })))
    strictEqual(cleared.world.slice(twilioMachine).optOuts.byPair.size, 1)
    const all = cleared.when(at(1_000, dataCleared.draft("", { what: "all" })))
    strictEqual(all.world.slice(twilioMachine).optOuts.byPair.size, 0)
  })
})
