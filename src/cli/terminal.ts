import { styleText } from "node:util"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { dumbTerminal, noColour } from "../app/noColour.ts"
import { printableJson } from "../core/printable.ts"

export { printable } from "../core/printable.ts"

type Style = Parameters<typeof styleText>[0]

const coloured = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && !noColour()

/** Text in a style where standard output is a terminal that takes colour, plain text elsewhere. */
export const styled = (style: Style, text: string): string => (coloured(process.stdout) ? styleText(style, text) : text)

/** A line of progress on standard error that the next one overwrites; nothing where that is no terminal, or one that cannot. */
export const progress = (text: string): void => {
  if (process.stderr.isTTY === true && !dumbTerminal()) process.stderr.write(`\r\u001b[K${text}`)
}

/** Takes the line of progress away. */
export const progressDone = (): void => progress("")

/** A piece of JSON for standard output: as it is where a program reads it, safe to print where that is a terminal. */
export const jsonLine = (json: string, terminal: boolean = process.stdout.isTTY === true): string =>
  terminal ? printableJson(json) : json

/** Characters written to standard output at a time. */
const writtenTogether = 65_536

/** Writes JSON that comes in pieces to standard output, no faster than it is taken. */
export const writeJson = (pieces: Iterable<string>): Effect.Effect<void> =>
  Effect.gen(function* () {
    let text = ""
    for (const piece of pieces) {
      text += piece
      if (text.length < writtenTogether) continue
      yield* write(jsonLine(text))
      text = ""
    }
    yield* write(jsonLine(text))
  })

const write = (text: string): Effect.Effect<void> =>
  Effect.async((resume) => {
    process.stdout.write(text, () => resume(Effect.void))
  })

/**
 * Runs a command with a console that takes colours away where the stream is no terminal that wants them. Nothing but colours: what
 * is printed may be data.
 */
export const withPlainConsole = <A, E, R>(command: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.console, (console) =>
    Console.withConsole(command, {
      ...console,
      log: (...texts) => console.log(...texts.map(plainFor(process.stdout))),
      error: (...texts) => console.error(...texts.map(plainFor(process.stderr))),
    }),
  )

const plainFor =
  (stream: NodeJS.WriteStream) =>
  (text: unknown): unknown =>
    typeof text === "string" && !coloured(stream) ? text.replace(colours, "") : text

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
const colours = /\u001b\[[\d;]*m/g
