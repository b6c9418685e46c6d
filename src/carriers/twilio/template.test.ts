import { describe, it } from "@effect/vitest"
import { assertLeft, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type { Pair } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import { asciiJson, checkTemplate, compileTemplate, type TemplateValues } from "./template.ts"

const compiled = (text: string) => Either.getOrThrowWith(compileTemplate("t", text), (error) => error)
const rendered = (text: string, values: TemplateValues = {}, request?: ReadonlyArray<Pair>) =>
  compiled(text).render(values, request)
const refusal = (text: string) =>
  Either.match(compileTemplate("t", text), { onLeft: ({ message }) => message, onRight: () => "taken" })
const fault = (text: string, form = false) =>
  Either.match(checkTemplate(compiled(text), { form }), { onLeft: ({ message }) => message, onRight: () => "JSON" })

describe("a template", () => {
  it("puts a value into a string, escaped", () =>
    strictEqual(rendered('{"a": "<{{ v }}>"}', { v: 'say "hi"\n\\' }), '{"a":"<say \\"hi\\"\\n\\\\>"}'))

  it("makes a bare value JSON", () =>
    strictEqual(
      rendered("[{{ s }}, {{ n }}, {{ t }}, {{ z }}, {{ gone }}]", { s: 'a"', n: 30003, t: true, z: null }),
      '["a\\"",30003,true,null,null]',
    ))

  it("leaves the place in a string empty where nothing is there", () =>
    strictEqual(rendered('"{{ z }}|{{ u }}|{{ gone }}"', { z: null, u: undefined }), '"||"'))

  it("escapes everything but ASCII, its own text and lone surrogates included", () =>
    strictEqual(
      rendered('{"é": "😀{{ v }}", "b": {{ v }}}', { v: "ñ\u2028\ud800" }),
      '{"\\u00e9":"\\ud83d\\ude00\\u00f1\\u2028\\ud800","b":"\\u00f1\\u2028\\ud800"}',
    ))

  it("drops white space outside strings and keeps it inside", () =>
    strictEqual(rendered('\uFEFF{\r\n\t"a b" : " {{ v }}  " }\n', { v: "x" }), '{"a b":" x  "}'))

  it("takes a path without spaces, with many, and over lines", () =>
    strictEqual(rendered("[{{v}},{{   v\n}}]", { v: 1 }), "[1,1]"))

  it("reads groups of values", () => strictEqual(rendered("{{ a.b.c }}", { a: { b: { c: 5 } } }), "5"))

  it("takes a group or a list for no value", () =>
    strictEqual(rendered("[{{ a }},{{ r }}]", { a: {}, r: [] }), "[null,null]"))

  it("reads the first parameter of a name", () => {
    const request: ReadonlyArray<Pair> = [
      ["To", "1"],
      ["To", "2"],
      ["Address.City", "Oslo"],
      ["MediaUrl0", "u"],
    ]
    const text =
      "[{{ request.To }},{{ request.Address.City }},{{ request.MediaUrl0 }},{{ request.Body }},{{ request }}]"
    strictEqual(rendered(text, {}, request), '["1","Oslo","u",null,null]')
    strictEqual(rendered(text, { request }), '["1","Oslo","u",null,null]')
  })

  it("reads a parameter whose name is a property of every object only when it was sent", () => {
    const text = "[{{ request.__proto__ }},{{ request.constructor }},{{ request.length }},{{ request.toString }}]"
    strictEqual(rendered(text, {}, []), "[null,null,null,null]")
    strictEqual(
      rendered(text, {}, [
        ["__proto__", "p"],
        ["constructor", "c"],
        ["length", "l"],
      ]),
      '["p","c","l",null]',
    )
  })

  it.each([
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "a.constructor",
    "a.__proto__",
    "s.length",
    "s.at",
  ])("finds nothing at %s", (path) => strictEqual(rendered(`[{{ ${path} }}]`, { a: {}, s: "text" }), "[null]"))
})

describe("an if", () => {
  const shown = (text: string, values: TemplateValues) => rendered(`"${text}"`, values).slice(1, -1)

  it.each([
    ["a text", "x", "yes"],
    ["the text 0", "0", "yes"],
    ["a number", 7, "yes"],
    ["true", true, "yes"],
    ["an empty text", "", "no"],
    ["0", 0, "no"],
    ["false", false, "no"],
    ["null", null, "no"],
    ["nothing", undefined, "no"],
  ] as const)("takes %s so", (_, v, said) => strictEqual(shown("{% if v %}yes{% else %}no{% endif %}", { v }), said))

  it("compares texts, and numbers by their text", () => {
    const text = '{% if v == "30003" %}yes{% else %}no{% endif %}'
    strictEqual(shown(text, { v: "30003" }), "yes")
    strictEqual(shown(text, { v: 30003 }), "yes")
    strictEqual(shown(text, { v: 3 }), "no")
    strictEqual(shown(text, {}), "no")
  })

  it("finds nothing equal to what is not there", () =>
    strictEqual(shown('{% if v == "" %}yes{% endif %}{% if v == "null" %}yes{% endif %}', { v: null }), ""))

  it("compares with a text that needs escapes", () =>
    strictEqual(shown('{% if v == "\\"é\\u00e9" %}yes{% endif %}', { v: '"éé' }), "yes"))

  it("nests, and need not have an else", () => {
    const text = "{%if a%}a{% if b %}b{%else%}-{% endif %}{% endif %}."
    strictEqual(shown(text, { a: 1, b: 1 }), "ab.")
    strictEqual(shown(text, { a: 1 }), "a-.")
    strictEqual(shown(text, { b: 1 }), ".")
  })

  it("may hold whole strings", () =>
    strictEqual(rendered('{"a": 1 {% if v %}, "b": "{{ v }}" {% endif %}}', { v: 2 }), '{"a":1,"b":"2"}'))
})

const refusals: ReadonlyArray<readonly [text: string, message: string]> = [
  ['{"a": {{ }}}', 't:1:10: expected a dotted path such as message_sid or request.To, found "}}}"'],
  ['{\n  "a": "{{ a + b }}"\n}', 't:2:14: expected }} after the path, found "+ b }}\\""'],
  ["{{ a|upper }}", 't:1:5: expected }} after the path, found "|upper }}"'],
  ["{{ a() }}", 't:1:5: expected }} after the path, found "() }}"'],
  ["{{ a['b'] }}", "t:1:5: expected }} after the path, found \"['b'] }}\""],
  ["{{ a.b", "t:1:7: expected }} after the path, found the end of the template"],
  ["{{ 'a' }}", "t:1:4: expected a dotted path such as message_sid or request.To, found \"'a' }}\""],
  ["{{ a. }}", 't:1:5: expected }} after the path, found ". }}"'],
  ["{{- a }}", 't:1:3: expected a dotted path such as message_sid or request.To, found "- a }}"'],
  ["{# note #}", 't:1:1: expected if PATH, if PATH == "text", else or endif in {% %}, found "{# note #}"'],
  ["{% for a in b %}", 't:1:1: expected if PATH, if PATH == "text", else or endif in {% %}, found "{% for a in b %}"'],
  ["{% elif a %}", 't:1:1: expected if PATH, if PATH == "text", else or endif in {% %}, found "{% elif a %}"'],
  ["{% if not a %}", 't:1:11: expected == "text" or %}, found "a %}"'],
  ['{% if a != "b" %}', 't:1:9: expected == "text" or %}, found "!= \\"b\\" %}"'],
  ["{% if a == 'b' %}", "t:1:12: expected a text in double quotes on one line, found \"'b' %}\""],
  ["{% if a == 5 %}", 't:1:12: expected a text in double quotes on one line, found "5 %}"'],
  ["{% if %}", 't:1:7: expected a dotted path such as error_code or request.To, found "%}"'],
  ["\n\n{% if a %}1", "t:3:1: expected an {% endif %} for this if, found none"],
  ["1{% endif %}", 't:1:2: expected an if before it, found "{% endif %}"'],
  ["1{% else %}", 't:1:2: expected an if before it, found "{% else %}"'],
  ["{% if a %}1{% else %}2{% else %}3{% endif %}", "t:1:23: expected {% endif %}, found a second else"],
  [
    '{"a":\n{% if a %}"x{% else %}2{% endif %}}',
    "t:2:1: expected both ways through this if to end on the same side of a quotation mark, found two sides",
  ],
  [
    '{"a":\n{% if a %}"x{% endif %}"}',
    "t:2:1: expected both ways through this if to end on the same side of a quotation mark, found two sides",
  ],
  ['{\n"a": "b}', "t:2:6: expected a closing quotation mark, found none"],
  [
    '{"a": "b\nc"}',
    "t:1:9: expected a closing quotation mark on the same line; \\n is a line's end inside, found the end of the line",
  ],
  ['"\\{{ a }}"', 't:1:2: expected a whole JSON escape such as \\n or \\u00e9, found "\\\\{{ a }}\\""'],
  ['"\\u00{{ a }}"', 't:1:2: expected a whole JSON escape such as \\n or \\u00e9, found "\\\\u00{{ a }}\\""'],
  ['"\\x"', 't:1:2: expected a whole JSON escape such as \\n or \\u00e9, found "\\\\x\\""'],
  ["{'a': 1}", "t:1:2: expected JSON, found \"'a': 1}\""],
  ["{\u00a0}", 't:1:2: expected JSON, found "\u00a0}"'],
]

describe("compiling", () => {
  it.each(refusals)("refuses %j", (text, message) => strictEqual(refusal(text), message))

  it("refuses a text that is too large", () =>
    strictEqual(
      refusal(`"${"é".repeat(limits.templateBytesMax / 2)}"`),
      "t:1:1: expected at most 16384 bytes, found 16386",
    ))

  it("refuses ifs nested without end", () =>
    strictEqual(refusal("{% if a %}".repeat(17)), "t:1:161: expected at most 16 ifs inside each other, found one more"))
})

describe("what a template says never becomes code", () => {
  const attempts = [
    "<% throw 1 %>",
    "<%= process.exit() %>",
    "<%~ it.v %>",
    "'; throw 1; '",
    "`${throw1}`",
    "\\\\'+alert(1)+'",
    "%>",
    "-%>",
    "*/ throw 1 /*",
  ]

  it.each(["__eta.res", "it.v", "v", "options", "globalThis.process", "this.config"])("%s names nothing", (path) =>
    strictEqual(rendered(`[{{ ${path} }}]`), "[null]"),
  )

  it.each(attempts)("%s in a text is text", (attempt) => {
    const text = attempt.replaceAll("\\\\", "\\\\\\\\")
    strictEqual(JSON.parse(rendered(`{"a": "${text}"}`)).a, text.replaceAll("\\\\", "\\"))
  })

  it.each(attempts)("%s in a value is text", (v) => strictEqual(JSON.parse(rendered('{"a": "{{ v }}"}', { v })).a, v))

  it.each(attempts)("%s in a comparison is text", (attempt) => {
    const text = attempt.replaceAll("\\\\", "")
    strictEqual(rendered(`{% if v == "${text}" %}1{% else %}2{% endif %}`, { v: text }), "1")
  })

  it.each(attempts)("%s in a mark is refused", (attempt) => {
    assertTrue(refusal(`{{ ${attempt} }}`).startsWith("t:1:"))
    assertTrue(refusal(`{{ a ${attempt} }}`).startsWith("t:1:"))
    assertTrue(refusal(`{% if a ${attempt} %}1{% endif %}`).startsWith("t:1:"))
  })
})

const faults: ReadonlyArray<readonly [text: string, message: string]> = [
  ['{\n  "a": 1,\n  "b": 2,\n}', 't:4:1: expected a name in double quotes, found "}"'],
  ['{\n  "a": 1\n  "b": 2\n}', 't:3:3: expected a comma or }, found "\\"b\\": 2"'],
  ['{"a" 1}', 't:1:6: expected a colon after the name, found "1}"'],
  ['{"a": tru}', 't:1:7: expected a JSON value, found "tru}"'],
  ['{"a": 01}', 't:1:8: expected a comma or }, found "1}"'],
  ["[1 2]", 't:1:4: expected a comma or ], found "2]"'],
  ["[1] []", 't:1:5: expected nothing after the JSON value, found "[]"'],
  ['{"a": 1\n', "t:1:7: expected a comma or }, found the end of the template"],
  ["", "t:1:1: expected a JSON value, found the end of the template"],
  ["{ {{ key }}: 1 }", 't:1:3: expected a name in double quotes, found "7: 1 }"'],
  ["[-{{ n }}]", 't:1:2: expected a JSON value, found "-\\"x\\"]"'],
  [
    '{\n"a": 1,\n{% if b %}\n"b": 2\n{% endif %}\n}',
    't:6:1: expected a name in double quotes, found "}" (when b is missing)',
  ],
  ['{\n"a": {% if b == "x" %}1{% endif %}\n}', 't:3:1: expected a JSON value, found "}" (when b is missing)'],
  [
    '{"a": 1 {% if b %}, "b": 2{% endif %}{% if c == "1" %} "c": 3{% endif %}}',
    't:1:56: expected a comma or }, found "\\"c\\": 3}" (when b is missing, c is "1")',
  ],
  [
    '{% if b == "1" %}{ {{ b }}: 1 }{% else %}{}{% endif %}',
    't:1:20: expected a name in double quotes, found "1: 1 }" (when b is 1)',
  ],
  ["[".repeat(70), `t:1:65: expected JSON nested at most 64 deep, found "${"[".repeat(6)}"`],
]

describe("checking", () => {
  it.each(faults)("names the place of the fault in %j", (text, message) => strictEqual(fault(text), message))

  it("takes ifs that exclude each other", () =>
    strictEqual(fault('[{% if s == "a" %}1{% else %}{% if s == "b" %}2{% else %}3{% endif %}{% endif %}]'), "JSON"))

  it("takes a template of more ifs than can be combined", () =>
    strictEqual(
      fault(
        `{"a": 1${Array.from({ length: 40 }, (_, i) => `{% if v${i} %}, "b${i}": {{ v${i} }}{% endif %}`).join("")}}`,
      ),
      "JSON",
    ))

  it("finds a fault that only one of many ifs has", () =>
    assertTrue(
      fault(
        `{"a": 1${Array.from({ length: 40 }, (_, i) => `{% if v${i} %}${i === 17 ? "" : ","} "b${i}": 1{% endif %}`).join("")}}`,
      ).startsWith("t:1:"),
    ))

  it("tries the samples it is given", () =>
    assertTrue(Either.isLeft(checkTemplate(compiled("[{{ n }}1]"), { samples: [{ n: "a" }] }))))

  it("wants an object of plain values for form parameters", () => {
    strictEqual(fault('{"a": "x", "b": {{ n }}}', true), "JSON")
    strictEqual(fault("[1]", true), 't:1:1: expected an object, whose members become form parameters, found "[1]"')
    strictEqual(
      fault('{"a": [1]}', true),
      't:1:7: expected a text, a number, true, false or null: members become form parameters, found "[1]}"',
    )
  })
})

/** Random templates that are JSON for all values: objects whose members come and go, with holes in texts and bare. */
const path = FastCheck.constantFrom("a", "b", "c.d", "request.To", "request.__proto__")
const plain = FastCheck.string({ unit: "grapheme", maxLength: 8 }).map((text) =>
  JSON.stringify(text.replaceAll("{", "(")).slice(1, -1),
)
const inText = FastCheck.array(
  FastCheck.oneof(
    plain,
    path.map((name) => `{{ ${name} }}`),
  ),
  { maxLength: 4 },
)
const value = FastCheck.oneof(
  inText.map((pieces) => `"${pieces.join("")}"`),
  path.map((name) => `{{ ${name} }}`),
  FastCheck.tuple(path, plain, inText).map(
    ([name, equals, pieces]) => `{% if ${name} == "${equals}" %}"${pieces.join("")}"{% else %}null{% endif %}`,
  ),
  FastCheck.constantFrom("1", " true ", "[ ]", '{ "x" : [1 , 2] }'),
)
const template = FastCheck.array(FastCheck.tuple(FastCheck.option(path), value), { maxLength: 6 }).map(
  (members) =>
    `{ "first": 0 ${members
      .map(([when, text], i) =>
        when === null ? `, "m${i}": ${text}` : `{% if ${when} %}, "m${i}" : ${text} {% endif %}`,
      )
      .join("\n")} }`,
)
const scalar = FastCheck.oneof(
  FastCheck.string({ unit: "binary", maxLength: 10 }),
  FastCheck.integer(),
  FastCheck.boolean(),
  FastCheck.constantFrom(null, undefined, '"', "\\", "<%", "{{ a }}", "\ud800"),
)
const values = FastCheck.record({
  a: scalar,
  b: scalar,
  c: FastCheck.record({ d: scalar }),
  request: FastCheck.array(
    FastCheck.tuple(FastCheck.constantFrom("To", "__proto__", "From"), FastCheck.string({ unit: "binary" })),
    { maxLength: 4 },
  ),
})

describe("whatever the values are", () => {
  it.prop("a checked template yields compact ASCII JSON", [template, values], ([text, given]) => {
    const checked = Either.getOrThrowWith(checkTemplate(compiled(text), { samples: [given] }), (error) => error)
    strictEqual(checked.text, text)
    const out = rendered(text, given)
    strictEqual(asciiJson(JSON.parse(out)), out)
  })

  it.prop("a value in a string comes back as it was", [FastCheck.string({ unit: "binary" })], ([v]) => {
    deepStrictEqual(JSON.parse(rendered('["{{ v }}", {{ v }}]', { v })), [v, v])
  })

  it.prop(
    "any text is either refused or rendered",
    [
      FastCheck.array(
        FastCheck.constantFrom(...'{}%"\\ ab.,:[]1<>\n', "{{", "}}", "{% if a %}", "{% else %}", "{% endif %}"),
      ),
    ],
    ([tokens]) => {
      const result = compileTemplate("t", tokens.join(""))
      if (Either.isRight(result)) strictEqual(typeof result.right.render({ a: "x" }), "string")
    },
  )
})

describe("an error", () => {
  it("has its place and both sides as fields", () => {
    const result = compileTemplate("responses/x.json", "\n  {{ 1 }}")
    assertTrue(Either.isLeft(result))
    const { template: file, line, column, expected, found } = result.left
    deepStrictEqual(
      { file, line, column, expected, found },
      {
        file: "responses/x.json",
        line: 2,
        column: 6,
        expected: "a dotted path such as message_sid or request.To",
        found: '"1 }}"',
      },
    )
    assertLeft(result, result.left)
  })
})
