import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { examine } from "../app/doctor/doctor.ts"
import type { Told } from "../app/doctor/reached.ts"
import { CommandFailed } from "./failure.ts"
import { portOf, serverUrl } from "./given.ts"
import { jsonOption, settingsFlags } from "./options.ts"
import { jsonLine, printable, styled } from "./terminal.ts"

const options = {
  ...settingsFlags,
  callbacks: Options.text("callback").pipe(
    Options.withDescription("Where your application listens (http://localhost:3000); may be repeated"),
    Options.repeated,
  ),
  json: jsonOption("What was found as one line of JSON"),
}

/** `ringback doctor`: whether a server with these settings would work, and what to do where it would not. */
export const doctor = Command.make("doctor", options, ({ callbacks, config, db, host, json, port }) =>
  Effect.gen(function* () {
    const urls = yield* Effect.forEach(callbacks, (text) => serverUrl("callback", Option.some(text)))
    const flags = {
      config: Option.getOrUndefined(config),
      db: Option.getOrUndefined(db),
      host: Option.getOrUndefined(host),
      port: yield* portOf("port", port),
    }
    const found = yield* examine(
      flags,
      urls.filter((url) => url !== undefined),
    )
    const failed = found.filter(({ state }) => state === "fail").length
    if (json) yield* Console.log(jsonLine(JSON.stringify({ healthy: failed === 0, checks: found })))
    else yield* Console.log([...found.flatMap(lines), "", ending(found)].join("\n"))
    if (failed > 0) return yield* new CommandFailed({ message: "", exitCode: 1 })
    return undefined
  }),
).pipe(
  Command.withDescription(
    "Look whether everything is in place, and say what to do where it is not; changes nothing. Exit code 1: something keeps it from working. Example: ringback doctor --callback http://localhost:3000",
  ),
)

const colours = { ok: "green", warn: "yellow", fail: "red" } as const

const lines = ({ about, fix, found, state }: Told): ReadonlyArray<string> => [
  `${styled(colours[state], state.padEnd(4))}  ${printable(about)}: ${printable(found)}`,
  ...(fix?.split("\n") ?? []).map((line) => `      ${printable(line)}`),
]

const ending = (found: ReadonlyArray<Told>): string => {
  const count = (state: Told["state"]) => found.filter((each) => each.state === state).length
  return count("fail") + count("warn") === 0
    ? "All is well."
    : `${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} to mend`
}
