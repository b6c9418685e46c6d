import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { withPlainConsole } from "./terminal.ts"

/** What ends a command: a plain line for people and the exit code (1: the thing checked does not hold, 2: wrong use). */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly message: string
  readonly exitCode: 1 | 2
}> {}

/** Wrong use, or something that has to be put right before the command can work. */
export const wrongUse = (message: string): CommandFailed => new CommandFailed({ message, exitCode: 2 })

/** What an error says, as wrong use. */
export const asWrongUse = ({ message }: { readonly message: string }): CommandFailed => wrongUse(message)

/** Runs a command that ends with its exit code, or fails with one: then what went wrong is one plain line on standard error. */
export const exitCodeOf = <E, R>(command: Effect.Effect<number, E | CommandFailed, R>) =>
  command.pipe(
    Effect.catchIf(
      (error): error is CommandFailed => error instanceof CommandFailed,
      ({ exitCode, message }) =>
        Effect.sync(() => {
          if (message !== "") process.stderr.write(`ringback: ${message}\n`)
          return exitCode
        }),
    ),
    withPlainConsole,
  )
