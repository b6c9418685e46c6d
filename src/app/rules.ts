import { deliveryEntryTypes } from "../carriers/delivery/entries.ts"
import { accountEntryTypes } from "../carriers/twilio/accounts/entries.ts"
import { alertEntryTypes } from "../carriers/twilio/alerts/entries.ts"
import { applicationEntryTypes } from "../carriers/twilio/applications/entries.ts"
import { callEntryTypes } from "../carriers/twilio/calls/entries.ts"
import { conferenceEntryTypes } from "../carriers/twilio/conferences/entries.ts"
import { faultEntryTypes } from "../carriers/twilio/faults/entries.ts"
import { inboundEntryTypes } from "../carriers/twilio/inbound/entries.ts"
import { optOutEntryTypes } from "../carriers/twilio/optOut/entries.ts"
import { queueEntryTypes } from "../carriers/twilio/queues/entries.ts"
import { recordingEntryTypes } from "../carriers/twilio/recordings/entries.ts"
import { senderEntryTypes } from "../carriers/twilio/senders/entries.ts"
import { verifyEntryTypes } from "../carriers/twilio/verify/entries.ts"
import { conversationEntryTypes } from "../conversations/entries.ts"
import { coreEntryTypes } from "../core/entries.ts"
import type { Rules } from "../engine/verify.ts"
import { gatewayEntryTypes } from "../gateway/entries.ts"
import { providerEntryTypes } from "../gateway/providers/entries.ts"
import { machines } from "./machines.ts"

/** The rules of the exchange: its machines, and every type of entry with its schema for the checks at the doors. */
export const rules: Rules = {
  machines,
  entryTypes: [
    ...coreEntryTypes,
    ...deliveryEntryTypes,
    ...accountEntryTypes,
    ...senderEntryTypes,
    ...applicationEntryTypes,
    ...inboundEntryTypes,
    ...optOutEntryTypes,
    ...alertEntryTypes,
    ...faultEntryTypes,
    ...verifyEntryTypes,
    ...callEntryTypes,
    ...recordingEntryTypes,
    ...conferenceEntryTypes,
    ...queueEntryTypes,
    ...gatewayEntryTypes,
    ...providerEntryTypes,
    ...conversationEntryTypes,
  ],
}
