import * as Either from "effect/Either"
import {
  namesKnownTo,
  parseTemplate,
  type Template,
  type TemplateName,
  templateNames,
} from "../../../src/carriers/twilio/template.ts"
import { loadTemplates } from "../../../src/carriers/twilio/templateFiles.ts"
import { mutated, mutatedLines, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const shipped = Either.getOrThrow(loadTemplates(undefined)).texts

const pieces = [
  "{{",
  "}}",
  "{%",
  "%}",
  "{{ body }}",
  '"{{ to }}"',
  "{{ request.To }}",
  "{{ request.__proto__.x }}",
  "{{ constructor.constructor }}",
  "{% if body %}",
  '{% if status == "sent" %}',
  "{% else %}",
  "{% endif %}",
  "<%",
  "%>",
  "<%~",
  "it.v",
  "globalThis.fuzzed=1",
  "`",
  `\${globalThis.fuzzed=1}`,
  "\\u00",
  "\\",
  '"',
  ",",
  ":",
  "[",
  "]",
  "{",
  "}",
  "1",
  "-",
  "null",
]

const textOf = (random: Random, name: TemplateName): string => {
  switch (random.below(4)) {
    case 0:
      return random.some(25, () => random.pick(pieces)).join(random.pick(["", " ", "\n"]))
    case 1:
      return mutatedLines(random, shipped[name])
    case 2: {
      const at = random.below(shipped[name].length)
      return `${shipped[name].slice(0, at)}${random.pick(pieces)}${shipped[name].slice(at)}`
    }
    default:
      return mutated(random, shipped[name], 3)
  }
}

const rendered = (random: Random, name: TemplateName, template: Template): string | undefined => {
  const value = () =>
    random.pick<string | number | null | undefined | boolean>([...nasty, 0, -1, 1.5, null, undefined, true])
  for (let n = 0; n < 4; n++) {
    const values = Object.fromEntries(namesKnownTo[name].map((known) => [known, value()]))
    const request = random.some(4, () => [random.pick(nasty), random.pick(nasty)] as const)
    const text = template.render({ ...values, request }, random.chance(50) ? request : undefined)
    try {
      JSON.parse(text)
    } catch {
      return `was taken and yields no JSON: ${text.slice(0, 500)}`
    }
  }
  return undefined
}

const check = (random: Random, name: TemplateName, text: string): string | undefined => {
  const parsed = parseTemplate(name, "x.json", text)
  if (Either.isLeft(parsed)) {
    const { column, line, message } = parsed.left
    return line >= 1 && column >= 1 && message.startsWith("x.json:") && message.length < 5_000
      ? undefined
      : `is refused without its place: ${message}`
  }
  const problem = rendered(random, name, parsed.right)
  return "fuzzed" in globalThis ? "ran code" : problem
}

/** Templates: refused with their place, or they yield JSON whatever they are filled with, and never run anything. */
export const templatesSurface: Surface = {
  name: "templates",
  atOnce: 1,
  open: async () => ({
    run: async (random): Promise<Outcome> => {
      const name = random.pick(templateNames)
      const input = textOf(random, name)
      try {
        return { input: `${name}: ${input}`, problem: check(random, name, input) }
      } catch (error) {
        return { input: `${name}: ${input}`, problem: `throws ${error instanceof Error ? error.stack : error}` }
      }
    },
    end: async () => undefined,
  }),
}
