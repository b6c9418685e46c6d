import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { InvalidTemplate, MissingVariables, UnknownTemplate } from "./errors.ts"
import type { Templates } from "./TwilioClient.ts"
import type { TemplateValue, TemplateVariables } from "./types.ts"

/* Texts with places: {{ name }} and {{ order.id }}, a dotted path and nothing else. A template is not code. */

/** A template as read: texts, and paths between them. */
export interface Template {
  readonly texts: ReadonlyArray<string>
  /** One less than texts. */
  readonly paths: ReadonlyArray<ReadonlyArray<string>>
}

const textLengthMax = 16_384
const templatesMax = 1_000

/** Refuses what stands between braces and is no path, and a brace pair that is not closed. */
export const parseTemplate = (name: string, text: string): Either.Either<Template, InvalidTemplate> => {
  const refused = (why: string) =>
    Either.left(new InvalidTemplate({ message: `template ${JSON.stringify(name)}: ${why}` }))
  if (typeof text !== "string") return refused("it has no text")
  if (text.length > textLengthMax) return refused(`longer than ${textLengthMax} characters`)
  const texts: Array<string> = []
  const paths: Array<ReadonlyArray<string>> = []
  let at = 0
  for (;;) {
    const open = text.indexOf("{{", at)
    if (open < 0) break
    const close = text.indexOf("}}", open)
    if (close < 0) return refused(`"{{" at character ${open + 1} is not closed`)
    const path = text.slice(open + 2, close).trim()
    if (!pathShape.test(path)) return refused(`at character ${open + 1}: expected names joined by dots`)
    texts.push(text.slice(at, open))
    paths.push(path.split("."))
    at = close + 2
  }
  texts.push(text.slice(at))
  return Either.right({ texts, paths })
}
const pathShape = /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/

/** Own properties only: nothing that every object has is a variable. */
const valueAt = (variables: TemplateVariables, path: ReadonlyArray<string>): string | undefined => {
  let value: TemplateValue | undefined = variables
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return typeof value === "object" || value === undefined ? undefined : String(value)
}

/** The variables that a template asks for and that are not there, each once, as they are written. */
export const missingIn = ({ paths }: Template, variables: TemplateVariables): ReadonlyArray<string> => [
  ...new Set(paths.filter((path) => valueAt(variables, path) === undefined).map((path) => path.join("."))),
]

/** The text. Only with all variables there. */
export const fill = ({ paths, texts }: Template, variables: TemplateVariables): string =>
  texts.map((text, i) => (i === 0 ? text : `${valueAt(variables, paths[i - 1] ?? []) ?? ""}${text}`)).join("")

/** Templates in memory. */
export const makeTemplates = (): Templates => {
  const known = new Map<string, Template>()
  const ready = (name: string, variables: TemplateVariables) =>
    Either.gen(function* () {
      const template = known.get(name)
      if (template === undefined)
        return yield* Either.left(new UnknownTemplate({ message: `there is no template ${JSON.stringify(name)}` }))
      const missing = missingIn(template, variables)
      if (missing.length > 0)
        return yield* Either.left(
          new MissingVariables({ message: `template ${JSON.stringify(name)} needs ${missing.join(", ")}` }),
        )
      return template
    })
  return {
    register: (name, text) =>
      Effect.suspend(() => {
        if (!known.has(name) && known.size >= templatesMax)
          return Effect.fail(new InvalidTemplate({ message: `there are ${templatesMax} templates already` }))
        return Effect.map(parseTemplate(name, text), (template) => void known.set(name, template))
      }),
    validate: (name, variables = {}) => Effect.suspend(() => Effect.asVoid(ready(name, variables))),
    render: (name, variables = {}) =>
      Effect.suspend(() => Effect.map(ready(name, variables), (template) => fill(template, variables))),
  }
}
