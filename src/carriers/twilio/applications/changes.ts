import { evolves, type Machine } from "../../../core/Machine.ts"
import { removeItem } from "../collection.ts"
import { leaveApplication } from "../senders/numbers.ts"
import type { Twilio } from "../state.ts"
import { createApplication, updateApplication } from "./applications.ts"
import { applicationCreated, applicationDeleted, applicationUpdated } from "./entries.ts"

/** How entries change applications. */
export const changesOfApplications: Machine<Twilio>["evolve"] = [
  evolves(applicationCreated, ({ applications }, entry) => createApplication(applications, entry)),
  evolves(applicationUpdated, ({ applications }, entry) => updateApplication(applications, entry)),
  evolves(applicationDeleted, ({ applications, senders }, { subject }) => {
    removeItem(applications, subject)
    leaveApplication(senders, subject)
  }),
]
