import * as path from "node:path"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { rules } from "../app/rules.ts"
import { type Upgraded, upgradeLog } from "../log/upgrade.ts"
import { fileArg } from "./fileArg.ts"
import { plain } from "./looking.ts"
import { fileOption, jsonDone } from "./options.ts"
import { jsonLine, progress } from "./terminal.ts"

const options = {
  log: fileArg("LOG", "A log that no server is writing, or a recording (.jsonl)"),
  out: fileOption("out", "The new log or recording; it must not exist (default NAME.upgraded beside the old one)").pipe(
    Options.optional,
  ),
  json: jsonDone,
}

/** `ringback upgrade LOG`: a new log whose entries all have today's shape. */
export const upgrade = Command.make("upgrade", options, ({ json, log, out }) =>
  Effect.gen(function* () {
    const target = Option.getOrElse(out, () => besides(log))
    const upgraded = yield* plain(
      upgradeLog({
        file: log,
        out: target,
        types: rules.entryTypes,
        progress: (entries) => progress(`${entries} entries read`),
      }),
    )
    yield* Console.log(json ? jsonLine(JSON.stringify(asJson(log, target, upgraded))) : told(log, target, upgraded))
  }),
).pipe(
  Command.withDescription(
    "Bring an older log or recording to today's format, in a new file. Example: ringback upgrade data/ringback.db --out data/new.db",
  ),
)

const besides = (log: string): string => {
  const { dir, ext, name } = path.parse(log)
  return path.join(dir, `${name}.upgraded${ext}`)
}

const told = (log: string, out: string, { after, before, changed }: Upgraded): string =>
  after === undefined
    ? `${log}: all ${before.entries} entries have today's shape; nothing to upgrade, nothing was written`
    : [
        `${after.entries} entries written to ${out}, brought to today's shape: ${[...changed].map(([type, n]) => `${n} ${type}`).join(", ")}`,
        `digest ${after.digest}, was ${before.digest}`,
        `${log} is as it was; check the new one: ringback verify ${out}`,
      ].join("\n")

const asJson = (log: string, out: string, { after, before, changed }: Upgraded) => ({
  log,
  ...(after === undefined ? {} : { out, entries: after.entries, digest: after.digest }),
  was: { entries: before.entries, digest: before.digest },
  changed: Object.fromEntries(changed),
})
