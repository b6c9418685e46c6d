import type { Pair } from "../../core/entries.ts"
import type { Condition, Literal, Part } from "./templateSyntax.ts"
import { meets, type Path, plainText, type TemplateValues, valueAt } from "./templateValues.ts"

/*
 * A template whose members become form parameters, without the way over JSON text: its names and the pieces of its values
 * are known when it is taken up. Only for an object whose values are strings and whose conditions enclose whole members,
 * which a checked template for callbacks mostly is.
 */

/** Gives the members of the object in order, each value as text. */
export type PairsOf = (values: TemplateValues) => ReadonlyArray<Pair>

type Step = Member | Fork
interface Member {
  readonly _tag: "member"
  readonly name: string
  readonly value: ReadonlyArray<string | Path>
}
interface Fork {
  readonly _tag: "fork"
  readonly condition: Condition
  readonly then: ReadonlyArray<Step>
  readonly otherwise: ReadonlyArray<Step>
}

/** The plan of a template that was checked to yield an object of plain values; undefined for one that needs the long way. */
export const pairsPlan = (parts: ReadonlyArray<Part>): PairsOf | undefined => {
  const names = new Set<string>()
  const steps = stepsOf(parts, names)
  if (steps === undefined) return undefined
  return (values) => {
    const pairs: Array<Pair> = []
    follow(steps, values, pairs)
    return pairs
  }
}

const follow = (steps: ReadonlyArray<Step>, values: TemplateValues, pairs: Array<Pair>): void => {
  for (const step of steps) {
    if (step._tag === "fork") {
      const { condition, otherwise, then } = step
      follow(meets(valueAt(values, undefined, condition.path), condition.equals) ? then : otherwise, values, pairs)
    } else {
      let text = ""
      for (const piece of step.value)
        text += typeof piece === "string" ? piece : plainText(valueAt(values, undefined, piece))
      pairs.push([step.name, text])
    }
  }
}

/** Reads whole members; undefined for anything else. `names` are those of members before, on whichever way. */
const stepsOf = (parts: ReadonlyArray<Part>, names: Set<string>): ReadonlyArray<Step> | undefined => {
  const steps: Array<Step> = []
  let open: { name: string; value: Array<string | Path> } | undefined
  for (const part of parts) {
    if (part._tag === "choice") {
      const then = stepsOf(part.then, names)
      const otherwise = stepsOf(part.otherwise, names)
      if (open !== undefined || then === undefined || otherwise === undefined) return undefined
      steps.push({ _tag: "fork", condition: part.condition, then, otherwise })
    } else if (part._tag === "hole") {
      if (open === undefined || !part.quoted) return undefined
      open.value.push(part.path)
    } else {
      const read = readLiteral(part, open)
      if (read === undefined) return undefined
      for (const { name, value } of read.whole) {
        // The object of the long way keeps one member a name, and puts names that are numbers first.
        if (names.has(name) || /^\d+$/.test(name)) return undefined
        names.add(name)
        steps.push({ _tag: "member", name, value })
      }
      open = read.open
    }
  }
  return open === undefined ? steps : undefined
}

interface Unfinished {
  readonly name: string
  readonly value: Array<string | Path>
}

/**
 * The members that end in a literal, and the one that goes on behind it. Outside strings a literal has no white space, and what
 * separates members need not be looked at: the template was checked.
 */
const readLiteral = ({ text }: Literal, before: Unfinished | undefined) => {
  const whole: Array<Unfinished> = []
  let open = before
  let at = 0
  while (at < text.length) {
    if (open === undefined) {
      if (separators.has(text[at] as string)) {
        at++
        continue
      }
      memberBegins.lastIndex = at
      const found = memberBegins.exec(text)
      if (found === null) return undefined
      open = { name: unescaped(found[1] as string), value: [] }
      at = memberBegins.lastIndex
    }
    stringGoesOn.lastIndex = at
    const piece = stringGoesOn.exec(text)?.[0] ?? ""
    if (piece !== "") open.value.push(unescaped(piece))
    at += piece.length
    if (text[at] === '"') {
      whole.push(open)
      open = undefined
      at++
    }
  }
  return { whole, open }
}

const separators: ReadonlySet<string> = new Set(["{", "}", ","])
const memberBegins = /"((?:[^"\\]|\\.)*)":"/y
const stringGoesOn = /(?:[^"\\]|\\.)*/y

const unescaped = (text: string): string => JSON.parse(`"${text}"`) as string
