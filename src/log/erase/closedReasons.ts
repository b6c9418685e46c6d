import * as SchemaAST from "effect/SchemaAST"
import type { CheckedType } from "../recording.ts"

/**
 * Types of entries whose `reason` is one of a closed list, by their Schemas. What any other says there somebody else may have said: a
 * provider, a carrier, a monitor.
 */
export const closedReasons = (types: ReadonlyArray<CheckedType>): ReadonlySet<string> =>
  new Set(types.flatMap(({ schema, type }) => (reasonsOf(schema.ast).every(isClosed) ? [type] : [])))

/** What `reason` may be in each of the shapes that data may have. */
const reasonsOf = (ast: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> => {
  switch (ast._tag) {
    case "TypeLiteral":
      return ast.propertySignatures.flatMap(({ name, type }) => (name === "reason" ? [type] : []))
    case "Union":
      return ast.types.flatMap(reasonsOf)
    case "Refinement":
    case "Transformation":
      return reasonsOf(ast.from)
    case "Suspend":
      return reasonsOf(ast.f())
    default:
      return []
  }
}

const isClosed = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isUnion(ast) ? ast.types.every(isClosed) : SchemaAST.isLiteral(ast) || SchemaAST.isUndefinedKeyword(ast)
