import * as SchemaAST from "effect/SchemaAST"

/**
 * A schema in which nothing is left to be made when it is asked for, but for what holds itself: that has an identifier, by which it is
 * referred to.
 *
 * Why   a schema's parts are made late to save time, and what writes JSON Schema takes that for one that holds itself
 */
export const madeNow = (ast: SchemaAST.AST): SchemaAST.AST => {
  const known = all.get(ast)
  if (known !== undefined) return known
  const made = make(ast)
  all.set(ast, made)
  return made
}

/** What is the same stays the same: a list that is not empty is one thing where its first item and its others are. */
const all = new WeakMap<SchemaAST.AST, SchemaAST.AST>()

const make = (ast: SchemaAST.AST): SchemaAST.AST => {
  switch (ast._tag) {
    case "Suspend":
      return SchemaAST.IdentifierAnnotationId in ast.annotations ? ast : madeNow(ast.f())
    case "Union":
      return SchemaAST.Union.make(ast.types.map(madeNow), ast.annotations)
    case "Refinement":
      return new SchemaAST.Refinement(madeNow(ast.from), ast.filter, ast.annotations)
    case "TupleType":
      return new SchemaAST.TupleType(
        ast.elements.map(
          ({ annotations, isOptional, type }) => new SchemaAST.OptionalType(madeNow(type), isOptional, annotations),
        ),
        ast.rest.map(({ annotations, type }) => new SchemaAST.Type(madeNow(type), annotations)),
        ast.isReadonly,
        ast.annotations,
      )
    case "TypeLiteral":
      return new SchemaAST.TypeLiteral(
        ast.propertySignatures.map(
          ({ annotations, isOptional, isReadonly, name, type }) =>
            new SchemaAST.PropertySignature(name, madeNow(type), isOptional, isReadonly, annotations),
        ),
        ast.indexSignatures.map(
          ({ isReadonly, parameter, type }) => new SchemaAST.IndexSignature(parameter, madeNow(type), isReadonly),
        ),
        ast.annotations,
      )
    default:
      return ast
  }
}
