import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { anyText } from "../../../test/support/json.ts"
import { checkTemplate, compileTemplate, pairsByJson, type Template } from "./template.ts"
import { pairsPlan } from "./templatePairs.ts"

const compiled = (text: string): Template =>
  Either.getOrThrowWith(
    Either.flatMap(compileTemplate("t", text), (template) =>
      Either.map(checkTemplate(template, { form: true }), () => template),
    ),
    (error) => error,
  )

const planned = (text: string): boolean => pairsPlan(compiled(text).parts) !== undefined

const value = FastCheck.oneof(FastCheck.constantFrom("x", "", null, undefined, 0, 7, true, false), anyText)

const form = `{
  "A": "{{ a }}",
  {% if b %} "B é\\n\\"": "<{{ b }}\\u00e9\\\\{{ a }}>", {% endif %}
  "C": ""
  {% if a == "x" %}, "D": "1"{% if b %}, "E": "{{ c }}"{% endif %}{% else %}, "F": "{{ gone }}"{% endif %}
}`

describe("the pairs of a template", () => {
  it("of strings and whole conditional members need no JSON", () => strictEqual(planned(form), true))

  it("are what JSON would give", () =>
    FastCheck.assert(
      FastCheck.property(FastCheck.record({ a: value, b: value, c: value }), (values) => {
        const template = compiled(form)
        deepStrictEqual(template.pairs(values), pairsByJson(template.render)(values))
      }),
    ))

  it("go over JSON where members are no strings, names have holes or recur, or a condition cuts a member", () => {
    for (const text of [
      '{"A": {{ a }}}',
      '{"A": 1, "B": "b"}',
      '{"A{{ a }}": "b"}',
      '{"A": "b", "A": "c"}',
      '{"B": "b", "1": "c"}',
      '{"A": "{% if a %}b{% endif %}"}',
      '{"A": {% if a %}"b"{% else %}"c"{% endif %}}',
      '{ {% if a %}"A": "b"{% else %}"A": "c"{% endif %}}',
    ]) {
      deepStrictEqual({ text, planned: planned(text) }, { text, planned: false })
      const template = compiled(text)
      deepStrictEqual(template.pairs({ a: "x" }), pairsByJson(template.render)({ a: "x" }))
    }
  })
})
