import { dataCleared } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import { messageStatusChanged } from "../../delivery/entries.ts"
import { itemOf } from "../collection.ts"
import { knowAllowedFrom, type Twilio } from "../state.ts"
import {
  numberBought,
  numberReleased,
  numberUpdated,
  senderAdded,
  senderRemoved,
  serviceCreated,
  serviceDeleted,
  serviceUpdated,
} from "./entries.ts"
import { buyNumber, releaseNumber, updateNumber } from "./numbers.ts"
import { addSender, createService, deleteService, forgetRecipients, removeSender, updateService } from "./services.ts"

/** How entries change numbers and services. */
export const changesOfSenders: Machine<Twilio>["evolve"] = [
  evolves(numberBought, (twilio, entry) => {
    buyNumber(twilio.senders, entry)
    if (entry.data.account_sid === twilio.settings.account_sid) twilio.allowedFrom.add(entry.data.phone_number)
  }),
  evolves(numberUpdated, (twilio, entry) => {
    updateNumber(twilio.senders, entry)
    if (entry.data.account_sid !== undefined) knowAllowedFrom(twilio)
  }),
  evolves(numberReleased, (twilio, entry) => {
    releaseNumber(twilio.senders, entry)
    knowAllowedFrom(twilio)
  }),
  evolves(serviceCreated, ({ senders }, entry) => createService(senders, entry)),
  evolves(serviceUpdated, ({ senders }, entry) => updateService(senders, entry)),
  evolves(serviceDeleted, ({ senders }, entry) => deleteService(senders, entry)),
  evolves(senderAdded, ({ senders }, entry) => addSender(senders, entry)),
  evolves(senderRemoved, ({ senders }, entry) => removeSender(senders, entry)),
  evolves(messageStatusChanged, ({ messages, senders }, { data, subject }) => {
    if (data.from === undefined) return
    const message = messages.bySid.get(subject)
    itemOf(senders.services, message?.rare?.serviceSid ?? "")?.sticky.set(message?.to ?? "", data.from)
  }),
  evolves(dataCleared, ({ senders }, { data: { what } }) => {
    if (what === "messages" || what === "all") forgetRecipients(senders)
  }),
]
