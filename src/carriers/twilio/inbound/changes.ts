import { dataCleared, outboundAnswered, outboundFailed, outboundRequested, turnFailed } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import { messageCreated } from "../../delivery/entries.ts"
import type { Twilio } from "../state.ts"
import { askFlow, clearFlows, endFlow, forgetEnded, replyInFlow } from "./flows.ts"

/** How entries change what is known of inbound messages. */
export const changesOfFlows: Machine<Twilio>["evolve"] = [
  evolves(outboundRequested, ({ flows }, entry) => askFlow(flows, entry)),
  evolves(outboundAnswered, ({ flows }, entry) => endFlow(flows, entry)),
  evolves(outboundFailed, ({ flows }, entry) => endFlow(flows, entry)),
  evolves(turnFailed, ({ flows }, { data: { input } }) => {
    if (input.type !== outboundAnswered.type && input.type !== outboundFailed.type) return
    endFlow(flows, input)
    forgetEnded(flows)
  }),
  evolves(messageCreated, ({ flows }, entry) => replyInFlow(flows, entry)),
  evolves(dataCleared, ({ flows }, { data: { what } }) => {
    if (what === "messages" || what === "all") clearFlows(flows)
  }),
]
