import * as Either from "effect/Either"
import { Eta } from "eta/core"
import type { Pair } from "../../core/entries.ts"
import { checkTemplate } from "./templateCheck.ts"
import { type TemplateName, templateNames } from "./templateNames.ts"
import { type PairsOf, pairsPlan } from "./templatePairs.ts"
import { type Condition, type Parsed, type Part, parseParts, TemplateError } from "./templateSyntax.ts"
import { bareText, meets, type Path, quotedText, type TemplateValues, valueAt } from "./templateValues.ts"

export { checkTemplate } from "./templateCheck.ts"
export { namesKnownTo, type TemplateName, templateNames } from "./templateNames.ts"
export { TemplateError } from "./templateSyntax.ts"
export { asciiJson, type TemplateValues } from "./templateValues.ts"

/** A compiled template. */
export interface Template extends Parsed {
  /**
   * Fills the holes; never throws. That it yields JSON is what `checkTemplate` shows.
   *
   * `request` are the parameters that `request.X` reads; they may as well be the value called `request`.
   */
  readonly render: (values: TemplateValues, request?: ReadonlyArray<Pair>) => string
  /** The members of the object it yields, as form parameters; for one that was checked as a form. */
  readonly pairs: PairsOf
}

/** The ten templates, compiled and checked. */
export type TemplateSet = { readonly [Name in TemplateName]: Template }

/** Compiles a template, which may still yield what is no JSON. `name` is what its errors call it. */
export const compileTemplate = (name: string, text: string): Either.Either<Template, TemplateError> =>
  Either.map(parseParts(name, text), (parsed) => {
    const render = renderer(parsed.parts)
    return { ...parsed, render, pairs: pairsPlan(parsed.parts) ?? pairsByJson(render) }
  })

/** The members of the object that a template renders. */
export const pairsByJson =
  (render: Template["render"]): PairsOf =>
  (values) =>
    Object.entries(JSON.parse(render(values)) as object).map(([name, value]): Pair => [name, String(value)])

/** Compiles and checks one template of the ten. `where` is what errors call it. */
export const parseTemplate = (
  name: TemplateName,
  where: string,
  text: string,
): Either.Either<Template, TemplateError> =>
  Either.flatMap(compileTemplate(where, text), (template) =>
    Either.map(checkTemplate(template, { form: name === "delivery_status" || name === "call_status" }), () => template),
  )

/**
 * Compiles and checks the ten templates; used when a run starts and when a log, perhaps a stranger's, is verified.
 *
 * Refuses with every template's first fault. A missing name is a fault; names that are none of the ten are passed over.
 */
export const parseTemplateSet = (texts: {
  readonly [name: string]: string
}): Either.Either<TemplateSet, ReadonlyArray<TemplateError>> => {
  const errors: Array<TemplateError> = []
  const templates: { [Name in TemplateName]?: Template } = {}
  for (const name of templateNames) {
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined
    if (text !== undefined && knownGood.get(name) === text) {
      whenAsked(templates, name, () => Either.getOrThrow(parsedOnce(name, text)))
      continue
    }
    const template = text === undefined ? Either.left(missing(name)) : parsedOnce(name, text)
    if (Either.isLeft(template)) errors.push(template.left)
    else templates[name] = template.right
  }
  if (errors.length > 0) return Either.left(errors)
  textsBySet.set(
    templates,
    textsFrom((name) => texts[name]),
  )
  return Either.right(templates as TemplateSet)
}

/** What each set was made of: to look at a template's own text would compile it. */
const textsBySet = new WeakMap<object, Readonly<Record<TemplateName, string>>>()

/** The texts of the ten templates of a set. */
export const textsOf = (templates: TemplateSet): Readonly<Record<TemplateName, string>> =>
  textsBySet.get(templates) ?? textsFrom((name) => templates[name].text)

/** Whether a set is that of these texts. */
export const isSetOf = (templates: TemplateSet, texts: Readonly<Record<string, string>>): boolean => {
  const known = textsOf(templates)
  return templateNames.every((name) => known[name] === texts[name])
}

