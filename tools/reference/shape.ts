import { groupBy } from "effect/Array"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/* What a value has to be, as rows for people: a row for each key, however deep. */

export interface Row {
  /** `a.b` of groups, `a[].b` of lists, `a.*` where keys are free. Of a value itself empty. */
  readonly path: string
  /** What it has to be. */
  readonly is: string
  readonly required: boolean
  /** What its schema's description says beyond that. */
  readonly says: string
}

/** The rows of a schema's keys. */
export const rowsOf = (schema: Schema.Schema.AnyNoContext, path = ""): ReadonlyArray<Row> => inner(schema.ast, path, [])

/** What a value has to be, in words. */
export const isOf = (schema: Schema.Schema.AnyNoContext): string => words(schema.ast)

const below = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`)

const inner = (ast: AST.AST, path: string, seen: ReadonlyArray<AST.AST>): ReadonlyArray<Row> => {
  if (seen.includes(ast)) return []
  const within = [...seen, ast]
  switch (ast._tag) {
    case "TypeLiteral":
      return [
        ...ast.propertySignatures.flatMap((key) => keyRows(key, path, within)),
        ...ast.indexSignatures.flatMap(({ parameter, type }) => [
          {
            path: below(path, "*"),
            is: words(type),
            required: false,
            says: message(parameter) === undefined ? "" : `the key: ${message(parameter)}`,
          },
          ...inner(type, below(path, "*"), within),
        ]),
      ]
    case "TupleType":
      return once(
        [...ast.elements, ...ast.rest].flatMap(({ type }) => inner(type, `${path}[]`, within)),
        (same) => same.every(({ required }) => required),
      )
    case "Union":
      return once(
        ast.types.flatMap((type) => inner(type, path, within)),
        () => false,
      )
    case "Refinement":
    case "Transformation":
      return inner(ast.from, path, within)
    case "Suspend":
      return comesBack(ast) ? [] : inner(ast.f(), path, within)
    default:
      return []
  }
}

const keyRows = ({ isOptional, name, type }: AST.PropertySignature, path: string, seen: ReadonlyArray<AST.AST>) => [
  { path: below(path, String(name)), is: words(type), required: !isOptional, says: says(type) },
  ...inner(type, below(path, String(name)), seen),
]

/** Of several forms with the same key, one row says what it is in any. */
const once = (rows: ReadonlyArray<Row>, isRequired: (same: ReadonlyArray<Row>) => boolean): ReadonlyArray<Row> => {
  const byPath = Object.entries(groupBy(rows, ({ path }) => path))
  return byPath.map(([path, same]) => ({
    path,
    is: [...new Set(same.map(({ is }) => is))].join(" or "),
    required: isRequired(same),
    says: [...new Set(same.map((row) => row.says))].filter((text) => text !== "").join("; "),
  }))
}

const annotation = (ast: AST.AST, symbol: symbol): string | undefined => {
  const value = ast.annotations[symbol]
  return typeof value === "string" ? value : undefined
}

/** What is told when a value is not as expected. */
const message = (ast: AST.AST): string | undefined => {
  try {
    const said = Option.getOrUndefined(AST.getMessageAnnotation(ast))?.({ actual: undefined, ast } as never)
    const text = typeof said === "object" && "message" in said ? said.message : said
    return typeof text === "string" ? text : undefined
  } catch {
    return undefined // A message that looks at what was found.
  }
}

/** The library describes its own schemas so; that says no more than the words below. */
const plain = /^(?:a|an) (?:string|number|boolean|object|array|integer|positive|negative|non[- ]|value)|^any value/

const says = (ast: AST.AST): string => {
  const text = annotation(ast, AST.DescriptionAnnotationId) ?? ""
  return plain.test(text) || text === words(ast) ? "" : text
}

const keywords: Readonly<Record<string, string>> = {
  StringKeyword: "text",
  NumberKeyword: "number",
  BooleanKeyword: "true or false",
  UnknownKeyword: "anything",
  AnyKeyword: "anything",
  ObjectKeyword: "group",
  UndefinedKeyword: "nothing",
  Declaration: "anything",
}

/** One that holds itself has a name, by which JSON Schema refers to it; others are made late to save time. */
const comesBack = (ast: AST.Suspend): boolean => annotation(ast, AST.IdentifierAnnotationId) !== undefined

const words = (ast: AST.AST): string => {
  const expected = message(ast)
  if (expected !== undefined) return boundOfList(ast, expected)
  switch (ast._tag) {
    case "Literal":
      return ast.literal === null ? "null" : `\`${ast.literal}\``
    case "Refinement":
      return refined(ast)
    case "Transformation":
      return words(ast.from)
    case "TupleType":
      return listed(ast)
    case "TypeLiteral":
      return "group"
    case "Union":
      return [...new Set(ast.types.map(words))].join(ast.types.every(AST.isLiteral) ? ", " : " or ")
    case "TemplateLiteral":
      return "text"
    case "Suspend":
      return comesBack(ast) ? "the same again" : words(ast.f())
    default:
      return keywords[ast._tag] ?? ast._tag
  }
}

/** What a list as a whole has to be stands behind what its items are. */
const boundOfList = (ast: AST.AST, expected: string): string => {
  const whole = (inside: AST.AST): AST.AST => (AST.isRefinement(inside) ? whole(inside.from) : inside)
  const list = whole(ast)
  return AST.isRefinement(ast) && AST.isTupleType(list) && message(list) === undefined
    ? `${listed(list)}; ${expected}`
    : expected
}

/** A bound is told by its description: "a positive number". */
const refined = (ast: AST.Refinement): string => {
  if (annotation(ast, AST.IdentifierAnnotationId) === "Int" || annotation(ast, AST.TitleAnnotationId) === "int")
    return "whole number"
  const from = words(ast.from)
  const said = annotation(ast, AST.DescriptionAnnotationId)
  if (said === undefined || from === "text" || from === "group") return from
  const bound = /(?:greater|less|between|positive|negative|non-).*/.exec(said)?.[0]
  return bound === undefined ? from : `${from}, ${bound.replace(/ number$/, "")}`
}

const listed = ({ elements, rest }: AST.TupleType): string => {
  if (rest.length === 0) return `[${elements.map(({ type }) => words(type)).join(", ")}]`
  const item = words((rest[0] as AST.Type).type)
  return `list: ${item}${elements.length > 0 ? ", at least one" : ""}`
}
