import * as Either from "effect/Either"

/** What a line should have held, and what it held. */
export interface BadTraffic {
  readonly expected: string
  readonly found: string
}

/** Thrown by `Fields` where something is not as it should be; `readingFields` makes a value of it. */
class NotAsExpected extends Error {
  readonly bad: BadTraffic
  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.bad = { expected, found }
  }
}

/** The fields of an object that came from outside, with the place it stands in, so that a fault can be named. */
export class Fields {
  readonly #values: object
  readonly #path: string

  constructor(values: object, path = "") {
    this.#values = values
    this.#path = path
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#values, name)
  }

  value(name: string): unknown {
    return this.has(name) ? (this.#values as Readonly<Record<string, unknown>>)[name] : undefined
  }

  text(name: string): string {
    const value = this.value(name)
    return typeof value === "string" ? value : this.refuse(name, "a text")
  }

  integer(name: string, least: number, most: number = Number.MAX_SAFE_INTEGER): number {
    const value = this.value(name)
    const fits = Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
    if (fits) return Number(value)
    const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`
    return this.refuse(name, `an integer ${bounds}`)
  }

  oneOf<const Word extends string>(name: string, words: ReadonlyArray<Word>): Word {
    const value = this.value(name)
    return words.find((word) => word === value) ?? this.refuse(name, words.map((word) => `"${word}"`).join(" or "))
  }

  group(name: string): Fields {
    const value = this.value(name)
    return isObject(value) ? new Fields(value, this.#place(name)) : this.refuse(name, "an object")
  }

  names(): ReadonlyArray<string> {
    return Object.keys(this.#values)
  }

  /** All of it as pairs of names and texts. */
  texts(): ReadonlyArray<readonly [name: string, value: string]> {
    return this.names().map((name) => [name, this.text(name)])
  }

  refuse(name: string, expected: string): never {
    throw new NotAsExpected(`${expected} in ${this.#place(name)}`, shown(this.value(name)))
  }

  #place(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`
  }
}

/** Reads the object that a line of JSON is. */
export const readingFields = <A>(
  line: string,
  expected: string,
  read: (fields: Fields) => A,
): Either.Either<A, BadTraffic> => {
  const value = parsedObject(line)
  if (value === undefined)
    return Either.left({ expected, found: line === "" ? "an empty line" : `${excerpt(line)}, which is no JSON object` })
  try {
    return Either.right(read(new Fields(value)))
  } catch (error) {
    if (error instanceof NotAsExpected) return Either.left(error.bad)
    throw error
  }
}

/** The object that a line of JSON is; `undefined` when it is none. */
export const parsedObject = (line: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(line)
    return isObject(value) ? value : undefined
  } catch {
    return undefined // What is no JSON is no object either; whoever asks says so.
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const shown = (value: unknown): string => (value === undefined ? "nothing" : excerpt(JSON.stringify(value), false))

/** The beginning of a text in one line, whatever it holds. */
const excerpt = (text: string, quoted = true): string => {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text
  return quoted ? JSON.stringify(short) : short
}
