import { dataCleared } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import type { Twilio } from "../state.ts"
import { keepAlert } from "./alerts.ts"
import { alertRaised } from "./entries.ts"

/** How entries change alerts. */
export const changesOfAlerts: Machine<Twilio>["evolve"] = [
  evolves(alertRaised, ({ alerts }, entry) => keepAlert(alerts, entry)),
  evolves(dataCleared, ({ alerts }, { data: { what } }) => {
    if (what === "all") alerts.kept = []
  }),
]
