import * as Effect from "effect/Effect"
import type { SeenCall } from "../../carriers/twilio/calls/seenCalls.ts"
import { parseE164 } from "../../core/E164.ts"
import { callsOnPhones, pairOfCall } from "../callsOnPhones.ts"
import { conversation, latePairs } from "../conversation.ts"
import { readable, rowsAbout } from "../lists/reading.ts"
import type { Shown } from "../Shown.ts"
import { link } from "../texts.ts"
import { lastLines } from "../transcriptLines.ts"
import type { MakePage } from "./Page.ts"

/**
 * A phone: what it and a number of the exchange have said to each other, the calls between them that go on, and a place to write,
 * call, press keys and speak.
 */
export const phonePage: MakePage = ({ fill, shown }, { part, query }, rest) =>
  Effect.gen(function* () {
    if (rest !== "") return undefined
    const lately = latePairs(shown.messages)
    const numbers = [
      ...new Set([...shown.numbers().map(({ number }) => number), ...lately.map(({ number }) => number)]),
    ]
    const phone = addressIn(query.get("phone")) ?? lately[0]?.phone ?? "+15551234567"
    const number =
      addressIn(query.get("number")) ?? lately.find((each) => each.phone === phone)?.number ?? numbers[0] ?? ""
    const pair = { phone, number }
    const self = link("/ui/phone", pair)
    const { ofPair, running } = callsOnPhones(shown.calls, pair)
    // Of a page that is open only parts are asked for, and only this one reads the log.
    const calls = part === "talk" || part === "going" ? [] : yield* Effect.forEach(ofPair, (call) => heard(shown, call))
    const line = fill("phoneCalls", { ...pair, self, calls })
    yield* shown.run.engine.written
    const talk = fill("talk", { ...pair, self, bubbles: conversation(shown.messages, pair) })
    const going = fill("phoneGoing", { self, running: running.map((call) => ({ call, url: urlOf(pairOfCall(call)) })) })
    const main = fill("phone", {
      ...pair,
      numbers,
      phones: [...new Set(lately.map((each) => each.phone))],
      lately: lately.map((each) => ({
        ...each,
        url: urlOf(each),
        on: each.phone === phone && each.number === number,
      })),
      talk,
      line,
      going,
    })
    return { status: 200, title: "Phone", menu: "phone", main, drawer: "", parts: { talk, line, going } }
  })

/** Lines of a call that its phone shows. */
const linesHeard = 12

/** A call with the end of what was heard in it. */
const heard = (shown: Shown, call: SeenCall) =>
  Effect.map(rowsAbout(shown.run.log, call.sid), (rows) => ({
    call,
    lines: lastLines(rows.map(readable), linesHeard),
  }))

const urlOf = ({ number, phone }: { readonly phone: string; readonly number: string }): string =>
  link("/ui/phone", { phone, number })

const addressLengthMax = 60

const addressIn = (text: string | null): string | undefined => {
  const address = text?.trim().slice(0, addressLengthMax)
  return address === undefined || address === "" ? undefined : (parseE164(address) ?? address)
}
