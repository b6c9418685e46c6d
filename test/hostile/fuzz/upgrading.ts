import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { rules } from "../../../src/app/rules.ts"
import { sha256 } from "../../../src/core/canonical.ts"
import { decode, type Row } from "../../../src/core/Entry.ts"
import { rowsOf } from "../../../src/log/recording.ts"
import { writeAnew } from "../../../src/log/rewrite.ts"
import { makeUpcaster } from "../../../src/log/upcasts.ts"
import { type Upgraded, upgradeLog } from "../../../src/log/upgrade.ts"
import { mutated, type Random } from "./random.ts"
import { forged, recorded, spoiled, textOf } from "./recordings.ts"
import type { Outcome, Surface } from "./runner.ts"

/** A made-up older format: the body of a message was called its text, and a status had no field of its own. */
const upcast = makeUpcaster(
  new Map([
    ["message.created", [({ bodytext, ...rest }) => (bodytext === undefined ? rest : { ...rest, body: bodytext })]],
    ["message.status-changed", [({ became, ...rest }) => (became === undefined ? rest : { ...rest, status: became })]],
  ]),
)

/** Some entries as the older format had them. */
const older = (random: Random, rows: ReadonlyArray<Row>): ReadonlyArray<Row> =>
  rows.map((row) =>
    random.chance(50)
      ? row
      : {
          ...row,
          data:
            row.type === "message.created"
              ? row.data.replace('"body":', '"bodytext":')
              : row.type === "message.status-changed"
                ? row.data.replace('"status":', '"became":')
                : row.data,
        },
  )

const isShaped = new Map(rules.entryTypes.map(({ schema, type }) => [type, Schema.is(schema)]))

const rowsIn = (file: string) =>
  Effect.runPromise(
    Effect.scoped(Effect.flatMap(rowsOf(file), (rows) => Effect.map(Stream.runCollect(rows), (all) => [...all]))),
  )

const placeOf = ({ at, cause, kind, seq, subject, type }: Row) => JSON.stringify([seq, at, cause, kind, type, subject])

const upgraded = (file: string, out: string) =>
  Effect.runPromise(Effect.either(upgradeLog({ file, out, types: rules.entryTypes, upcast })))

/** What is wrong with what came of an upgrade, if anything is. */
const faultOf = async (
  file: string,
  out: string,
  { after, before, changed }: Upgraded,
): Promise<string | undefined> => {
  if (changed.size === 0) return existsSync(out) ? "is written though nothing was older" : undefined
  const [was, is] = [await rowsIn(file), await rowsIn(out)]
  if (after?.entries !== is.length || before.entries !== was.length) return "has another count of entries"
  if (after.digest !== is.at(-1)?.hash) return "has another digest than is told"
  if (was.map(placeOf).join() !== is.map(placeOf).join()) return "has other places, causes, types or subjects"
  const misshapen = is.find((row) => isShaped.get(row.type)?.(decode(row).data) !== true)
  if (misshapen !== undefined) return `entry ${misshapen.seq} is not of today's shape`
  const again = await upgraded(out, `${out}.again`)
  return Either.isRight(again) && again.right.changed.size === 0 ? undefined : "is older still"
}

/** What lies in a folder, but for what SQLite makes beside a log that it reads, and locks. */
const filesIn = (place: string): string =>
  readdirSync(place)
    .filter((name) => !/-(?:wal|shm)$|\.lock$/.test(name))
    .sort()
    .join()

/** Whole logs of SQLite, and damaged ones. */
const writeLog = async (random: Random, file: string, rows: ReadonlyArray<Row>): Promise<void> => {
  await Effect.runPromise(writeAnew("log", file, Stream.fromIterable(rows)))
  if (random.chance(50)) return
  const bytes = readFileSync(file)
  for (let n = random.below(4) + 1; n > 0; n--) bytes[random.below(bytes.length)] = random.below(256)
  writeFileSync(file, random.chance(30) ? bytes.subarray(0, random.below(bytes.length)) : bytes)
}

/** Logs and recordings of strangers, some of an older format: a new one of today's shape, or a line that says why not and nothing written. */
export const upgradingSurface: Surface = {
  name: "upgrade",
  atOnce: 1,
  open: async () => {
    const rows = await Effect.runPromise(recorded)
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    return {
      run: async (random): Promise<Outcome> => {
        const place = mkdtempSync(join(folder, "case-"))
        const end = random.chance(30) ? "db" : "jsonl"
        const [file, out] = [join(place, `old.${end}`), join(place, `new.${end}`)]
        try {
          const taken = older(random, rows)
          if (end === "db") await writeLog(random, file, taken)
          else if (random.chance(40)) await Effect.runPromise(writeAnew("recording", file, Stream.fromIterable(taken)))
          else writeFileSync(file, random.chance(60) ? textOf(forged(random, taken)) : spoiled(random, taken))
        } catch {
          rmSync(place, { recursive: true, force: true })
          return { input: "" } // What has no canonical form cannot be forged.
        }
        if (random.chance(30)) writeFileSync(`${file}.keys`, mutated(random, "keys"))
        const before = readFileSync(file)
        copyFileSync(file, `${file}.copy`)
        const left = filesIn(place)
        const shown = end === "db" ? "" : before.subarray(0, 600).toString("latin1")
        const input = `${end} ${sha256(before.toString("base64")).slice(0, 12)} ${shown}`
        const result = await upgraded(file, out)
        const problem = Either.isLeft(result)
          ? /\n|^\s*$/.test(result.left.message) || result.left.message.length > 2_000
            ? result.left.message
            : filesIn(place) === left
              ? undefined
              : `leaves ${filesIn(place)} behind: ${result.left.message}`
          : await faultOf(file, out, result.right)
        const touched = readFileSync(file).equals(before) ? undefined : "changes the old log"
        rmSync(place, { recursive: true, force: true })
        return { input, problem: problem ?? touched }
      },
      end: async () => {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      },
    }
  },
}
