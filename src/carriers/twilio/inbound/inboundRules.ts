import { outboundAnswered, outboundFailed } from "../../../core/entries.ts"
import { type Machine, reacts } from "../../../core/Machine.ts"
import { mediaStored, messageCreated } from "../../delivery/entries.ts"
import type { Twilio } from "../state.ts"
import { answered, unanswered } from "./carryOut.ts"
import { messageArrived } from "./entries.ts"
import { arrived, isWhole, told } from "./receive.ts"

/** How inbound messages are answered. */
export const rulesOfInbound: Machine<Twilio>["react"] = [
  reacts(messageArrived, (world, entry, twilio) => arrived(world, twilio, entry)),
  reacts(messageCreated, (world, { subject, data: { direction } }, twilio) => {
    const message = direction === "inbound" ? twilio.messages.bySid.get(subject) : undefined
    return message !== undefined && isWhole(message) ? told(world, twilio, message) : []
  }),
  reacts(mediaStored, (world, { subject }, twilio) => {
    const message = twilio.messages.bySid.get(subject)
    return message !== undefined && isWhole(message) ? told(world, twilio, message) : []
  }),
  reacts(outboundAnswered, (world, entry, twilio) => answered(world, twilio, entry)),
  reacts(outboundFailed, (world, entry, twilio) => unanswered(world, twilio, entry)),
]
