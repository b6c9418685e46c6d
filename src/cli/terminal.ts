import { stripVTControlCharacters, styleText } from "node:util"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { noColour } from "../app/noColour.ts"

type Style = Parameters<typeof styleText>[0]

const coloured = (stream: NodeJS.WriteStream): boolean => stream.isTTY === true && !noColour()

/** Text in a style where standard output is a terminal that takes colour, plain text elsewhere. */
export const styled = (style: Style, text: string): string => (coloured(process.stdout) ? styleText(style, text) : text)

/** A line of progress on standard error that the next one overwrites; nothing where that is no terminal. */
export const progress = (text: string): void => {
  if (process.stderr.isTTY === true) process.stderr.write(`\r\u001b[K${text}`)
}

/** Takes the line of progress away. */
export const progressDone = (): void => progress("")

/** Text from outside made safe to print: control characters, and what would steer a terminal, as escapes. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to be replaced
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (char) =>
    JSON.stringify(char)
      .slice(1, -1)
      .replace(/^[^\\]$/, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  )

/** What JSON leaves as it is in texts and a terminal may obey. */
const steering = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** Makes a piece of JSON safe to print: it stays the same JSON. */
export const printableJson = (json: string): string =>
  json.replace(steering, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** Characters written to standard output at a time. */
const writtenTogether = 65_536

/** Writes JSON that comes in pieces to standard output, no faster than it is taken. */
export const writeJson = (pieces: Iterable<string>): Effect.Effect<void> =>
  Effect.gen(function* () {
    let text = ""
    for (const piece of pieces) {
      text += piece
      if (text.length < writtenTogether) continue
      yield* write(printableJson(text))
      text = ""
    }
    yield* write(printableJson(text))
  })

const write = (text: string): Effect.Effect<void> =>
  Effect.async((resume) => {
    process.stdout.write(text, () => resume(Effect.void))
  })

/** Runs a command with a console that takes colours away where the stream is no terminal that wants them. */
export const withPlainConsole = <A, E, R>(command: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Effect.console, (console) =>
    Console.withConsole(command, {
      ...console,
      log: (...texts) => console.log(...texts.map(plainFor(process.stdout))),
      error: (...texts) => console.error(...texts.map(plainFor(process.stderr)).map(withoutEmptyEnd)),
    }),
  )

const plainFor =
  (stream: NodeJS.WriteStream) =>
  (text: unknown): unknown =>
    typeof text === "string" && !coloured(stream) ? stripVTControlCharacters(text) : text

/** What the command line library says of wrong use ends in empty lines. */
const withoutEmptyEnd = (text: unknown): unknown => (typeof text === "string" ? text.trimEnd() : text)
