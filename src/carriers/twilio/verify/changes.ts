import { dataCleared } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import type { Twilio } from "../state.ts"
import {
  verificationChecked,
  verificationCreated,
  verificationSent,
  verificationStatusChanged,
  verifyServiceCreated,
  verifyServiceDeleted,
  verifyServiceUpdated,
} from "./entries.ts"
import {
  changeVerification,
  checkVerification,
  clearVerifications,
  createService,
  createVerification,
  deleteService,
  sendVerification,
  updateService,
} from "./verifications.ts"

/** How entries change verifications and their services. */
export const changesOfVerify: Machine<Twilio>["evolve"] = [
  evolves(verifyServiceCreated, ({ verify }, entry) => createService(verify, entry)),
  evolves(verifyServiceUpdated, ({ verify }, entry) => updateService(verify, entry)),
  evolves(verifyServiceDeleted, ({ verify }, entry) => deleteService(verify, entry)),
  evolves(verificationCreated, ({ verify }, entry) => createVerification(verify, entry)),
  evolves(verificationSent, ({ verify }, entry) => sendVerification(verify, entry)),
  evolves(verificationChecked, ({ verify }, entry) => checkVerification(verify, entry)),
  evolves(verificationStatusChanged, ({ verify }, entry) => changeVerification(verify, entry)),
  evolves(dataCleared, ({ verify }, { data: { what } }) => {
    if (what === "all") clearVerifications(verify)
  }),
]
