/** One file of the repository; `path` is relative to its root, with `/`. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

/** One import or re-export of a file. */
export interface Import {
  readonly specifier: string
  readonly line: number
  /** Gone at run time. */
  readonly typeOnly: boolean
}

/** A file read: its code without comments and without what stands in its strings, and what it imports. */
export interface ReadFile extends SourceFile {
  /** As long as the text, line for line. */
  readonly code: string
  readonly imports: ReadonlyArray<Import>
}

export const readSource = (file: SourceFile): ReadFile => {
  const code = codeOf(file.text)
  return { ...file, code, imports: importsOf(file.text, code) }
}

/** The line of a place in a text, counted from 1. */
export const lineAt = (text: string, index: number): number => {
  let line = 1
  for (let i = text.indexOf("\n"); i !== -1 && i < index; i = text.indexOf("\n", i + 1)) line++
  return line
}

const statement =
  /^[ \t]*(?:import|export)\s+(type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s*as\s+[\w$]+)?|\{[^{}]*\})?\s*from\s*["']/gm
const sideEffect = /^[ \t]*import\s*["']/gm
const dynamic = /\bimport\s*\(\s*["']/g

const importsOf = (text: string, code: string): ReadonlyArray<Import> => {
  const found: Array<Import> = []
  for (const pattern of [statement, sideEffect, dynamic])
    for (const match of code.matchAll(pattern)) {
      const quote = match.index + match[0].length - 1
      const end = text.indexOf(text.charAt(quote), quote + 1)
      found.push({ specifier: text.slice(quote + 1, end), line: lineAt(text, quote), typeOnly: match[1] !== undefined })
    }
  return found
}

/**
 * The text with comments and the contents of strings, templates and regular expressions turned into spaces.
 *
 * Lengths and line ends stay, so a place in one is the same place in the other. Code inside `${}` is kept.
 */
export const codeOf = (text: string): string => {
  const out = text.split("")
  const wipe = (from: number, to: number) => {
    for (let i = from; i < to && i < out.length; i++) if (out[i] !== "\n") out[i] = " "
  }
  /** For each template that is open: how many braces its current `${}` has open. */
  const templates: Array<number> = []
  let i = 0
  while (i < text.length) {
    const char = text.charAt(i)
    const end = spanEnd(text, i, out)
    if (end !== undefined) {
      const quoted = char === '"' || char === "'"
      wipe(quoted ? i + 1 : i, quoted ? end - 1 : end)
      i = end
    } else if (char === "`" || (char === "}" && templates.at(-1) === 0)) {
      if (char === "}") templates.pop()
      const stop = templateEnd(text, i + 1)
      const opensCode = text.charAt(stop) === "$"
      wipe(i + 1, stop)
      if (opensCode) templates.push(0)
      i = stop + (opensCode ? 2 : 1)
    } else {
      const depth = templates.length - 1
      if (char === "{" && depth >= 0) templates[depth] = (templates[depth] ?? 0) + 1
      if (char === "}" && depth >= 0) templates[depth] = (templates[depth] ?? 0) - 1
      i++
    }
  }
  return out.join("")
}

/** Where the comment, string or regular expression that starts at `i` ends; undefined if none starts there. */
const spanEnd = (text: string, i: number, out: ReadonlyArray<string>): number | undefined => {
  const char = text.charAt(i)
  if (char === '"' || char === "'") return literalEnd(text, i, char)
  if (char !== "/") return undefined
  if (text.charAt(i + 1) === "/") return orEnd(text, text.indexOf("\n", i))
  if (text.charAt(i + 1) === "*") return orEnd(text, text.indexOf("*/", i + 2) + 2, 1)
  return startsRegex(out, i) ? literalEnd(text, i, "/") : undefined
}

const orEnd = (text: string, found: number, none = -1) => (found === none ? text.length : found)

/** After the closing quote or slash; a line's end closes what was left open. */
const literalEnd = (text: string, start: number, close: string): number => {
  let inClass = false
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === "\n") return i
    if (char === "\\") i++
    else if (close === "/" && char === "[") inClass = true
    else if (close === "/" && char === "]") inClass = false
    else if (char === close && !inClass) return i + 1
  }
  return text.length
}

/** At the closing backtick or at the `$` of `${`. */
const templateEnd = (text: string, start: number): number => {
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i)
    if (char === "\\") i++
    else if (char === "`" || (char === "$" && text.charAt(i + 1) === "{")) return i
  }
  return text.length
}

/** A slash after an operator or a keyword opens a regular expression; after a value it divides. */
const startsRegex = (out: ReadonlyArray<string>, i: number): boolean => {
  let before = i - 1
  while (before >= 0 && /\s/.test(out[before] ?? "")) before--
  const last = out[before]
  if (last === undefined || "(,=:[!&|?{;+-*%<>~^".includes(last)) return true
  const word = /[a-z]+$/.exec(out.slice(Math.max(0, before - 10), before + 1).join(""))?.[0]
  return ["return", "typeof", "case", "in", "of", "void", "delete", "await", "yield"].includes(word ?? "")
}
