import { callbacksPart } from "./callbacks.ts"
import { callsPart } from "./calls.ts"
import { conversationsPart } from "./conversations.ts"
import { gatewayPart } from "./gateway.ts"
import { messagesPart } from "./messages.ts"
import type { Part } from "./Part.ts"

/** Every part of Ringback that has tables. A change of one that other bytes follow from is a new `projectionFormat`. */
export const parts: ReadonlyArray<Part> = [messagesPart, callsPart, callbacksPart, conversationsPart, gatewayPart]

/** Version of the tables. A file of another one is made anew. */
export const projectionFormat = 1

/** Every table, by name. */
export const tables: ReadonlyArray<string> = parts.flatMap((part) => part.tables)
