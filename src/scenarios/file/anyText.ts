import type * as SchemaAST from "effect/SchemaAST"

/**
 * Whether a schema takes any text at a place within a value that it takes otherwise. Then a value that has another text there need
 * not be checked again. False where that is not plain to see.
 */
export const takesAnyText = (ast: SchemaAST.AST, keys: ReadonlyArray<string | number>): boolean => {
  const [key, ...within] = keys
  switch (ast._tag) {
    case "StringKeyword":
      return key === undefined
    case "Union":
      // Which of its members the rest of the value fits is not known here.
      return ast.types[key === undefined ? "some" : "every"]((type) => takesAnyText(type, keys))
    case "TypeLiteral": {
      if (key === undefined) return false
      const property = ast.propertySignatures.find(({ name }) => name === key)
      const types = property === undefined ? ast.indexSignatures : [property]
      return types.length > 0 && types.every(({ type }) => takesAnyText(type, within))
    }
    case "Suspend":
      return takesAnyText(ast.f(), keys)
    case "TupleType":
      return key !== undefined && ast.elements.length === 0 && ast.rest.every(({ type }) => takesAnyText(type, within))
    default:
      return false
  }
}
