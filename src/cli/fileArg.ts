import * as Args from "@effect/cli/Args"
import * as HelpDoc from "@effect/cli/HelpDoc"
import * as Effect from "effect/Effect"

/** A word on the command line. What begins with a hyphen is an option that does not exist, not a word. */
export const wordArg = (name: string, description: string): Args.Args<string> =>
  Args.text({ name }).pipe(
    Args.withDescription(description),
    Args.mapEffect((text) =>
      text.startsWith("-") ? Effect.fail(HelpDoc.p(`Received unknown argument: '${text}'`)) : Effect.succeed(text),
    ),
  )

/** A file named on the command line. */
export const fileArg = wordArg

export const logArg = (name = "LOG") => fileArg(name, "A log, also of a running server, or a recording (.jsonl)")

export const trafficArg = fileArg("FILE", "Recorded traffic (.jsonl)")
