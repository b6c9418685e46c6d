import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

/**
 * The TypeScript of a schema's type, for declarations that are shipped without the schema. Every optional key may be undefined too, and what a
 * value has to be stands above its key.
 */
export const typeText = (name: string, schema: Schema.Schema.AnyNoContext): string =>
  `export interface ${name} ${typeOf(Schema.typeSchema(schema).ast, "")}\n`

const typeOf = (ast: AST.AST, indent: string): string => {
  switch (ast._tag) {
    case "StringKeyword":
      return "string"
    case "NumberKeyword":
      return "number"
    case "BooleanKeyword":
      return "boolean"
    case "Literal":
      return JSON.stringify(ast.literal)
    case "Refinement":
      return typeOf(ast.from, indent)
    case "Suspend":
      return typeOf(ast.f(), indent)
    case "Union":
      return [...new Set(ast.types.map((one) => typeOf(one, indent)))].join(" | ")
    case "TupleType":
      return listOf(ast, indent)
    case "TypeLiteral":
      return groupOf(ast, indent)
    default:
      throw new Error(`no type is written for ${ast._tag}`)
  }
}

const listOf = ({ elements, rest }: AST.TupleType, indent: string): string => {
  const [first] = elements
  const [more] = rest
  if (more === undefined || elements.length > 1) throw new Error("no type is written for tuples")
  const item = typeOf(more.type, indent)
  return first === undefined
    ? `ReadonlyArray<${item}>`
    : `readonly [${typeOf(first.type, indent)}, ...ReadonlyArray<${item}>]`
}

const groupOf = ({ indexSignatures, propertySignatures }: AST.TypeLiteral, indent: string): string => {
  const inner = `${indent}  `
  const keys = propertySignatures.flatMap(({ isOptional, name, type }) => {
    const expected = expectedOf(type)
    return [
      ...(expected === undefined ? [] : [`${inner}/** ${expected} */`]),
      `${inner}readonly ${keyOf(String(name))}${isOptional ? "?" : ""}: ${typeOf(type, inner)}${isOptional ? " | undefined" : ""}`,
    ]
  })
  const others = indexSignatures.map(({ parameter, type }) => {
    const expected = expectedOf(parameter)
    return `${expected === undefined ? "" : `${inner}/** The key: ${expected} */\n`}${inner}readonly [key: string]: ${typeOf(type, inner)}`
  })
  return `{\n${[...keys, ...others].join("\n")}\n${indent}}`
}

const keyOf = (name: string): string => (/^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name))

/** What the schema says when a value is not as expected, as a sentence; of flags and literals the type says it all. */
const expectedOf = (ast: AST.AST): string | undefined => {
  if (AST.isSuspend(ast)) return expectedOf(ast.f())
  if (/^(?:boolean|[\d"][^{]*)$/.test(typeOf(ast, ""))) return undefined
  const said = Option.getOrUndefined(AST.getMessageAnnotation(ast))?.({ actual: undefined, ast } as never)
  const text = typeof said === "object" && "message" in said ? said.message : said
  return typeof text === "string" ? `${text[0]?.toUpperCase()}${text.slice(1)}.` : undefined
}
