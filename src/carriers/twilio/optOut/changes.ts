import { dataCleared } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import type { Twilio } from "../state.ts"
import { recipientOptedIn, recipientOptedOut } from "./entries.ts"
import { optIn, optOut } from "./optOuts.ts"

/** How entries change opt-outs. */
export const changesOfOptOuts: Machine<Twilio>["evolve"] = [
  evolves(recipientOptedOut, ({ optOuts }, entry) => optOut(optOuts, entry)),
  evolves(recipientOptedIn, ({ optOuts }, { data }) => optIn(optOuts, data)),
  evolves(dataCleared, ({ optOuts }, { data: { what } }) => {
    if (what === "all") optOuts.byPair.clear()
  }),
]
