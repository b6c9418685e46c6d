import * as fs from "node:fs"
import * as path from "node:path"
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import { byCodeUnit } from "../../core/canonical.ts"
import { limits } from "../../core/limits.ts"
import { knowGood, parseTemplate } from "./template.ts"
import { pathsOf } from "./templateCheck.ts"
import { type TemplateTexts, templatesBytesMax } from "./templateEdits.ts"
import { errorNames, namesKnownTo, responseNames, type TemplateName } from "./templateNames.ts"
import { type Parsed, TemplateError, templateError } from "./templateSyntax.ts"

/** The texts of the ten templates, and what the user should know about the folder. */
export interface LoadedTemplates {
  readonly texts: TemplateTexts
  readonly warnings: ReadonlyArray<string>
}

/** Every fault of the user's templates; `template` of each is its file. */
export class TemplateErrors extends Data.TaggedError("TemplateErrors")<{
  readonly errors: ReadonlyArray<TemplateError>
}> {
  override get message(): string {
    return this.errors.map(({ message }) => message).join("\n")
  }
}

/**
 * Reads the ten templates: the user's where there are some, the shipped ones for the rest.
 *
 * Shape   `setting` is `templates.path`: the folder `responses`, with `errors` beside it, or the folder that holds both;
 *         in each, `twilio/NAME.json`. Without a setting no folder is looked for.
 * Refuses every file that cannot be read, is too large, breaks the syntax or does not yield JSON
 * Warns   once of a missing folder; of files whose name is none of the ten; of paths whose first name nothing has
 */
export const loadTemplates = (
  setting: string | undefined,
  shippedDir: URL = new URL("./templates/", import.meta.url),
): Either.Either<LoadedTemplates, TemplateErrors> => {
  const texts = Object.fromEntries(
    kinds.flatMap((kind) => kind.names.map((name) => [name, shipped(shippedDir, kind, name)])),
  )
  knowGood(texts as TemplateTexts)
  const warnings: Array<string> = []
  const errors: Array<TemplateError> = []
  for (const { folder, names } of setting === undefined ? [] : userFolders(setting, warnings))
    for (const file of filesIn(folder)) {
      const name = names.find((known) => `${known}.json` === file)
      const where = path.join(folder, file)
      if (name === undefined) {
        warnings.push(`${where} is not used: a template here is called ${listed(names)}, each with .json`)
        continue
      }
      const text = readTemplate(where)
      const template = Either.flatMap(text, (content) => parseTemplate(name, where, content))
      if (Either.isLeft(template)) errors.push(template.left)
      else {
        texts[name] = template.right.text
        warnings.push(...unknownNames(name, template.right))
      }
    }
  const bytes = Buffer.byteLength(JSON.stringify(texts))
  if (setting !== undefined && errors.length === 0 && bytes > templatesBytesMax)
    errors.push(fileError(setting, `templates of at most ${templatesBytesMax} bytes together`, `${bytes}`))
  return errors.length > 0
    ? Either.left(new TemplateErrors({ errors }))
    : Either.right({ texts: texts as TemplateTexts, warnings })
}

interface Kind {
  readonly folder: "responses" | "errors"
  readonly names: ReadonlyArray<TemplateName>
}
const kinds: ReadonlyArray<Kind> = [
  { folder: "responses", names: responseNames },
  { folder: "errors", names: errorNames },
]

/** A shipped template; one that is missing is a broken installation and throws. */
const shipped = (dir: URL, { folder }: Kind, name: TemplateName): string =>
  fs.readFileSync(new URL(`${folder}/${name}.json`, dir), "utf8")

interface UserFolder {
  readonly folder: string
  readonly names: ReadonlyArray<TemplateName>
}

const userFolders = (setting: string, warnings: Array<string>): ReadonlyArray<UserFolder> => {
  const holdingBoth = kinds.map(({ folder, names }) => ({ folder: path.join(setting, folder, "twilio"), names }))
  const responses = { folder: path.join(setting, "twilio"), names: responseNames }
  const errors = { folder: path.join(setting, "..", "errors", "twilio"), names: errorNames }
  const found = (
    isFolder(responses.folder) || !holdingBoth.some(({ folder }) => isFolder(folder))
      ? [responses, errors]
      : holdingBoth
  ).filter(({ folder }) => isFolder(folder))
  if (found.length === 0)
    warnings.push(`templates.path ${setting}: no folder ${responses.folder}; the shipped templates are used`)
  return found
}

const isFolder = (folder: string): boolean => fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false

/** Files of a folder by name, hidden ones and folders left out. */
const filesIn = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((file) => !file.isDirectory() && !file.name.startsWith("."))
    .map(({ name }) => name)
    .sort(byCodeUnit)

const readTemplate = (file: string): Either.Either<string, TemplateError> => {
  try {
    const stat = fs.statSync(file)
    if (!stat.isFile()) return Either.left(fileError(file, "a file", "something else"))
    if (stat.size > limits.templateBytesMax)
      return Either.left(fileError(file, `at most ${limits.templateBytesMax} bytes`, `${stat.size}`))
    const bytes = fs.readFileSync(file)
    const text = bytes.toString("utf8")
    return Buffer.from(text, "utf8").equals(bytes)
      ? Either.right(text)
      : Either.left(fileError(file, "UTF-8", "other bytes"))
  } catch (error) {
    return Either.left(
      fileError(file, "a file that can be read", error instanceof Error ? error.message : String(error)),
    )
  }
}

const fileError = (template: string, expected: string, found: string): TemplateError =>
  new TemplateError({ template, line: 1, column: 1, expected, found })

const unknownNames = (name: TemplateName, template: Parsed): ReadonlyArray<string> =>
  [...pathsOf(template.parts).values()]
    .filter(({ path: { names } }) => !namesKnownTo[name].includes(names[0] as string))
    .map(({ path: { text }, at }) => {
      const { line } = templateError(template, { at, expected: "", found: "" })
      return `${template.name}:${line}: nothing is called ${text} here, so it is empty; known are ${listed(namesKnownTo[name])}`
    })

const listed = (names: ReadonlyArray<string>): string => names.join(", ")
