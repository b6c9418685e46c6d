import type { Pair } from "../../../core/entries.ts"

/** The parameters of a send that rules read; those that are missing or empty are absent. */
export interface Given {
  readonly to: string | undefined
  readonly from: string | undefined
  readonly body: string | undefined
  readonly callback: string | undefined
  readonly service: string | undefined
  /** What few requests have; kept apart so that most are read in one look at four names. */
  readonly rare: RareParameters | undefined
}

interface RareParameters {
  readonly media: ReadonlyArray<string>
  /** The first value of each other parameter, by its name. */
  readonly named: ReadonlyMap<string, string>
}

/** Reads the parameters of a send in one go. Of a parameter given twice the first value counts, an empty one never. */
export const givenIn = (params: ReadonlyArray<Pair>): Given => {
  let to: string | undefined
  let from: string | undefined
  let body: string | undefined
  let callback: string | undefined
  let service: string | undefined
  let media: Array<string> | undefined
  let named: Map<string, string> | undefined
  for (let i = 0; i < params.length; i++) {
    const [name, value] = params[i] as Pair
    if (value === "") continue
    switch (name) {
      case "To":
        to ??= value
        break
      case "From":
        from ??= value
        break
      case "Body":
        body ??= value
        break
      case "StatusCallback":
        callback ??= value
        break
      case "MessagingServiceSid":
        service ??= value
        break
      case "MediaUrl":
        media ??= []
        media.push(value)
        break
      default:
        named ??= new Map()
        if (!named.has(name)) named.set(name, value)
    }
  }
  const rare = media === undefined && named === undefined ? undefined : { media: media ?? [], named: named ?? nothing }
  return { to, from, body, callback, service, rare }
}

const nothing: ReadonlyMap<string, string> = new Map()

/** A parameter of which the first value that is not empty counts. */
export const named = ({ rare }: Given, name: string): string | undefined => rare?.named.get(name)

/** Whether a parameter says true, as SDKs write it. */
export const isTrue = (given: Given, name: string): boolean => named(given, name)?.toLowerCase() === "true"

const noMedia: ReadonlyArray<string> = []
export const mediaOf = ({ rare }: Given): ReadonlyArray<string> => rare?.media ?? noMedia
