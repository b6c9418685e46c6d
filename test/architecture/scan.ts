import { bans, isRule, isTest } from "./bans.ts"
import { cyclesOf, reachableFrom } from "./graph.ts"
import { carrierOf, mayImport, roomOf } from "./rooms.ts"
import { type Import, lineAt, type ReadFile, readSource, type SourceFile } from "./sourceText.ts"

/** One thing that is not as it should be, and what to do about it. */
export interface Breach {
  readonly rule: string
  readonly path: string
  readonly line: number
  readonly message: string
}

/** A breach that is meant: for one rule and one file, with the reason. */
export interface Exception {
  readonly rule: string
  readonly path: string
  readonly why: string
}

const linesMax = 400
const reasonLines = 5
const dataModules = ["Schema", "Data", "Either", "Option", "Match", "Array", "Order"]
/** What some files of the core may import besides. */
const coreExtras: ReadonlyMap<string, string> = new Map([
  ["src/core/chance.ts", "node:crypto"],
  ["src/core/canonical.ts", "node:crypto"],
  ["src/core/signature.ts", "node:crypto"],
  ["src/core/E164.ts", "libphonenumber-js"],
])
const service =
  /^(?:@effect\/.*|node:.*|better-sqlite3|effect\/(?:Effect|Layer|Context|Scope|Runtime|ManagedRuntime|Fiber\w*|Stream|Sink|Schedule|Clock|Random|Config\w*|Queue|PubSub|Mailbox|Deferred|\w*Ref|\w*Runtime|Cache|Pool|STM|T[A-Z]\w*))$/

/** Reads the rules of design.md section 6 and style.md sections 2 and 6 against the files of a repository. */
export const scan = (files: ReadonlyArray<SourceFile>): ReadonlyArray<Breach> => {
  const scripts = files.filter((file) => /\.(ts|mjs)$/.test(file.path)).map(readSource)
  const known = new Map(scripts.map((file) => [file.path, file]))
  const source = scripts.filter((file) => file.path.startsWith("src/"))
  return [
    ...source.flatMap((file) => [
      ...roomBreaches(file),
      ...file.imports.flatMap((imported) => importBreaches(file, imported)),
      ...banBreaches(file),
      ...unfinishedBreaches(file),
    ]),
    ...source.filter((file) => isRule(file.path)).flatMap((file) => serviceBreaches(file, known)),
    ...cycleBreaches(source),
    ...orphanBreaches(scripts),
    ...scripts.flatMap(sizeBreaches),
    ...files.flatMap(placeBreaches),
  ]
}

/** The breaches that no exception covers, and the exceptions that cover none. */
export const excuse = (
  breaches: ReadonlyArray<Breach>,
  exceptions: ReadonlyArray<Exception>,
): ReadonlyArray<Breach> => {
  const covers = (exception: Exception) => (breach: Breach) =>
    exception.rule === breach.rule && exception.path === breach.path
  return [
    ...breaches.filter((breach) => !exceptions.some((exception) => covers(exception)(breach))),
    ...exceptions
      .filter((exception) => !breaches.some(covers(exception)))
      .map(({ rule, path }) => ({
        rule: "exception",
        path,
        line: 1,
        message: `needs no exception from "${rule}": remove it`,
      })),
  ]
}

/** A breach as one line for people. */
export const tell = ({ path, line, rule, message }: Breach): string => `${path}:${line} [${rule}] ${message}`

/** The file a relative import means. */
export const targetOf = (path: string, specifier: string): string | undefined => {
  if (!specifier.startsWith(".")) return undefined
  const parts = path.split("/").slice(0, -1)
  for (const part of specifier.split("/"))
    if (part === "..") parts.pop()
    else if (part !== ".") parts.push(part)
  return parts.join("/")
}

const roomBreaches = (file: ReadFile): ReadonlyArray<Breach> =>
  roomOf(file.path) !== undefined
    ? []
    : [
        at(
          file,
          1,
          "room",
          "lies in no room: move it into one, or give it a place in design.md section 6 and test/architecture/rooms.ts",
        ),
      ]

const importBreaches = (file: ReadFile, imported: Import): ReadonlyArray<Breach> => {
  const { specifier, line } = imported
  const target = targetOf(file.path, specifier)
  const found = (rule: string, message: string) => [at(file, line, rule, message)]
  if (target !== undefined) {
    if (!target.startsWith("src/"))
      return isTest(file.path) ? [] : found("rooms", `imports ${target}: src imports nothing outside src; move it here`)
    return [...roomImport(file, line, target), ...machineImport(file, line, target)]
  }
  if (/^(?:effect|@effect\/(?!vitest)[\w-]+)$/.test(specifier))
    return found(
      "barrel",
      `imports all of "${specifier}": import the module itself ("${specifier}/…"), which starts faster`,
    )
  if (/^(?:node:timers(?:\/promises)?|timers|nanoid|uuid|ulid)$/.test(specifier))
    return found(
      "banned-import",
      `imports "${specifier}": use timer.set drafts or Effect.sleep for time, sid of core/chance.ts for ids`,
    )
  if (isRule(file.path) && !isAllowedInRules(file.path, specifier))
    return found(
      "rules-are-pure",
      `imports "${specifier}": rules import only effect/{${dataModules.join(",")}} and relative files; take it as data`,
    )
  return []
}

const isAllowedInRules = (path: string, specifier: string): boolean => {
  const extra = coreExtras.get(path)
  return (
    dataModules.some((module) => specifier === `effect/${module}`) ||
    (extra !== undefined && (specifier === extra || specifier.startsWith(`${extra}/`)))
  )
}

