import * as Either from "effect/Either"
import type { BadTraffic } from "../../core/traffic/fields.ts"
import type { RecordedExchange } from "../../core/traffic/RecordedExchange.ts"
import { readTraffic, tellFault } from "../../core/traffic/reader.ts"
import { readInteractions } from "./interactions.ts"

export interface Recording {
  readonly exchanges: ReadonlyArray<RecordedExchange>
  /** What of it could not be used, or was odd, each in a line. */
  readonly faults: ReadonlyArray<string>
}

/** Reads a recording of either kind: a document of interactions, or recorded traffic, which begins with a header. */
export const readRecording = (text: string, name = "recording"): Either.Either<Recording, BadTraffic> =>
  /^\s*\{\s*"interactions"/.test(text)
    ? Either.map(readInteractions(text), (exchanges) => ({ exchanges, faults: [] }))
    : Either.map(readTraffic(text), ({ exchanges, faults }) => ({
        exchanges,
        faults: faults.map((fault) => tellFault(name, fault)),
      }))
