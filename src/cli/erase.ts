import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { rules } from "../app/rules.ts"
import { shortCode } from "../core/addresses.ts"
import { parseE164 } from "../core/E164.ts"
import { type Erased, eraseLog } from "../log/erase/eraseLog.ts"
import { type CommandFailed, wrongUse } from "./failure.ts"
import { fileArg } from "./fileArg.ts"
import { plain } from "./looking.ts"
import { fileOption, jsonDone } from "./options.ts"
import { jsonLine, printable, progress } from "./terminal.ts"

const options = {
  log: fileArg("LOG", "A log or a recording (.jsonl)"),
  numbers: Options.text("number").pipe(
    Options.withDescription(
      "A phone number (+15551234567) or short code to erase, and what was said to and by it; may be repeated",
    ),
    Options.repeated,
  ),
  subjects: Options.text("subject").pipe(
    Options.withDescription("The SID or id of a message, call or other thing to erase the content of; may be repeated"),
    Options.repeated,
  ),
  out: fileOption("out", "The new log or recording; it must not exist"),
  json: jsonDone,
}

/** `ringback erase LOG`: a new log without a number, or without what was said in a message or call. */
export const erase = Command.make("erase", options, ({ json, log, numbers, out, subjects }) =>
  Effect.gen(function* () {
    if (numbers.length + subjects.length === 0)
      return yield* wrongUse("nothing was named: give --number +15551234567 or --subject SM…")
    const sought = { numbers: yield* Effect.forEach(numbers, readNumber), subjects: [...new Set(subjects)] }
    const erased = yield* plain(
      eraseLog({
        file: log,
        out,
        sought,
        at: yield* Clock.currentTimeMillis,
        types: rules.entryTypes,
        progress: (entries) => progress(`${entries} entries read`),
      }),
    )
    if (erased === undefined)
      return yield* wrongUse(
        `nothing in ${log} is about ${printable([...numbers, ...subjects].join(", "))}; nothing was written`,
      )
    return yield* Console.log(json ? jsonLine(JSON.stringify({ log, out, ...erased })) : told(log, out, erased))
  }),
).pipe(
  Command.withDescription(
    "Make a new log without a number, or without what was said in a message or call. Example: ringback erase data/ringback.db --number +15551234567 --out kept.db",
  ),
)

const readNumber = (text: string): Either.Either<string, CommandFailed> => {
  const number = parseE164(text) ?? (shortCode.test(text) ? text : undefined)
  return number === undefined
    ? Either.left(
        wrongUse(
          `--number: expected a phone number such as +15551234567 or a short code, found ${JSON.stringify(text)}`,
        ),
      )
    : Either.right(number)
}

const told = (log: string, out: string, { changed, digest, entries, subjects }: Erased): string =>
  [
    `${entries} entries written to ${out}; of ${changed} something was erased, all that was said in ${subjects} messages, calls and the like`,
    `digest ${digest}`,
    `${log} and what lies beside it (.keys, .media, .snapshot) are as they were: remove them once the new log is checked (ringback verify ${out})`,
  ].join("\n")
