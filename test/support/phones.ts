import { type MessageCreated, messageCreated } from "../../src/carriers/delivery/entries.ts"
import { type AlertRaised, alertRaised } from "../../src/carriers/twilio/alerts/entries.ts"
import { type MessageArrived, messageArrived } from "../../src/carriers/twilio/inbound/entries.ts"
import {
  type NumberConfig,
  numberBought,
  type ServiceConfig,
  senderAdded,
  serviceCreated,
} from "../../src/carriers/twilio/senders/entries.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { sid as sidOf } from "../../src/core/chance.ts"
import type { Draft } from "../../src/core/Entry.ts"
import { type OutboundRequested, outboundAnswered, outboundRequested } from "../../src/core/entries.ts"
import { at, type Fact, givenEntries, type Stage } from "./given.ts"
import { account, type Differently, started } from "./twilio.ts"

export const number = "+14155550100"
export const phone = "+12125550123"
export const inboundSid = sidOf("SM", 1, 0)
export const service = `MG${"1".repeat(32)}`
export const hook = "https://app.test/sms?x=1"

export interface Setting {
  readonly config?: NumberConfig
  readonly service?: ServiceConfig
  readonly settings?: Differently
}

/** A number that has a webhook, and perhaps a service. */
export const setting = ({ config = { sms_url: hook }, service: serviceConfig, settings }: Setting = {}): Stage => {
  const facts: Array<Fact> = [
    started(settings),
    numberBought.draft("PN1", { account_sid: account, config, phone_number: number }),
  ]
  if (serviceConfig !== undefined)
    facts.push(
      serviceCreated.draft(service, { account_sid: account, config: serviceConfig }),
      senderAdded.draft(service, { sender: number, sender_sid: "PN1" }),
    )
  return givenEntries(twilioMachine, ...facts)
}

export const arrives = (data: Partial<MessageArrived> = {}): Fact =>
  at(1_000, messageArrived.draft("", { body: "Hello", from: phone, to: number, ...data }))

export const arrived = (how: Setting = {}, data: Partial<MessageArrived> = {}) => setting(how).when(arrives(data))

export const of = <D>(stage: Stage, is: (entry: Stage["made"][number]["entry"]) => boolean) =>
  stage.made.map(({ entry }) => entry).filter(is) as ReadonlyArray<{ seq: number; subject: string; data: D }>
export const asked = (stage: Stage) => of<OutboundRequested>(stage, outboundRequested.is)
export const created = (stage: Stage) => of<MessageCreated>(stage, messageCreated.is)
export const alerts = (stage: Stage) => of<AlertRaised>(stage, alertRaised.is)
export const codes = (stage: Stage) => alerts(stage).map(({ data }) => data.error_code)
export const params = (request: OutboundRequested | undefined) => Object.fromEntries(request?.params ?? [])

/** The last request is answered. */
export const answer = (stage: Stage, draft: (seq: number, subject: string) => Draft): Stage => {
  const last = asked(stage).at(-1)
  if (last === undefined) throw new Error("nothing was asked")
  return stage.when(at(Math.max(1_500, stage.world.at), draft(last.seq, last.subject)))
}
export const says = (stage: Stage, body: string, content_type = "text/xml", status = 200): Stage =>
  answer(stage, (seq, subject) => outboundAnswered.draft(subject, { body, content_type, status }, seq))
export const twiml = (stage: Stage, verbs: string): Stage =>
  says(stage, `<?xml version="1.0"?><Response>${verbs}</Response>`)
