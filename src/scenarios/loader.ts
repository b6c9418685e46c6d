import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { JsonObject } from "../core/canonical.ts"
import { fileFailure } from "../core/fileFailure.ts"
import { isGroup } from "../core/group.ts"
import { parseInstant } from "../core/Instant.ts"
import { printable } from "../core/printable.ts"
import { changeProblems } from "./changes.ts"
import { answerSetting, type EndpointFile, rewriteSettings, scriptedSettings, settingsSections } from "./endpoints.ts"
import { check, type Problem } from "./file/problems.ts"
import { FragmentFile, ScenarioFile } from "./file/scenarioFile.ts"
import { readYaml, type YamlFile } from "./file/yamlFile.ts"
import { limits } from "./limits.ts"
import { Placing } from "./placing.ts"
import { type Endpoint, type Place, type Scenario, ScenarioBroken } from "./Scenario.ts"
import type { Stages } from "./Stage.ts"

/** A scenario as a text, for tests; what it includes is found beside `file`. */
export interface ScenarioText {
  readonly file: string
  readonly text: string
}

/** The seed, and where it begins, of a scenario that says nothing. */
const defaultSeed = 1
const defaultStart = "2026-01-01T00:00:00Z"

/**
 * Reads a scenario and everything it includes, and checks all of it: keys, names, loops, settings.
 *
 * Fails   with a line for each problem: file, line, path, what was expected, what was found
 */
export const loadScenario = (source: string | ScenarioText, stages: Stages): Effect.Effect<Scenario, ScenarioBroken> =>
  Effect.suspend(() => {
    const reading = new Reading(stages)
    const { file, text } = typeof source === "string" ? { file: source, text: undefined } : source
    const scenario = reading.scenario(file, text)
    return scenario === undefined || reading.lines.length > 0
      ? Effect.fail(new ScenarioBroken({ lines: reading.told }))
      : Effect.succeed(scenario)
  })

/** One reading of a scenario: its files, and what is wrong with them so far. */
class Reading {
  readonly lines: Array<string> = []
  readonly #stages: Stages
  /** Files that are being read, outermost first. */
  readonly #open: Array<string> = []
  /** Every file that was read, as it is named in places. */
  readonly #yamls = new Map<string, YamlFile>()
  #files = 0

  constructor(stages: Stages) {
    this.#stages = stages
  }

  /** The problems to tell; of many the first. */
  get told(): ReadonlyArray<string> {
    const all = inOrderOfLines([...new Set(this.lines)]).map(inOneLine)
    const more = all.length - limits.problemsMax
    return more > 0 ? [...all.slice(0, limits.problemsMax), `and ${more} more problems`] : all
  }

  scenario(file: string, given: string | undefined): Scenario | undefined {
    const yaml = this.#read(file, given)
    if (yaml === undefined) return undefined
    const written = this.#checked(file, yaml, ScenarioFile)
    if (written === undefined) {
      this.#within(file, yaml)
      return undefined
    }
    const { application, description, endpoints = [], explore, name, settings = {}, start = defaultStart } = written
    const placed = this.#endpoints(file, yaml, endpoints)
    const { expectations, steps } = this.#parts(file, yaml, placed, { steps: written.steps, expect: written.expect })
    this.#checkSettings(file, yaml, settings, placed)
    this.#checkChanges({ settings, endpoints: placed, steps: steps.steps })
    return {
      file,
      name: name ?? path.basename(file).replace(/\.ya?ml$/, ""),
      description,
      seed: written.seed ?? defaultSeed,
      start: parseInstant(start) ?? 0,
      settings,
      endpoints: placed,
      application:
        application === undefined
          ? undefined
          : {
              run: application.run,
              reset: application.reset,
              ready: application.ready,
              port: application.port ?? 0,
              places: {
                up: this.#place(file, yaml, upKeys(application)),
                reset: this.#place(file, yaml, ["application", "reset"]),
              },
            },
      client: written.client,
      steps: steps.steps,
      expectations,
      toEnd: written.run_to_end ?? true,
      performed: steps.performed,
      explore,
    }
  }

