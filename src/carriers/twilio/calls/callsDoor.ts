import * as Either from "effect/Either"
import { parseE164 } from "../../../core/E164.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import type { Twilio } from "../state.ts"
import { callOf } from "./calls.ts"
import { callArrived, callCreated, callHungUp, callPickedUp, callPressed, callSpoken } from "./entries.ts"
import { calleeStep, isKeys, isSpeech, stepExpected, stepsMax } from "./scriptText.ts"
import { transcriptOf } from "./transcript.ts"

/* The way in and out for whoever plays the other ends of calls: it checks and translates, what follows is decided by the rules. */

interface PhoneCall {
  readonly from: string
  readonly to: string
  readonly steps: ReadonlyArray<string>
}

type Act =
  | { readonly do: "press"; readonly digits: string }
  | { readonly do: "speak"; readonly text: string; readonly confidence: number }
  | { readonly do: "answer" | "hang up" }

interface Made {
  readonly entry: Entry<unknown>
}

/** What the control API needs of the carrier about calls. `twilio` gives the carrier's part of the world as it is now. */
export const callsDoor = (twilio: () => Twilio) => ({
  calling,
  called,
  doing,
  stateOf: (sid: string) => {
    const call = callOf(twilio().calls, sid)
    if (call === undefined) return undefined
    const { direction, plan } = call.made
    return { sid, asks: plan?.asks === true, inbound: direction === "inbound", status: call.status }
  },
  transcript: transcriptOf,
})

const calling = ({ from, steps, to }: PhoneCall): Either.Either<Draft, string> => {
  const [caller, number] = [parseE164(from), parseE164(to)]
  if (caller === undefined) return Either.left(noNumber("from", from))
  if (number === undefined) return Either.left(noNumber("to", to))
  if (steps.length > stepsMax) return Either.left(`then: expected at most ${stepsMax} steps, found ${steps.length}`)
  const script = steps.map(calleeStep)
  const wrong = script.indexOf(undefined)
  if (wrong >= 0) return Either.left(`then.${wrong}: expected ${stepExpected}, found ${shown(steps[wrong] ?? "")}`)
  const known = script.filter((step) => step !== undefined)
  return Either.right(
    callArrived.draft("", { from: caller, ...(known.length === 0 ? {} : { script: known }), to: number }),
  )
}

const noNumber = (field: string, found: string): string =>
  `${field}: expected a phone number such as +15551234567, found ${shown(found)}`

const shown = (text: string): string =>
  text.length > 40 || text.includes("@") ? `a text of ${text.length} characters` : JSON.stringify(text)

const called = (made: ReadonlyArray<Made>) => {
  const created = made.map(({ entry }) => entry).find(callCreated.is)
  return created === undefined ? undefined : { sid: created.subject, account_sid: created.data.account_sid }
}

const doing = (sid: string, act: Act): Either.Either<Draft, string> => {
  switch (act.do) {
    case "press":
      return isKeys(act.digits)
        ? Either.right(callPressed.draft(sid, { digits: act.digits }))
        : Either.left(`digits: expected at most 100 of 0 to 9, *, # and A to D, found ${shown(act.digits)}`)
    case "speak":
      return isSpeech(act.text)
        ? Either.right(
            callSpoken.draft(sid, { confidence_bp: Math.round(act.confidence * 10_000) + 0, text: act.text }),
          )
        : Either.left("text: expected words of at most 1000 characters")
    case "answer":
      return Either.right(callPickedUp.draft(sid, {}))
    case "hang up":
      return Either.right(callHungUp.draft(sid, {}))
  }
}