const textsFrom = (textOf: (name: TemplateName) => string | undefined): Readonly<Record<TemplateName, string>> =>
  Object.fromEntries(templateNames.map((name) => [name, textOf(name)])) as Record<TemplateName, string>

/** The text of each name that needs no check when a run starts. */
const knownGood = new Map<TemplateName, string>()

/**
 * Says that the ten templates of this text pass the check: those the program ships, which its tests check. Each is compiled when it is
 * first asked for; to check all ten takes a thirtieth of a start.
 */
export const knowGood = (texts: Readonly<Record<TemplateName, string>>): void => {
  for (const name of templateNames) knownGood.set(name, texts[name])
}

/** Gives an object a member that is made when it is first read. */
const whenAsked = <Name extends string, A>(object: { [Key in Name]?: A }, name: Name, make: () => A): void => {
  const settle = (value: A) =>
    Object.defineProperty(object, name, { configurable: true, enumerable: true, value, writable: true })
  Object.defineProperty(object, name, {
    configurable: true,
    enumerable: true,
    get: () => {
      const value = make()
      settle(value)
      return value
    },
  })
}

/** What was compiled last under each name: many worlds are made of one log, and checking a template costs ms. */
const compiledLast = new Map<TemplateName, Template>()

const parsedOnce = (name: TemplateName, text: string): Either.Either<Template, TemplateError> => {
  const known = compiledLast.get(name)
  if (known?.text === text) return Either.right(known)
  const template = parseTemplate(name, name, text)
  if (Either.isRight(template)) compiledLast.set(name, template.right)
  return template
}

const missing = (template: string): TemplateError =>
  new TemplateError({ template, line: 1, column: 1, expected: "a template of this name", found: "none" })

/*
 * What Eta is given is made of these words and of numbers; literals, paths and conditions reach it as data.
 */
const eta = new Eta({ autoEscape: false, autoTrim: false, useWith: false })

/** What the compiled text can name. `l`: literals; `p`: paths; `c`: conditions; `v`, `r`: what is rendered with. */
interface Names {
  readonly l: ReadonlyArray<string>
  readonly p: ReadonlyArray<Path>
  readonly c: ReadonlyArray<Condition>
  readonly v: TemplateValues
  readonly r: Request
  readonly q: (values: TemplateValues, request: Request, path: Path) => string
  readonly b: (values: TemplateValues, request: Request, path: Path) => string
  readonly h: (values: TemplateValues, request: Request, condition: Condition) => boolean
}
type Request = ReadonlyArray<Pair> | undefined

/** Compiles at the first rendering: most of the ten are never rendered, and compiling them all would be a part of every start. */
const renderer = (parts: ReadonlyArray<Part>): Template["render"] => {
  let compiled: Template["render"] | undefined
  return (values, request) => {
    compiled ??= compile(parts)
    return compiled(values, request)
  }
}

const compile = (parts: ReadonlyArray<Part>): Template["render"] => {
  const l: Array<string> = []
  const p: Array<Path> = []
  const c: Array<Condition> = []
  const sourceOf = (part: Part): string => {
    switch (part._tag) {
      case "literal":
        return part.text === "" ? "" : `<%~it.l[${l.push(part.text) - 1}]%>`
      case "hole":
        return `<%~it.${part.quoted ? "q" : "b"}(it.v,it.r,it.p[${p.push(part.path) - 1}])%>`
      case "choice": {
        const condition = `it.h(it.v,it.r,it.c[${c.push(part.condition) - 1}])`
        return `<%if(${condition}){%>${part.then.map(sourceOf).join("")}<%}else{%>${part.otherwise.map(sourceOf).join("")}<%}%>`
      }
    }
  }
  const compiled = eta.compile(parts.map(sourceOf).join(""))
  return (v, r) => compiled.call(eta, { l, p, c, v, r, q: quotedAt, b: bareAt, h: holdsAt } satisfies Names)
}

const quotedAt: Names["q"] = (values, request, path) => quotedText(valueAt(values, request, path))
const bareAt: Names["b"] = (values, request, path) => bareText(valueAt(values, request, path))
const holdsAt: Names["h"] = (values, request, { path, equals }) => meets(valueAt(values, request, path), equals)
