import * as Data from "effect/Data"
import * as Either from "effect/Either"
import { limits } from "../../core/limits.ts"
import { escaped, type Path } from "./templateValues.ts"

/*
 * Templates are JSON texts with holes, and not code:
 *
 *   {{ PATH }}                        a value; PATH is names joined by dots, such as message_sid or request.To
 *   {% if PATH %} … {% endif %}       when the value is there and is not false, 0 or empty
 *   {% if PATH == "text" %} … {% else %} … {% endif %}
 *
 * Anything else between such marks is refused. What Eta compiles is made of fixed words and numbers alone; literals
 * and paths reach it as data, so nothing a template says can become code. Inside a JSON string a value is escaped,
 * outside it becomes a JSON value. All output is ASCII, and white space outside strings is dropped.
 */

/** A template as read. */
export interface Parsed {
  /** What errors call it: one of the ten names, or a file. */
  readonly name: string
  readonly text: string
  readonly parts: ReadonlyArray<Part>
}

/** Part of a parsed template; `at` is its offset in the text. */
export type Part = Literal | Hole | Choice
export interface Literal {
  readonly _tag: "literal"
  readonly at: number
  /** As it stands in the template. */
  readonly raw: string
  /** As it is put out. */
  readonly text: string
}
export interface Hole {
  readonly _tag: "hole"
  readonly at: number
  readonly path: Path
  /** Whether it stands inside a JSON string. */
  readonly quoted: boolean
}
export interface Choice {
  readonly _tag: "choice"
  readonly at: number
  readonly condition: Condition
  readonly then: ReadonlyArray<Part>
  readonly otherwise: ReadonlyArray<Part>
}
export interface Condition {
  readonly path: Path
  /** The text the value must be equal to; without it the value must be there and not false, 0 or empty. */
  readonly equals: string | undefined
}

/** Why a template is refused and where: `line` and `column` count from 1. */
export class TemplateError extends Data.TaggedError("TemplateError")<{
  readonly template: string
  readonly line: number
  readonly column: number
  readonly expected: string
  readonly found: string
}> {
  override get message(): string {
    return `${this.template}:${this.line}:${this.column}: expected ${this.expected}, found ${this.found}`
  }
}

/** An offset and what is wrong there. */
export interface Fault {
  readonly at: number
  readonly expected: string
  readonly found: string
}

/** Names the line and column of a fault in a template's text. */
export const templateError = (
  { name, text }: { readonly name: string; readonly text: string },
  { at, expected, found }: Fault,
): TemplateError => {
  const before = text.slice(0, at)
  const line = before.split("\n").length
  return new TemplateError({ template: name, line, column: at - before.lastIndexOf("\n"), expected, found })
}

/**
 * Reads a template.
 *
 * Refuses any syntax but the three forms above, unbalanced ifs and quotation marks, and texts over
 * `limits.templateBytesMax`. Whether what it yields is JSON is `checkTemplate`'s to say.
 */
export const parseParts = (name: string, text: string): Either.Either<Parsed, TemplateError> =>
  Either.mapBoth(parse(text), {
    onLeft: (found) => templateError({ name, text }, found),
    onRight: (parts) => ({ name, text, parts }),
  })

/** A piece of text for an error message, cut at its line's end. */
export const excerpt = (text: string, at: number): string => {
  if (at >= text.length) return "the end of the template"
  const line = text.slice(at, at + excerptLengthMax + 1).split(/[\r\n]/)[0] as string
  if (line === "") return "the end of the line"
  return JSON.stringify(line.length > excerptLengthMax ? `${line.slice(0, excerptLengthMax)}…` : line)
}

const excerptLengthMax = 24

/** An open `{% if %}`: where its parts go, and whether a JSON string was open before it and after its first way. */
interface OpenIf {
  readonly at: number
  readonly condition: Condition
  readonly inStringBefore: boolean
  readonly outer: Array<Part>
  readonly then: Array<Part>
  otherwise: Array<Part> | undefined
  inStringAfterThen: boolean
}

const parse = (text: string): Either.Either<ReadonlyArray<Part>, Fault> => {
  if (text.length > limits.templateBytesMax || Buffer.byteLength(text) > limits.templateBytesMax)
    return fault(0, `at most ${limits.templateBytesMax} bytes`, `${Buffer.byteLength(text)}`)
  const top: Array<Part> = []
  const open: Array<OpenIf> = []
  let parts = top
  let inString = false
  let quoteAt = 0
  let at = text.startsWith("\uFEFF") ? 1 : 0
  while (at < text.length) {
    const start = markFrom(text, at)
    if (start > at) {
      const literal = parseLiteral(text, at, start, inString)
      if (Either.isLeft(literal)) return Either.left(literal.left)
      parts.push(literal.right.part)
      inString = literal.right.inString
      quoteAt = literal.right.quoteAt ?? quoteAt
    }
    if (start === text.length) break
    const mark = parseMark(text, start)
    if (Either.isLeft(mark)) return Either.left(mark.left)
    const { kind, end } = mark.right
    at = end
    const frame = open.at(-1)
    if (kind === "hole") parts.push({ _tag: "hole", at: start, path: mark.right.path, quoted: inString })
    else if (kind === "if") {
      if (open.length === nestingMax) return fault(start, `at most ${nestingMax} ifs inside each other`, "one more")
      const { condition } = mark.right
      const then: Array<Part> = []
      open.push({
        at: start,
        condition,
        inStringBefore: inString,
        outer: parts,
        then,
        otherwise: undefined,
        inStringAfterThen: inString,
      })
      parts = then
    } else if (frame === undefined) return fault(start, "an if before it", excerpt(text, start))
    else if (kind === "else") {
      if (frame.otherwise !== undefined) return fault(start, "{% endif %}", "a second else")
      frame.inStringAfterThen = inString
      inString = frame.inStringBefore
      parts = frame.otherwise = []
    } else {
      const other = frame.otherwise === undefined ? frame.inStringBefore : frame.inStringAfterThen
      if (inString !== other)
        return fault(frame.at, "both ways through this if to end on the same side of a quotation mark", "two sides")
      const { condition, then, otherwise = [] } = frame
      frame.outer.push({ _tag: "choice", at: frame.at, condition, then, otherwise })
      parts = frame.outer
      open.pop()
    }
  }
  const unclosed = open.at(-1)
  if (unclosed !== undefined) return fault(unclosed.at, "an {% endif %} for this if", "none")
  if (inString) return fault(quoteAt, "a closing quotation mark", "none")
  return Either.right(top)
}

