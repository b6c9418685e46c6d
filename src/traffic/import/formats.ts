import { readVcrInteraction, readVcrpyInteraction } from "./cassettes.ts"
import { isPollyEntry, readHarEntry } from "./har.ts"
import { readInteraction } from "./interactions.ts"
import type { Item } from "./items.ts"
import { type LogRow, readLogRow, readLogRowAtEnd } from "./messageLog.ts"
import { readNock } from "./nock.ts"
import { fieldOf, type Group, isGroup, shown, type Told, Unusable } from "./Told.ts"

/** The formats that are read, by the names they have on the command line. */
export const formats = ["interactions", "har", "vcr", "vcrpy", "polly", "nock", "message-log"] as const
export type Format = (typeof formats)[number]

/** What an item is: found from where it stands and what it holds. */
export interface Recognised {
  readonly format: Format
  /** Throws `Unusable`; nothing where the item says nothing by itself. */
  readonly read: () => Told | undefined
}

/** Recognises an item; throws `Unusable` when it is of no format. */
export const recognise = ({ list, value }: Extract<Item, { _tag: "Found" }>): Recognised => {
  if (list === "row") return { format: "message-log", read: () => readLogRow(value as LogRow) }
  if (list === "row at the end") {
    const { at, row } = value as { readonly at: number; readonly row: LogRow }
    return { format: "message-log", read: () => readLogRowAtEnd(row, at) }
  }
  if (!isGroup(value)) throw new Unusable(`expected an exchange, found ${shown(value)}`)
  switch (list) {
    case "log.entries":
      return { format: isPollyEntry(value) ? "polly" : "har", read: () => readHarEntry(value) }
    case "http_interactions":
      return { format: "vcr", read: () => readVcrInteraction(value) }
    case "interactions":
      return hasUri(value)
        ? { format: "vcrpy", read: () => readVcrpyInteraction(value) }
        : { format: "interactions", read: () => readInteraction(value) }
    case "":
      return listed(value)
  }
}

/** An item of a list that is a whole file: of nock, or of the first version of a cassette. */
const listed = (value: Group): Recognised => {
  if (Object.hasOwn(value, "scope")) return { format: "nock", read: () => readNock(value) }
  if (!Object.hasOwn(value, "request"))
    throw new Unusable("expected an exchange, found a group without scope and without request")
  const request = fieldOf(value, "request")
  const status = isGroup(fieldOf(value, "response"))
    ? fieldOf(fieldOf(value, "response") as Group, "status_code")
    : undefined
  if (status !== undefined) return { format: "vcrpy", read: () => readVcrpyInteraction(value) }
  return isGroup(request) && Object.hasOwn(request, "uri")
    ? { format: "vcr", read: () => readVcrInteraction(value) }
    : { format: "interactions", read: () => readInteraction(value) }
}

const hasUri = (value: Group): boolean => {
  const request = fieldOf(value, "request")
  return isGroup(request) && Object.hasOwn(request, "uri")
}
