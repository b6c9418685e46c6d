import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { onceAsked } from "../core/onceAsked.ts"

type Check = (value: unknown) => boolean

/**
 * Whether values are of a schema's type: what `Schema.is` says, which makes a copy of each value on its way and takes about ten times as
 * long. Of what is rarely in a schema, the rest of the language of schemas, it is asked.
 */
export const shaped = (schema: Schema.Schema.AnyNoContext): Check => checkOf(SchemaAST.typeAST(schema.ast))

const checkOf = (ast: SchemaAST.AST): Check => {
  const annotated =
    Option.isSome(SchemaAST.getParseOptionsAnnotation(ast)) ||
    Option.isSome(SchemaAST.getDecodingFallbackAnnotation(ast))
  return (annotated ? undefined : knownCheckOf(ast)) ?? (Schema.is(Schema.make(ast)) as Check)
}

/** The check of what schemas are made of as a rule; undefined for anything else. */
const knownCheckOf = (ast: SchemaAST.AST): Check | undefined => {
  switch (ast._tag) {
    case "StringKeyword":
      return (value) => typeof value === "string"
    case "NumberKeyword":
      return (value) => typeof value === "number"
    case "BooleanKeyword":
      return (value) => typeof value === "boolean"
    case "AnyKeyword":
    case "UnknownKeyword":
      return () => true
    case "Literal":
      return (value) => value === ast.literal
    case "Refinement":
      return refined(ast)
    case "TupleType":
      return listed(ast)
    case "TypeLiteral":
      return recorded(ast)
    case "Union":
      return anyOf(ast.types.map(checkOf))
    case "Suspend": {
      const check = onceAsked(() => checkOf(ast.f()))
      return (value) => check()(value)
    }
    default:
      return undefined
  }
}

/** A filter of a primitive gets the value itself; one of a struct would get a copy without what the struct does not name. */
const refined = (ast: SchemaAST.Refinement): Check | undefined => {
  if (!isOfPrimitive(ast)) return undefined
  const check = checkOf(ast.from)
  return (value) => check(value) && Option.isNone(ast.filter(value, exactly, ast))
}

const exactly: SchemaAST.ParseOptions = { exact: true }

const isOfPrimitive = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isRefinement(ast)
    ? isOfPrimitive(ast.from)
    : SchemaAST.isStringKeyword(ast) || SchemaAST.isNumberKeyword(ast) || SchemaAST.isBooleanKeyword(ast)

/** A tuple of so many elements, or an array of any number of one kind. */
const listed = ({ elements, rest }: SchemaAST.TupleType): Check | undefined => {
  if (rest.length === 0 && elements.every(({ isOptional }) => !isOptional)) {
    const checks = elements.map(({ type }) => checkOf(type))
    return (value) =>
      Array.isArray(value) && value.length === checks.length && checks.every((check, i) => check(value[i]))
  }
  const [each, ...others] = rest
  if (elements.length > 0 || each === undefined || others.length > 0) return undefined
  const check = checkOf(each.type)
  return (value) => {
    if (!Array.isArray(value)) return false
    for (let i = 0; i < value.length; i++) if (!check(value[i])) return false
    return true
  }
}

/** A struct, whose other keys nobody asks about, a record of anything by its name, or both. */
const recorded = ({ indexSignatures, propertySignatures }: SchemaAST.TypeLiteral): Check | undefined => {
  if (propertySignatures.length + indexSignatures.length === 0) return (value) => value !== null && value !== undefined
  if (!indexSignatures.every(({ parameter }) => SchemaAST.isStringKeyword(parameter))) return undefined
  const fields = propertySignatures.map(({ isOptional, name, type }) => ({ name, isOptional, check: checkOf(type) }))
  const checks = indexSignatures.map(({ type }) => checkOf(type))
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false
    const record = value as Record<PropertyKey, unknown>
    for (let i = 0; i < fields.length; i++) {
      const { check, isOptional, name } = fields[i] as (typeof fields)[number]
      if (Object.hasOwn(record, name) ? !check(record[name]) : !isOptional) return false
    }
    return checks.length === 0 || Object.values(record).every((each) => checks.every((check) => check(each)))
  }
}

const anyOf = (checks: ReadonlyArray<Check>): Check => {
  return (value) => {
    for (let i = 0; i < checks.length; i++) if (checks[i]?.(value) === true) return true
    return false
  }
}
