import { deliveryEntryTypes } from "../carriers/delivery/entries.ts"
import { coreEntryTypes } from "../core/entries.ts"

/** Every type of entry there is, with its schema: for the checks at the doors. */
export const entryTypes = [...coreEntryTypes, ...deliveryEntryTypes]
