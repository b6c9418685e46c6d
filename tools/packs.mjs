// Makes scripts of the modules that esbuild's splitting leaves: V8 keeps compiled code for scripts and not for modules. A pack is
// one script that yields a table of functions, one for each of its modules; the launcher calls each once, when it is imported.
//
// A module imports by taking the values once, so none may change after its module was evaluated, and none may be imported in a
// circle. Both are looked at here: a build that would break them fails.
import { createHash } from "node:crypto"
import { isBuiltin } from "node:module"
import { basename } from "node:path"

/** What the function around a pack is given by the launcher. */
const head = `(function (require, __filename, __url, __module, __import) { "use strict"; return {\n`
const foot = "}; })\n"

/**
 * The packs of a program, each with its text and the names of its modules.
 *
 * `outputFiles` and `metafile` are those of an esbuild with `splitting`. `plan` names each pack and the sources whose modules,
 * with all they import, it begins with; what an earlier pack holds is in no later one, and the last takes what is left. Throws
 * an error whose message is for people.
 */
export const packsOf = async ({ outputFiles, metafile }, plan) => {
  const { default: ts } = await import("typescript")
  const texts = new Map(outputFiles.map((file) => [nameOf(file.path), Buffer.from(file.contents).toString("utf8")]))
  const modules = new Map(Object.entries(metafile.outputs).map(([path, output]) => [nameOf(path), output]))
  refuseCircles(modules)
  const taken = new Set()
  return plan.map(({ name, from }) => {
    const own = (from === undefined ? [...modules.keys()] : reached(modules, from))
      .filter((module) => !taken.has(module))
      .sort()
    for (const module of own) taken.add(module)
    const bodies = own.map((module) => `${JSON.stringify(module)}: ${functionOf(ts, module, texts)},\n`)
    const text = ascii(`${head}${bodies.join("")}${foot}`)
    const print = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase()
    return { name: `${name}-${print}.script`, bytes: text, modules: own }
  })
}

/** The module that stands for a source which is the program's entry or is imported dynamically. */
export const moduleOf = ({ metafile }, source) => {
  const [path] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source) ?? []
  if (path === undefined) throw new Error(`${source} is nothing that the program loads by itself.`)
  return nameOf(path)
}

/** The modules of Node that modules of the program require when they are evaluated. */
export const builtinsOf = ({ metafile }, modules) => {
  const required = Object.entries(metafile.outputs)
    .filter(([path]) => modules.includes(nameOf(path)))
    .flatMap(([, { imports }]) => imports.filter(({ kind }) => kind === "import-statement" || kind === "require-call"))
    .map(({ path }) => path)
  return [...new Set(required.filter(isBuiltin))].sort()
}

const nameOf = (path) => basename(path, ".js")

/** The modules that these sources are in, and what those import, save dynamically. */
const reached = (modules, sources) => {
  const named = [...modules].filter(([, { entryPoint }]) => sources.includes(entryPoint)).map(([name]) => name)
  if (named.length < sources.length) throw new Error(`Of ${sources.join(", ")} only ${named.length} are loaded.`)
  const found = new Set(named)
  for (const name of found) for (const imported of importsOf(modules.get(name))) found.add(imported)
  return [...found]
}

const importsOf = ({ imports }) =>
  imports.filter(({ external, kind }) => kind === "import-statement" && !external).map(({ path }) => nameOf(path))

const refuseCircles = (modules) => {
  const done = new Set()
  const visit = (name, way) => {
    if (way.includes(name)) throw new Error(`Modules of the program import in a circle: ${[...way, name].join(" -> ")}`)
    if (done.has(name)) return
    for (const imported of importsOf(modules.get(name))) visit(imported, [...way, name])
    done.add(name)
  }
  for (const name of modules.keys()) visit(name, [])
}