  /** Checks what lies within a file that is wrong at its top: one slip there hides no other. */
  #within(file: string, yaml: YamlFile): void {
    const { value } = yaml
    if (!isGroup(value) || !Array.isArray(value.steps)) return
    const { expect, settings, steps } = value
    this.#parts(file, yaml, [], { steps, expect: Array.isArray(expect) ? expect : undefined })
    if (isGroup(settings)) this.#checkSettings(file, yaml, settings as JsonObject, [])
  }

  #parts(
    file: string,
    yaml: YamlFile,
    endpoints: Array<Endpoint>,
    {
      expect = [],
      steps: written,
    }: { readonly steps: ReadonlyArray<unknown>; readonly expect: ReadonlyArray<unknown> | undefined },
  ) {
    const placing = this.#placing(file, yaml, endpoints)
    this.#open.push(path.resolve(file))
    const steps = placing.steps(written, ["steps"], placing.scope([]), 0)
    // Of too many steps not all are looked at, and so not all names are known.
    const expectations =
      steps.performed > limits.stepsMax ? [] : placing.expectations(expect, ["expect"], steps.scope, false)
    this.#open.pop()
    return { steps, expectations }
  }

  #placing(file: string, yaml: YamlFile, endpoints: Array<Endpoint>): Placing {
    return new Placing({
      placeOf: (keys) => this.#place(file, yaml, keys),
      problem: (place, expected, found) => this.#tell(place, expected, found),
      entryTypes: this.#stages.entryTypes,
      include: (name, place, names, depth) => this.#include(file, name, place, names, depth, endpoints),
    })
  }

  /** The steps of a file that is included, which may bring endpoints. */
  #include(
    from: string,
    name: string,
    place: Place,
    names: ReadonlyArray<string>,
    depth: number,
    endpoints: Array<Endpoint>,
  ) {
    const file = path.join(path.dirname(from), name)
    const known = path.resolve(file)
    if (this.#open.includes(known)) {
      const cycle = [...this.#open.slice(this.#open.indexOf(known)), known].map((each) => path.basename(each))
      this.#tell(place, "a file that does not include itself", cycle.join(" -> "))
      return undefined
    }
    if (++this.#files > limits.filesMax) {
      this.#tell(place, `at most ${limits.filesMax} included files`, "one more")
      return undefined
    }
    const yaml = this.#read(file, undefined, place)
    const written = yaml === undefined ? undefined : this.#checked(file, yaml, FragmentFile)
    if (yaml === undefined || written === undefined) return undefined
    const { parameters = [] } = written
    for (const missing of parameters.filter((each) => !names.includes(each)))
      this.#tell(place, `with: ${missing}, which ${file} asks for`, "nothing")
    for (const extra of names.filter((each) => !parameters.includes(each)))
      this.#tell(place, `only parameters of ${file} (${parameters.join(", ") || "it has none"})`, extra)
    endpoints.push(...this.#endpoints(file, yaml, written.endpoints ?? []))
    const placing = this.#placing(file, yaml, endpoints)
    this.#open.push(known)
    const steps = placing.steps(written.steps, ["steps"], placing.scope(parameters), depth)
    this.#open.pop()
    return steps
  }

  #read(file: string, given: string | undefined, from?: Place): YamlFile | undefined {
    const text = given ?? this.#text(file, from)
    if (text === undefined) return undefined
    const yaml = readYaml(text)
    if ("value" in yaml) {
      this.#yamls.set(file, yaml)
      return yaml
    }
    this.lines.push(`${file}:${yaml.line}: ${yaml.message}`)
    return undefined
  }

  #text(file: string, from: Place | undefined): string | undefined {
    const tell = (line: string) => {
      this.lines.push(from === undefined ? line : `${placed(from)}${line}`)
      return undefined
    }
    try {
      const { size } = fs.statSync(file)
      if (size > limits.fileBytesMax)
        return tell(`${file}: expected at most ${limits.fileBytesMax} bytes, found ${size}`)
      return fs.readFileSync(file, "utf8")
    } catch (error) {
      return tell(fileFailure({ doing: "read", file }, error))
    }
  }

  #checked<A>(file: string, yaml: YamlFile, schema: Parameters<typeof check<A>>[0]): A | undefined {
    const checked = check(schema, yaml.value ?? {})
    if (Either.isRight(checked)) return checked.right
    this.#problems(file, yaml, checked.left)
    return undefined
  }

  #problems(file: string, yaml: YamlFile, problems: ReadonlyArray<Problem>): void {
    for (const { expected, found, keys } of problems) this.#tell(this.#place(file, yaml, keys), expected, found)
  }

  #endpoints(file: string, yaml: YamlFile, written: ReadonlyArray<typeof EndpointFile.Type>): Array<Endpoint> {
    return written.map(({ answers, fail_percent, forward, url }, i) => {
      const place = this.#place(file, yaml, ["endpoints", i])
      if (forward !== undefined && (answers !== undefined || fail_percent !== undefined))
        this.#tell(place, "forward, or answers and fail_percent", "both")
      for (const [n, { body, content_type, twiml }] of (answers ?? []).entries())
        if (twiml !== undefined && (body !== undefined || content_type !== undefined))
          this.#tell(this.#place(file, yaml, ["endpoints", i, "answers", n]), "twiml, or body and content_type", "both")
      return { place, url, answers: answers?.map(answerSetting), failPercent: fail_percent, forward }
    })
  }

  /** What the exchange says of the settings that the scenario makes. */
  #checkSettings(file: string, yaml: YamlFile, settings: JsonObject, endpoints: ReadonlyArray<Endpoint>): void {
    for (const key of Object.keys(settings).filter((each) => !settingsSections.includes(each)))
      this.#tell(
        this.#place(file, yaml, ["settings", key]),
        key === "endpoints" ? "endpoints beside settings" : `one of ${settingsSections.join(", ")}`,
        "this key",
      )
    const { callbacks } = settings
    const rewrite = rewriteSettings(endpoints)
    const all = {
      ...Object.fromEntries(Object.entries(settings).filter(([key]) => settingsSections.includes(key))),
      endpoints: scriptedSettings(endpoints),
    }
    for (const { expected, found, keys } of this.#stages.checkSettings(all)) {
      const place =
        keys[0] === "endpoints"
          ? (endpoints.filter(({ forward }) => forward === undefined)[keys[1] as number]?.place ??
            this.#place(file, yaml, ["endpoints"]))
          : this.#place(file, yaml, ["settings", ...keys])
      this.#tell(place, expected, found)
    }
    if (rewrite.length > 0 && isGroup(callbacks) && "rewrite" in callbacks)
      this.#tell(
        this.#place(file, yaml, ["settings", "callbacks", "rewrite"]),
        "endpoints with forward",
        "this key, too",
      )
  }

  /** What steps would change of the settings; each stands in the file it was read from. */
  #checkChanges(changing: Parameters<typeof changeProblems>[0]): void {
    for (const { expected, found, keys, place } of changeProblems(changing, this.#stages)) {
      const yaml = this.#yamls.get(place.file)
      const all = [...place.path.split(".").map(keyOf), ...keys]
      this.#tell(yaml === undefined ? place : this.#place(place.file, yaml, all), expected, found)
    }
  }

  #place(file: string, yaml: YamlFile, keys: ReadonlyArray<PropertyKey>): Place {
    return { file, line: yaml.lineOf(keys), path: keys.map(keyShown).join(".") }
  }

  #tell(place: Place, expected: string, found: string): void {
    this.lines.push(`${placed(place)}expected ${expected}, found ${found}`)
  }
}

