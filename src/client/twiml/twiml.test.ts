import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { SaxesParser } from "saxes"
import twilio from "twilio"
import { seeded } from "../../../test/support/seeded.ts"
import { TwimlElement } from "./element.ts"
import { twiml } from "./twiml.ts"

interface Read {
  readonly name: string
  readonly attributes: Record<string, string>
  readonly children: Array<Read | string>
}

/** A document as a reader of XML finds it. */
const read = (text: string): Read => {
  const parser = new SaxesParser({ forceXMLVersion: true, defaultXMLVersion: "1.0" })
  const root: Read = { name: "", attributes: {}, children: [] }
  const open = [root]
  parser.on("error", (error) => {
    throw error
  })
  parser.on("opentag", ({ attributes, name }) => {
    const element: Read = { name, attributes: { ...(attributes as Record<string, string>) }, children: [] }
    open.at(-1)?.children.push(element)
    open.push(element)
  })
  parser.on("closetag", () => void open.pop())
  parser.on("text", (found) => {
    if (open.length > 1) open.at(-1)?.children.push(found)
  })
  parser.write(text).close()
  strictEqual(root.children.length, 1)
  return root.children[0] as Read
}

/** What a reader has to find: neighbouring texts are one, empty ones none, and what XML has not is U+FFFD. */
const expected = (element: TwimlElement): Read => {
  const children: Array<Read | string> = []
  for (const child of element.children) {
    const last = children.at(-1)
    if (child instanceof TwimlElement) children.push(expected(child))
    else if (child === "") continue
    else if (typeof last === "string") children[children.length - 1] = last + told(child)
    else children.push(told(child))
  }
  return {
    name: element.name,
    attributes: Object.fromEntries(element.attributes.map(([name, value]) => [name, told(value)])),
    children,
  }
}

const told = (text: string): string =>
  Array.from(text, (char) => {
    const code = char.codePointAt(0) ?? 0
    const written =
      code >= 32 ? code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff) : [9, 10, 13].includes(code)
    return written ? char : "\ufffd"
  }).join("")

const text = FastCheck.oneof(
  FastCheck.string(),
  FastCheck.string({ unit: "binary" }),
  FastCheck.array(FastCheck.integer({ min: 0, max: 0xffff }), { maxLength: 10 }).map((units) =>
    String.fromCharCode(...units),
  ),
  FastCheck.constantFrom(
    "]]>",
    "<!--",
    "&amp;",
    "&#0;",
    "\r\n",
    "\t",
    "'\"",
    "</Message>",
    "<![CDATA[",
    "\ud83d",
    "🐧",
  ),
)
const name = FastCheck.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/)
const element = FastCheck.letrec<{ element: TwimlElement }>((tie) => ({
  element: FastCheck.tuple(
    name,
    FastCheck.dictionary(name, text, { maxKeys: 3 }),
    FastCheck.array(FastCheck.oneof({ depthSize: "small", withCrossShrink: true }, text, tie("element")), {
      maxLength: 4,
    }),
  ).map(([tag, attributes, children]) => twiml.verb(tag, attributes, children)),
})).element

describe("TwiML", () => {
  it.prop(
    "is read as what was written, whatever it holds",
    [element],
    ([written]) => deepStrictEqual(read(String(written)), expected(written)),
    seeded,
  )
  it.prop(
    "of a message is read as its text and media",
    [text, FastCheck.array(text, { maxLength: 3 }), text],
    ([body, media, to]) => {
      const message = read(String(twiml.messaging(twiml.message(body, { media, to })))).children[0] as Read
      strictEqual(message.name, "Message")
      strictEqual(message.attributes.to, told(to))
      const parts = message.children.map((part) => (typeof part === "string" ? part : part.children.join("")))
      deepStrictEqual(parts.join("|"), [...(body === "" ? [] : [told(body)]), ...media.map(told)].join("|"))
    },
    seeded,
  )

  it("of messages is what Twilio's own library writes", () => {
    const theirs = new twilio.twiml.MessagingResponse()
    theirs.message({ to: "+15551234567", method: "GET", action: "/a?x=1&y=2" }, 'Tom & "Jerry" <3')
    const withMedia = theirs.message("")
    withMedia.body("look")
    withMedia.media("https://a.example/1.png")
    theirs.redirect({ method: "POST" }, "/next")
    const ours = twiml.messaging(
      twiml.message('Tom & "Jerry" <3', { to: "+15551234567", method: "GET", action: "/a?x=1&y=2" }),
      twiml.message("look", { media: ["https://a.example/1.png"] }),
      twiml.redirect("/next", { method: "POST" }),
    )
    deepStrictEqual(read(String(ours)), read(theirs.toString()))
  })
  it("of calls is what Twilio's own library writes", () => {
    const theirs = new twilio.twiml.VoiceResponse()
    const asked = theirs.gather({ input: ["dtmf"], numDigits: 1, action: "/menu", timeout: 10 })
    asked.say({ language: "en-GB" }, "Press 1")
    asked.pause({ length: 2 })
    asked.play("https://a.example/beep.wav")
    const dialled = theirs.dial({ callerId: "+15550000001", timeout: 20 })
    dialled.number({ statusCallbackEvent: ["ringing", "completed"] }, "+15551234567")
    theirs.dial("+15557654321")
    theirs.dial().conference({ startConferenceOnEnter: false }, "Room")
    theirs.dial().queue("support")
    theirs.record({ maxLength: 30, playBeep: false })
    theirs.enqueue({ waitUrl: "/wait" }, "support")
    theirs.reject({ reason: "busy" })
    theirs.hangup()
    const ours = twiml.voice(
      twiml.gather(
        { input: "dtmf", numDigits: 1, action: "/menu", timeout: 10 },
        twiml.say("Press 1", { language: "en-GB" }),
        twiml.pause(2),
        twiml.play("https://a.example/beep.wav"),
      ),
      twiml.dial([twiml.number("+15551234567", { statusCallbackEvent: ["ringing", "completed"] })], {
        callerId: "+15550000001",
        timeout: 20,
      }),
      twiml.dial("+15557654321"),
      twiml.dial([twiml.conference("Room", { startConferenceOnEnter: false })]),
      twiml.dial([twiml.queue("support")]),
      twiml.record({ maxLength: 30, playBeep: false }),
      twiml.enqueue("support", { waitUrl: "/wait" }),
      twiml.reject("busy"),
      twiml.hangup(),
    )
    deepStrictEqual(read(String(ours)), read(theirs.toString()))
  })
  it("without verbs is an empty response", () =>
    strictEqual(String(twiml.messaging()), '<?xml version="1.0" encoding="UTF-8"?><Response/>'))
  it("has no elements or attributes that XML has not", () => {
    throws(() => twiml.verb("a b"))
    throws(() => twiml.verb("a><b"))
    throws(() => twiml.verb("Say", { 'x="1" y': "2" }))
  })
})
