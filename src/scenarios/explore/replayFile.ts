import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { type Document, isMap, isScalar, isSeq, parseDocument, visit } from "yaml"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { fileFailure } from "../../core/fileFailure.ts"
import { type Scenario, ScenarioBroken } from "../Scenario.ts"
import { faultSaid } from "./drawn.ts"
import type { Found } from "./explore.ts"

/* A scenario file that has the failure again: the one that was explored, with the seed and the faults that are left. */

/** Where it is written unless somebody says otherwise: beside the scenario, whose includes are found from there. */
export const replayFileOf = (scenarioFile: string, seed: number): string =>
  scenarioFile.replace(/(?:\.ya?ml)?$/, `-seed-${seed}.yaml`)

/** The scenario with what a failure needs to come again, as the text of a file at `out`. */
export const replayText = (
  source: string,
  scenario: Pick<Scenario, "file" | "name">,
  found: Found,
  out: string,
): string => {
  const document: Document = parseDocument(source, { merge: true })
  const { reproduced, seed, settings, smallest } = found
  document.delete("explore")
  setFirst(document, "seed", seed)
  setFirst(document, "name", `${scenario.name}, seed ${seed}`)
  for (const [section, patch] of Object.entries(settings)) merge(document, ["settings", section], patch)
  withoutDigests(document)
  moveIncludes(document, path.dirname(scenario.file), path.dirname(out))
  const head = [
    ` Found by ringback explore ${scenario.file}: fails under seed ${seed}${withWhat(found)}`,
    ...(reproduced ? smallest.map((fault) => `   ${faultSaid(fault)}`) : []),
  ]
  document.commentBefore = [head.join("\n"), document.commentBefore].filter(Boolean).join("\n\n")
  return document.toString({ lineWidth: 0 })
}

const withWhat = ({ reproduced, smallest }: Found): string => {
  if (!reproduced) return ", whose faults are drawn again: by themselves they did not make it fail again."
  return smallest.length === 0 ? " by itself." : smallest.length === 1 ? " with this fault." : " with these faults."
}

/** Writes the file whole or not at all. Fails when the scenario's own file cannot be read, or this one not written. */
export const writeReplay = (scenario: Scenario, found: Found, out: string): Effect.Effect<void, ScenarioBroken> =>
  Effect.try({
    try: () => {
      const text = replayText(fs.readFileSync(scenario.file, "utf8"), scenario, found, out)
      const part = `${out}.part`
      fs.writeFileSync(part, text)
      fs.renameSync(part, out)
    },
    catch: (error) => new ScenarioBroken({ lines: [fileFailure({ doing: "written", file: out }, error)] }),
  })

/** Sets a key where it is, which keeps the comments there; one that is not there comes first. */
const setFirst = (document: Document, key: string, value: string | number): void => {
  if (document.has(key) || !isMap(document.contents)) document.set(key, value)
  else document.contents.items.unshift(document.createPair(key, value))
}

/** Merges a patch into what lies at a path; lists take the place of what was there. */
const merge = (document: Document, keys: ReadonlyArray<string>, patch: Json): void => {
  if (typeof patch === "object" && patch !== null && !Array.isArray(patch))
    for (const [key, inner] of Object.entries(patch as JsonObject)) merge(document, [...keys, key], inner)
  else document.setIn(keys, document.createNode(patch))
}

/** A digest belongs to another seed: what expects one goes, and a step or list in which nothing else is expected. */
const withoutDigests = (document: Document): void => {
  visit(document, {
    Seq: (_, { items }) => {
      const left = items.filter((item) => !(isMap(item) && expectsDigests(item.get("expect", true))))
      items.splice(0, items.length, ...left)
    },
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || key.value !== "expect" || !isSeq(value)) return undefined
      value.items = value.items.filter((item) => !isDigest(item))
      return value.items.length === 0 ? visit.REMOVE : undefined
    },
  })
}

const isDigest = (expectation: unknown): boolean => isMap(expectation) && expectation.has("digest")

/** Whether a step expects digests and nothing else. */
const expectsDigests = (expectations: unknown): boolean =>
  isSeq(expectations) ? expectations.items.every(isDigest) : isDigest(expectations)

/** Included files are found from the file that names them. */
const moveIncludes = (document: Document, from: string, to: string): void => {
  if (path.resolve(from) === path.resolve(to)) return
  visit(document, {
    Pair: (_, { key, value }) => {
      if (isScalar(key) && key.value === "include" && isScalar(value) && typeof value.value === "string")
        value.value = path.relative(to, path.resolve(from, value.value)).replaceAll("\\", "/")
    },
  })
}