/** How what is said of a place begins. */
const placed = ({ file, line, path: at }: Place): string => `${file}:${line}: ${at === "" ? "" : `${at}: `}`

/** Where it is said how the application comes up. */
const upKeys = ({ ready, run }: { readonly run?: string; readonly ready?: string }): ReadonlyArray<string> =>
  run !== undefined ? ["application", "run"] : ready !== undefined ? ["application", "ready"] : ["application"]

/** Problems as a reader of the files comes upon them: file by file, as each was first named, from top to bottom. */
const inOrderOfLines = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const placed = lines.map((line) => {
    const [, file = "", at = "0"] = /^(.*?):(\d+): /s.exec(line) ?? []
    return { line, file, at: Number(at) }
  })
  const files = [...new Set(placed.map(({ file }) => file))]
  return placed.toSorted((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.at - b.at).map(({ line }) => line)
}

/** A line that a terminal shows as it is, and no longer than people read. */
const inOneLine = (line: string): string => {
  const text = printable(line)
  return text.length > lineLengthMax ? `${text.slice(0, lineLengthMax)}...` : text
}
const lineLengthMax = 1_000

/** A key of a path: places in lists are numbers. */
const keyOf = (key: string): PropertyKey => (/^\d+$/.test(key) ? Number(key) : key)

/** A key as far as it is no longer than people read. */
const keyShown = (key: PropertyKey): string => {
  const text = String(key)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