const nestingMax = 16

const fault = (at: number, expected: string, found: string): Either.Either<never, Fault> =>
  Either.left({ at, expected, found })

/** The offset of the next mark, or the text's end. `{#` counts as one, and is refused, because Jinja reads a comment. */
const markFrom = (text: string, at: number): number => {
  markStart.lastIndex = at
  return markStart.exec(text)?.index ?? text.length
}

type Mark =
  | { readonly kind: "hole"; readonly end: number; readonly path: Path }
  | { readonly kind: "if"; readonly end: number; readonly condition: Condition }
  | { readonly kind: "else" | "endif"; readonly end: number }

const parseMark = (text: string, start: number): Either.Either<Mark, Fault> => {
  let at = start + 2
  /** Takes what a pattern matches here, after spaces. */
  const take = (pattern: RegExp): string | undefined => {
    at = endOf(spaces, text, at) ?? at
    const end = endOf(pattern, text, at)
    if (end === undefined) return undefined
    const taken = text.slice(at, end)
    at = end
    return taken
  }
  const refused = (expected: string) => fault(at, expected, excerpt(text, at))

  if (text[start + 1] === "{") {
    const path = take(dottedPath)
    if (path === undefined) return refused("a dotted path such as message_sid or request.To")
    if (take(/\}\}/y) === undefined) return refused("}} after the path")
    return Either.right({ kind: "hole", end: at, path: pathOf(path) })
  }
  const word = text[start + 1] === "%" ? take(/(?:if|else|endif)\b/y) : undefined
  if (word === undefined)
    return fault(start, 'if PATH, if PATH == "text", else or endif in {% %}', excerpt(text, start))
  if (word !== "if") {
    if (take(/%\}/y) === undefined) return refused(`%} after ${word}`)
    return Either.right({ kind: word as "else" | "endif", end: at })
  }
  const path = take(dottedPath)
  if (path === undefined) return refused("a dotted path such as error_code or request.To")
  let equals: string | undefined
  if (take(/==/y) !== undefined) {
    const quoted = take(quotedLiteral)
    if (quoted === undefined) return refused("a text in double quotes on one line")
    equals = JSON.parse(quoted) as string
  }
  if (take(/%\}/y) === undefined) return refused(equals === undefined ? '== "text" or %}' : "%} after the text")
  return Either.right({ kind: "if", end: at, condition: { path: pathOf(path), equals } })
}

const markStart = /\{[{%#]/g
const spaces = /\s*/y
const dottedPath = /[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*/y
const quotedLiteral = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/uy

const endOf = (pattern: RegExp, text: string, at: number): number | undefined => {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

const pathOf = (text: string): Path => {
  const names = text.split(".")
  return { text, names, rests: names.map((_, i) => names.slice(i).join(".")) }
}

interface ParsedLiteral {
  readonly part: Literal
  readonly inString: boolean
  /** The last opening quotation mark in it. */
  readonly quoteAt: number | undefined
}

/**
 * Reads the text between two marks: drops white space outside strings, escapes what is not ASCII inside.
 *
 * An escape must stand whole in one literal: split by a mark, a value could turn it into the string's end.
 */
const parseLiteral = (text: string, from: number, to: number, open: boolean): Either.Either<ParsedLiteral, Fault> => {
  let inString = open
  let quoteAt: number | undefined
  let out = ""
  for (let at = from; at < to; at++) {
    const character = text[at] as string
    if (character === '"') {
      inString = !inString
      if (inString) quoteAt = at
      out += character
    } else if (!inString) {
      if (jsonSpace.test(character)) continue
      if (!jsonOutside.test(character)) return fault(at, "JSON", excerpt(text, at))
      out += character
    } else if (character === "\\") {
      const end = endOf(jsonEscape, text, at)
      if (end === undefined || end > to)
        return fault(at, "a whole JSON escape such as \\n or \\u00e9", excerpt(text, at))
      out += text.slice(at, end)
      at = end - 1
    } else if (character < " ")
      return fault(at, "a closing quotation mark on the same line; \\n is a line's end inside", excerpt(text, at))
    else out += escaped(character)
  }
  return Either.right({ part: { _tag: "literal", at: from, raw: text.slice(from, to), text: out }, inString, quoteAt })
}

const jsonSpace = /[ \t\r\n]/
const jsonOutside = /[{}[\],:A-Za-z0-9+.-]/
const jsonEscape = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y
