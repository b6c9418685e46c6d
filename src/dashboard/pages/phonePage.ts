import * as Effect from "effect/Effect"
import { parseE164 } from "../../core/E164.ts"
import { conversation, latePairs } from "../conversation.ts"
import { link } from "../texts.ts"
import type { MakePage } from "./Page.ts"

/** A phone: what it and a number of the exchange have said to each other, and a place to write more. */
export const phonePage: MakePage = ({ fill, shown }, { query }, rest) =>
  Effect.sync(() => {
    if (rest !== "") return undefined
    const lately = latePairs(shown.messages)
    const numbers = [
      ...new Set([...shown.numbers().map(({ number }) => number), ...lately.map(({ number }) => number)]),
    ]
    const phone = addressIn(query.get("phone")) ?? lately[0]?.phone ?? "+15551234567"
    const number =
      addressIn(query.get("number")) ?? lately.find((each) => each.phone === phone)?.number ?? numbers[0] ?? ""
    const self = link("/ui/phone", { phone, number })
    const talk = fill("talk", {
      phone,
      number,
      self,
      bubbles: conversation(shown.messages, { phone, number }),
    })
    const main = fill("phone", {
      phone,
      number,
      numbers,
      phones: [...new Set(lately.map((each) => each.phone))],
      lately: lately.map((each) => ({
        ...each,
        url: link("/ui/phone", { phone: each.phone, number: each.number }),
        on: each.phone === phone && each.number === number,
      })),
      talk,
    })
    return { status: 200, title: "Phone", menu: "phone", main, drawer: "", parts: { talk } }
  }).pipe(Effect.zipLeft(shown.run.engine.written))

const addressLengthMax = 60

const addressIn = (text: string | null): string | undefined => {
  const address = text?.trim().slice(0, addressLengthMax)
  return address === undefined || address === "" ? undefined : (parseE164(address) ?? address)
}
