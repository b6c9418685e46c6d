import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { readAnswer } from "../app/forkAnswers.ts"
import { changedSettings, readChange, type SettingsChange } from "../app/forkSettings.ts"
import { machines } from "../app/machines.ts"
import { snapshotOf } from "../app/snapshots.ts"
import { newLog } from "../log/newLog.ts"
import type { ChangedAnswer } from "../timetravel/changedAnswers.ts"
import { forkLog } from "../timetravel/fork.ts"
import { instant, placeOf } from "../timetravel/place.ts"
import { asWrongUse, CommandFailed, wrongUse } from "./failure.ts"
import { logArg } from "./fileArg.ts"
import { opened, plain, refuseEdited } from "./looking.ts"
import { fileOption, jsonDone } from "./options.ts"
import { jsonLine, progress, progressDone } from "./terminal.ts"

const options = {
  log: logArg(),
  at: Options.text("at").pipe(
    Options.withDescription(
      "The entry after which things go otherwise: its seq, or an instant; not needed with --answer (default: before it)",
    ),
    Options.optional,
  ),
  answer: Options.text("answer").pipe(
    Options.withDescription(
      "SEQ=STATUS[@AFTER][:BODY] or SEQ=timeout, connect, reset: what the attempt of an outbound.requested, or the next one of a timer.set, is answered: 29=500; may be given several times",
    ),
    Options.repeated,
  ),
  set: Options.text("set").pipe(
    Options.withDescription(
      "PATH=VALUE in the words of the settings file: twilio.numbers[+15551234567].outcome=failed; may be given several times",
    ),
    Options.repeated,
  ),
  swap: Options.text("swap").pipe(
    Options.withDescription("SEQ,SEQ of two timer.set entries that are pending: each is due when the other was"),
    Options.optional,
  ),
  inputs: Options.choice("inputs", ["keep", "drop"]).pipe(
    Options.withDescription("Whether requests and orders after the cut come again, at their instants (default keep)"),
    Options.withDefault("keep" as const),
  ),
  out: fileOption("out", "The log to make; it must not exist"),
  json: jsonDone,
}

/** `ringback fork LOG --at SEQ --out NEW`: what would have happened if, as a log of its own. */
export const fork = Command.make("fork", options, (given) =>
  Effect.gen(function* () {
    const { inputs, json, log, out } = given
    if (out.endsWith(".jsonl"))
      return yield* wrongUse(
        `--out: a fork is a log; name it otherwise and make a recording of it with ringback export`,
      )
    const settings = yield* settingsOf(given.set)
    const swap = yield* swapOf(Option.getOrUndefined(given.swap))
    const answers: Array<ChangedAnswer> = []
    for (const text of given.answer)
      answers.push(yield* Either.mapLeft(readAnswer(text), (why) => wrongUse(`--answer: ${why}`)))
    if (Option.isNone(given.at) && answers.length === 0)
      return yield* wrongUse("--at: say after which entry things go otherwise, or which --answer is another one")
    const source = yield* opened(log)
    yield* refuseEdited(log, source)
    const { isLog, reader } = source
    const seq = Option.isNone(given.at) ? undefined : (yield* plain(placeOf(reader, given.at.value))).seq
    const { cut, head } = yield* newLog(out, (into) =>
      forkLog(
        {
          reader,
          machines,
          at: seq,
          change: { ...settings, ...swap, answers },
          inputs,
          snapshot: isLog ? snapshotOf(log) : undefined,
          progress: (doing, entry) => progress(`${entry} entries ${doing}`),
        },
        into,
      ),
    ).pipe(
      Effect.ensuring(Effect.sync(progressDone)),
      Effect.mapError((error) =>
        error._tag === "RerunFailed" ? new CommandFailed({ message: error.message, exitCode: 1 }) : asWrongUse(error),
      ),
    )
    if (seq !== undefined && cut < seq)
      yield* Console.error(
        `entry ${cut} is the last one up to ${seq} after which a change can enter: the fork begins there`,
      )
    const told = { log, out, cut, entries: head.seq, at: instant(head.at), digest: head.hash }
    if (json) return yield* Console.log(jsonLine(JSON.stringify(told)))
    yield* Console.log(
      [
        `${out} is ${log} up to entry ${cut}, and goes on by itself to entry ${head.seq} (${instant(head.at)})`,
        `digest ${head.hash}`,
        `ringback diff ${log} ${out}`,
      ].join("\n"),
    )
    return undefined
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "Go on from a place of a log with one thing changed, into a log of its own. Example: ringback fork run.jsonl --at 42 --set twilio.default_behavior=failure --out fork.db",
  ),
)

const settingsOf = (texts: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const changes: Array<SettingsChange> = []
    for (const text of texts) changes.push(yield* Either.mapLeft(readChange(text), (why) => wrongUse(`--set: ${why}`)))
    return changes.length === 0 ? {} : { settings: changedSettings(changes) }
  })

const swapOf = (text: string | undefined) => {
  if (text === undefined) return Effect.succeed({})
  const parts = /^(\d{1,15}),(\d{1,15})$/.exec(text)
  return parts === null || parts[1] === parts[2]
    ? wrongUse(
        `--swap: expected the seqs of two timer.set entries such as 27,29, found ${JSON.stringify(text.slice(0, 60))}`,
      )
    : Effect.succeed({ swap: [Number(parts[1]), Number(parts[2])] as const })
}