const roomImport = (file: ReadFile, line: number, target: string): ReadonlyArray<Breach> => {
  const from = roomOf(file.path)
  const to = roomOf(target)
  if (from === undefined || to === undefined) return []
  if (from !== to)
    return mayImport.get(from)?.includes(to) === true
      ? []
      : [
          at(
            file,
            line,
            "rooms",
            `${from}/ imports ${to}/ (${target}): imports point down; move what is shared down to a room that both may import, or hand it in from app/`,
          ),
        ]
  const carrier = carrierOf(file.path)
  const other = carrierOf(target)
  if (from !== "carriers" || other === undefined || other === carrier || other === "delivery") return []
  // What all carriers share may not know one of them either.
  return [
    at(
      file,
      line,
      "carriers",
      `imports carrier ${other}/: carriers share only delivery/; move it there, or join them in app/`,
    ),
  ]
}

const machineImport = (file: ReadFile, line: number, target: string): ReadonlyArray<Breach> =>
  /\.machine\.ts$/.test(file.path) && /\.machine\.ts$/.test(target)
    ? [
        at(
          file,
          line,
          "machines",
          `imports the machine ${target}: react to its entries, or move the function both need into a plain file`,
        ),
      ]
    : []

/** A rule must not reach a service through a plain file either. */
const serviceBreaches = (file: ReadFile, known: ReadonlyMap<string, ReadFile>): ReadonlyArray<Breach> => {
  const edges = (path: string) => (coreExtras.has(path) ? [] : valueTargets(known.get(path)))
  const reached = reachableFrom([file.path], edges)
  return [...reached]
    .filter((path) => path !== file.path && !isRule(path))
    .flatMap((path) =>
      (known.get(path)?.imports ?? [])
        .filter((imported) => !imported.typeOnly && service.test(imported.specifier))
        .map(({ specifier }) =>
          at(
            file,
            1,
            "rules-are-pure",
            `reaches "${specifier}" through ${path}: keep what rules use in a file without services`,
          ),
        ),
    )
}

const valueTargets = (file: ReadFile | undefined): ReadonlyArray<string> =>
  (file?.imports ?? [])
    .filter((imported) => !imported.typeOnly)
    .flatMap((imported) => targetOf(file?.path ?? "", imported.specifier) ?? [])

const banBreaches = (file: ReadFile): ReadonlyArray<Breach> =>
  bans
    .filter((ban) => ban.where?.(file.path) ?? true)
    .flatMap((ban) =>
      [...file.code.matchAll(ban.pattern)].map((match) =>
        at(file, lineAt(file.code, match.index), ban.name, `says ${match[0].trim()}: ${ban.instead}`),
      ),
    )

const unfinishedBreaches = (file: ReadFile): ReadonlyArray<Breach> =>
  [...file.text.matchAll(/\b(?:TODO|FIXME)\b/g)].map((match) =>
    at(
      file,
      lineAt(file.text, match.index),
      "unfinished",
      `says ${match[0]}: do it, or write an issue and remove the note`,
    ),
  )

const cycleBreaches = (source: ReadonlyArray<ReadFile>): ReadonlyArray<Breach> => {
  const edges = new Map(
    source.map((file) => [
      file.path,
      file.imports.flatMap((imported) => targetOf(file.path, imported.specifier) ?? []),
    ]),
  )
  return cyclesOf(edges).map((cycle) => ({
    rule: "cycle",
    path: cycle[0] ?? "",
    line: 1,
    message: `imports itself through ${[...cycle.slice(1), cycle[0]].join(" -> ")}: move what they share into a file of its own`,
  }))
}

/** Without src/main.ts there is nothing to reach the files from, and nothing is said. */
const orphanBreaches = (scripts: ReadonlyArray<ReadFile>): ReadonlyArray<Breach> => {
  const paths = scripts.map((file) => file.path)
  if (!paths.includes("src/main.ts")) return []
  const edges = new Map(
    scripts.map((file) => [
      file.path,
      file.imports.flatMap((imported) => targetOf(file.path, imported.specifier) ?? []),
    ]),
  )
  const isRoot = (path: string) =>
    !path.startsWith("src/") ||
    path === "src/main.ts" ||
    path === "src/testing/testing.ts" ||
    path === "src/client/client.ts" ||
    /\.(contract|fuzz|worker)\.ts$/.test(path)
  const reached = reachableFrom(paths.filter(isRoot), (path) => edges.get(path) ?? [])
  return scripts
    .filter((file) => !reached.has(file.path) && !isTest(file.path))
    .map((file) => at(file, 1, "orphan", "nobody imports it but its own tests: use it or delete it"))
}

const sizeBreaches = (file: ReadFile): ReadonlyArray<Breach> => {
  const lines = file.text.split("\n")
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length
  const reason = lines.slice(0, reasonLines).some((line) => /^\/\/ size: \S/.test(line))
  return count <= linesMax || reason
    ? []
    : [
        at(
          file,
          linesMax + 1,
          "size",
          `has ${count} lines, at most ${linesMax}: split it by subject, or open it with "// size: <reason>"`,
        ),
      ]
}

/** Paths of one developer's machine. In code, temporary files have no fixed place either. */
const placeBreaches = (file: SourceFile): ReadonlyArray<Breach> => {
  const places = file.path.startsWith("src/")
    ? /(?<![\w.~\\-])\/(?:work|root|tmp)\//
    : /(?<![\w.~\\-])\/(?:work|root)\//
  return [...file.text.matchAll(new RegExp(places, "g"))].map((match) =>
    at(
      file,
      lineAt(file.text, match.index),
      "place",
      `names ${match[0]}: use a path relative to the repository, or os.tmpdir()`,
    ),
  )
}

const at = (file: SourceFile, line: number, rule: string, message: string): Breach => ({
  rule,
  path: file.path,
  line,
  message,
})
