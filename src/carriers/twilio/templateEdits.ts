import * as Data from "effect/Data"
import * as Either from "effect/Either"
import { kindOf } from "../../core/kindOf.ts"
import { limits } from "../../core/limits.ts"
import { near } from "../../core/near.ts"
import { parseTemplate, type TemplateName, templateNames } from "./template.ts"

/** The texts of the ten templates by their names. */
export type TemplateTexts = { readonly [Name in TemplateName]: string }

/** What is wrong with one template of a patch: `path` is its name, and where it is a fault of the text `NAME:LINE:COLUMN`. */
export interface TemplateProblem {
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** Every template of a patch that cannot be taken. */
export class BadTemplates extends Data.TaggedError("BadTemplates")<{
  readonly problems: ReadonlyArray<TemplateProblem>
}> {}

/** All ten become data of one entry; half of it is left to the settings. */
export const templatesBytesMax = limits.entryBytesMax / 2

/**
 * The templates as a patch makes them.
 *
 * Shape   `patch` is a group of texts by their templates' names; null is the text the run was started with, out of `base`
 * Refuses what is no template's name, no text, too large, or no template that yields JSON; nothing is changed then
 */
export const editTemplates = (
  texts: TemplateTexts,
  base: TemplateTexts,
  patch: unknown,
): Either.Either<TemplateTexts, BadTemplates> => {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch))
    return refused([{ path: "", expected: "a group of templates by their names", found: kindOf(patch) }])
  const edited = new Map<string, string>(Object.entries(texts))
  const problems: Array<TemplateProblem> = []
  for (const [key, value] of Object.entries(patch)) {
    const read = editOf(key, value, base)
    if (Either.isLeft(read)) problems.push(read.left)
    else edited.set(key, read.right)
  }
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(edited)))
  if (problems.length === 0 && bytes > templatesBytesMax)
    problems.push({
      path: "",
      expected: `templates of at most ${templatesBytesMax} bytes together`,
      found: `${bytes} bytes`,
    })
  return problems.length > 0 ? refused(problems) : Either.right(Object.fromEntries(edited) as TemplateTexts)
}

const editOf = (key: string, value: unknown, base: TemplateTexts): Either.Either<string, TemplateProblem> => {
  const name = templateNames.find((known) => known === key)
  const path = key.slice(0, namedLengthMax)
  if (name === undefined) {
    const nearest = near(path, templateNames)
    const expected = nearest === undefined ? `one of ${templateNames.join(", ")}` : `a template; nearest: ${nearest}`
    return Either.left({ path, expected, found: "this name" })
  }
  if (value === null) return Either.right(base[name])
  if (typeof value !== "string") return Either.left({ path, expected: "a text, or null", found: kindOf(value) })
  const bytes = Buffer.byteLength(value)
  if (bytes > limits.templateBytesMax)
    return Either.left({ path, expected: `at most ${limits.templateBytesMax} bytes`, found: `${bytes}` })
  if (!value.isWellFormed()) return Either.left({ path, expected: "UTF-8", found: "half a surrogate pair" })
  return Either.mapBoth(parseTemplate(name, name, value), {
    onLeft: ({ column, expected, found, line }) => ({ path: `${name}:${line}:${column}`, expected, found }),
    onRight: ({ text }) => text,
  })
}

/** Letters of a wrong name that an error tells. */
const namedLengthMax = 100

const refused = (problems: ReadonlyArray<TemplateProblem>) => Either.left(new BadTemplates({ problems }))
