import { readFileSync } from "node:fs"
import { join } from "node:path"

/* A Dockerfile as its instructions, and the files of compose with what they may say. */

export const root = join(import.meta.dirname, "../..")
export const read = (path: string): string => readFileSync(join(root, path), "utf8")

export interface Instruction {
  readonly word: string
  readonly text: string
}

/** The stages of a Dockerfile, each from its FROM on; continued lines are one. */
export const stagesOf = (text: string): ReadonlyArray<ReadonlyArray<Instruction>> => {
  const stages: Array<Array<Instruction>> = []
  const whole = text.replaceAll(/^#.*\n/gm, "").replaceAll(/\\\n\s*/g, " ")
  for (const line of whole.split("\n").filter((line) => line.trim() !== "")) {
    const [, word = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line.trim()) ?? []
    if (word === "FROM") stages.push([])
    stages.at(-1)?.push({ word, text: rest.trim() })
  }
  return stages
}

/** What is copied: from a stage or the context, and where to. */
export const copiesOf = (stage: ReadonlyArray<Instruction>) =>
  stage
    .filter(({ word }) => word === "COPY")
    .map(({ text }) => {
      const [, from, rest = ""] = /^(?:--from=(\S+) )?(.*)$/.exec(text) ?? []
      const paths = rest.split(" ")
      return { from, sources: paths.slice(0, -1), target: paths.at(-1) ?? "" }
    })

/** The value of an instruction in exec form, the last one of its word. */
export const execOf = (stage: ReadonlyArray<Instruction>, word: string): ReadonlyArray<string> => {
  const text = stage.findLast((each) => each.word === word)?.text ?? "[]"
  return JSON.parse(text.slice(text.indexOf("[")))
}

/** The variables that a stage sets. */
export const variablesOf = (stage: ReadonlyArray<Instruction>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    stage
      .filter(({ word }) => word === "ENV")
      .flatMap(({ text }) => [...text.matchAll(/(\w+)=(\S+)/g)].map(([, name = "", value = ""]) => [name, value])),
  )
