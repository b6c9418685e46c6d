import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { rules } from "../../../src/app/rules.ts"
import { settingsOf } from "../../../src/app/settings.ts"
import { messageCreated } from "../../../src/carriers/delivery/entries.ts"
import { messageArrived } from "../../../src/carriers/twilio/inbound/entries.ts"
import { webhookPurpose } from "../../../src/carriers/twilio/inbound/flows.ts"
import { numberBought } from "../../../src/carriers/twilio/senders/entries.ts"
import { loadTemplates } from "../../../src/carriers/twilio/templateFiles.ts"
import { twilioMachine } from "../../../src/carriers/twilio/twilio.machine.ts"
import { elementsIn, type TwimlElement } from "../../../src/carriers/twilio/twiml/document.ts"
import { parseTwiml, twimlLimits } from "../../../src/carriers/twilio/twiml/parse.ts"
import type { JsonObject } from "../../../src/core/canonical.ts"
import { type Draft, genesis } from "../../../src/core/Entry.ts"
import { outboundAnswered, outboundRequested, runStarted } from "../../../src/core/entries.ts"
import { limits } from "../../../src/core/limits.ts"
import { type Made, runTurn } from "../../../src/engine/turn.ts"
import { WorldState } from "../../../src/engine/World.ts"
import { VoiceWalk } from "../../support/voiceWalk.ts"
import { mutated, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"
import { voiceDocument } from "./voiceTwiml.ts"

const documents = [
  '<?xml version="1.0" encoding="UTF-8"?><Response><Message>Hello</Message></Response>',
  '<Response><Message to="+15551234567" from="+14155550100" statusCallback="/s" action="next" method="GET"><Body>a &amp; b</Body><Media>https://a.example/1.png</Media></Message></Response>',
  "<Response><Redirect method='POST'>?x=1&amp;y=2</Redirect></Response>",
  "<Response><!-- c --><Sms><![CDATA[<b>]]></Sms><Say>x</Say></Response>",
  `<Response>${"<Message>x</Message>".repeat(12)}</Response>`,
]
const pieces = [
  "<",
  ">",
  "/>",
  "</",
  "<Response>",
  "</Response>",
  "<Message>",
  "</Message>",
  "&#",
  "&amp;",
  "&#x1F427;",
  "]]>",
  "<![CDATA[",
  "<!--",
  "-->",
  "<?",
  "?>",
  "<!DOCTYPE x [",
  "<!ENTITY a '&a;'>",
  "&a;",
  ' a="',
  "'",
  '"',
  "\u0000",
  "\ufffe",
]
const types = ["text/xml", "application/xml", "text/html", "text/plain", "application/json", "", undefined]

const voiceTypes = ["text/xml", "text/xml", "text/xml", "text/plain", "audio/mpeg", "image/png", null]

const textOf = (random: Random): string => {
  switch (random.below(4)) {
    case 0:
      return random.some(25, () => random.pick([...pieces, ...nasty])).join("")
    case 1: {
      const text = random.pick(documents)
      const cut = random.below(text.length)
      return text.slice(0, cut) + random.pick(pieces) + text.slice(cut)
    }
    case 2:
      return mutated(random, random.pick(documents), 6)
    default:
      return mutated(random, `<Response><${random.pick(["Message", "Redirect", "Sms"])}>${random.pick(nasty)}`, 2)
  }
}

const depthOf = (element: TwimlElement): number => 1 + Math.max(0, ...elementsIn(element).map(depthOf))

const number = "+14155550100"
const phone = "+15551234567"

const settings = settingsOf({})
const templates = Either.getOrThrow(loadTemplates(undefined)).texts
const inForce = { flags: [], format: 1, rules: 1, seed: 1, settings: settings.run as unknown as JsonObject, templates }
const account_sid = settings.run.twilio.account_sid

/** A turn, and the schema of each of its entries. */
const turn = (world: WorldState, seq: number, input: Draft): ReadonlyArray<Made> => {
  const made: Array<Made> = []
  runTurn(world, { seq, at: world.at, hash: genesis }, input, 1_000, made)
  for (const { entry } of made) {
    const schema = rules.entryTypes.find(({ type }) => type === entry.type)?.schema
    Schema.decodeUnknownSync(schema as Schema.Schema<unknown>, { onExcessProperty: "error" })(entry.data)
  }
  return made
}

/** A phone sends a message, and this is what the webhook answers. */
const carriedOut = (body: string, content_type: string | undefined): string | undefined => {
  const world = new WorldState([twilioMachine])
  turn(world, 0, runStarted.draft("", inForce))
  turn(
    world,
    1,
    numberBought.draft("PN1", { account_sid, config: { sms_url: "https://a.example/sms" }, phone_number: number }),
  )
  const arrival = turn(world, 2, messageArrived.draft("", { body: "Hello", from: phone, to: number }))
  const request = arrival.map(({ entry }) => entry).find(outboundRequested.is)
  if (request?.data.purpose !== webhookPurpose) return "no webhook was asked"
  const answer = { body, ...(content_type === undefined ? {} : { content_type }), status: 200 }
  const made = turn(world, 2 + arrival.length, outboundAnswered.draft(request.subject, answer, request.seq))
  const replies = made.filter(({ entry }) => entry.type === messageCreated.type).length
  return replies > limits.repliesMax ? `led to ${replies} replies` : undefined
}

const check = (random: Random, text: string): string | undefined => {
  const parsed = parseTwiml(text)
  if (Either.isLeft(parsed)) {
    const { line, reason } = parsed.left
    if (line < 1 || line > text.split(/\r\n|\r|\n/).length || reason === "")
      return `is refused without its place: ${reason}`
  } else if (depthOf(parsed.right) > twimlLimits.depthMax + 1) return "is deeper than the limit"
  return carriedOut(text, random.pick(types))
}

/** The same document, others of calls, and calls that carry them out whatever happens. */
const called = (random: Random, text: string): void => {
  const documents = [text, voiceDocument(random), voiceDocument(random), mutated(random, voiceDocument(random), 3)]
  new VoiceWalk(random.below, () => [random.pick(documents), random.pick(voiceTypes)]).run(60)
}

/** TwiML of messages and calls: refused with its place or carried out within its limits, and nothing it says is ever a defect. */
export const twimlSurface: Surface = {
  name: "twiml",
  atOnce: 1,
  open: async () => ({
    run: async (random): Promise<Outcome> => {
      const input = textOf(random)
      try {
        const problem = check(random, input)
        if (random.chance(25)) called(random, input)
        return { input, problem }
      } catch (error) {
        return { input, problem: `throws ${error instanceof Error ? error.stack : error}` }
      }
    },
    end: async () => undefined,
  }),
}
