import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { readTraffic } from "../../src/core/traffic/reader.ts"
import type { Format } from "../../src/traffic/import/formats.ts"
import { type Imported, importTraffic } from "../../src/traffic/import/importTraffic.ts"
import { newFolder } from "../support/folder.ts"

export const sample = (name: string): string => join(import.meta.dirname, "samples", name)

/** What became of a file: the exchanges of the recording, what was said of it, or why there is none. */
export interface Outcome {
  readonly exchanges: ReadonlyArray<RecordedExchange>
  readonly imported: Imported | undefined
  readonly lost: ReadonlyArray<string>
  readonly notes: ReadonlyArray<string>
  readonly failed: string | undefined
}

const nothing = { exchanges: [], imported: undefined, lost: [], notes: [] }

/** Imports a file; nothing is redacted unless it is said how. */
export const imported = async (
  file: string,
  format?: Format,
  redact: (exchange: RecordedExchange) => RecordedExchange = (exchange) => exchange,
): Promise<Outcome> => {
  const out = join(newFolder(), "traffic.jsonl")
  const done = await Effect.runPromise(
    Effect.either(
      importTraffic({
        file,
        out,
        format,
        redact,
        redaction: { bodies: "kept", numbers: "kept", salt: "" },
        by: "a test",
        progress: () => undefined,
      }),
    ),
  )
  if (Either.isLeft(done)) return { ...nothing, failed: done.left.message }
  const told = ({ place, reason }: { place: string; reason: string }) => `${place}: ${reason}`
  const traffic = Either.getOrThrowWith(readTraffic(readFileSync(out, "utf8")), (fault) => new Error(fault.found))
  const { lost, notes } = done.right
  return {
    exchanges: traffic.exchanges,
    imported: done.right,
    lost: lost.told.map(told),
    notes: notes.told.map(told),
    failed: undefined,
  }
}

/** Imports a text as a file of its own. */
export const importedText = async (text: string | Uint8Array, format?: Format): Promise<Outcome> => {
  const file = join(newFolder(), "some.file")
  writeFileSync(file, text)
  return imported(file, format)
}