/** A module as a function that gives what it exports. */
const functionOf = (ts, name, texts) => {
  const text = texts.get(name)
  const file = ts.createSourceFile(`${name}.js`, text, ts.ScriptTarget.ES2023, false, ts.ScriptKind.JS)
  const isModule = (specifier) => specifier.startsWith("./") && texts.has(nameOf(specifier))
  const imports = []
  const exported = new Map()
  const edits = []
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) imports.push(...bindingsOf(ts, statement, isModule))
    else if (ts.isExportDeclaration(statement) && statement.moduleSpecifier === undefined)
      for (const { name, propertyName } of statement.exportClause.elements)
        exported.set(name.text, (propertyName ?? name).text)
    else if (ts.isExportAssignment(statement) || ts.isExportDeclaration(statement))
      throw new Error(`${name}: an export of a form that is not known: ${statement.getText(file)}`)
    else continue
    edits.push([statement.getStart(file), statement.end, ""])
  }
  const locals = new Set(exported.values())
  walk(ts, file, (node, inFunction) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      edits.push([node.getStart(file), node.end, dynamic(ts, node.arguments[0], file, isModule)])
    const changed = inFunction ? assignedBy(ts, node) : undefined
    if (changed !== undefined && locals.has(changed))
      throw new Error(`${name}: ${changed} is exported and changes later; say it by a function instead.`)
  })
  const given = [...exported].map(([name, local]) => `${JSON.stringify(name)}: ${local}`)
  return `function () {\n${imports.join("")}${edited(text, edits)}\nreturn { ${given.join(", ")} };\n}`
}

/** The statements that bind what an import names. */
const bindingsOf = (ts, { importClause, moduleSpecifier }, isModule) => {
  const from = moduleSpecifier.text
  const source = isModule(from) ? `__module(${JSON.stringify(nameOf(from))})` : `require(${JSON.stringify(from)})`
  if (importClause === undefined) return [`${source};\n`]
  const { name, namedBindings } = importClause
  const whole = [name, namedBindings !== undefined && ts.isNamespaceImport(namedBindings) && namedBindings.name]
    .filter(Boolean)
    .map((local) => `var ${local.text} = ${source};\n`)
  if (namedBindings === undefined || ts.isNamespaceImport(namedBindings)) return whole
  const taken = namedBindings.elements.map(({ name, propertyName }) =>
    propertyName === undefined ? name.text : `${propertyName.text}: ${name.text}`,
  )
  return [...whole, `var { ${taken.join(", ")} } = ${source};\n`]
}

/** A script that was taken from a cache cannot import (Node 20): the launcher does. */
const dynamic = (ts, argument, file, isModule) => {
  if (ts.isStringLiteral(argument) && isModule(argument.text))
    return `__import(${JSON.stringify(nameOf(argument.text))})`
  return `Promise.resolve(${argument.getText(file)}).then((from) => require(from))`
}

/** Goes through all nodes; tells of each whether it is inside a function, which may be called later. */
const walk = (ts, file, take) => {
  const visit = (node, inFunction) => {
    take(node, inFunction)
    const within = inFunction || ts.isFunctionLike(node)
    ts.forEachChild(node, (child) => visit(child, within))
  }
  ts.forEachChild(file, (child) => visit(child, false))
}

/** The name that a node gives another value, if it is one that does. */
const assignedBy = (ts, node) => {
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = ts.SyntaxKind
  const target =
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= FirstAssignment &&
    node.operatorToken.kind <= LastAssignment
      ? node.left
      : (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
          (node.operator === PlusPlusToken || node.operator === MinusMinusToken)
        ? node.operand
        : undefined
  return target !== undefined && ts.isIdentifier(target) ? target.text : undefined
}

const edited = (text, edits) => {
  let result = ""
  let from = 0
  for (const [start, end, put] of edits.sort(([a], [b]) => a - b)) {
    result += text.slice(from, start) + put
    from = end
  }
  return result + text.slice(from)
}

/** In code esbuild has escaped what is not ASCII; comments it leaves as they are. V8 holds ASCII at one byte a character. */
const ascii = (text) =>
  text.replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
