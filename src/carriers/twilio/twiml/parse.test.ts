import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { attributeOf, elementsIn, textIn } from "./document.ts"
import { parseTwiml, twimlLimits } from "./parse.ts"

const parsed = (text: string) => Either.getOrThrowWith(parseTwiml(text), ({ reason }) => new Error(reason))
const refused = (text: string) => Either.getOrThrowWith(Either.flip(parseTwiml(text)), () => new Error("it was taken"))

describe("a TwiML document", () => {
  it("is its root element, with attributes and children in their order", () =>
    deepStrictEqual(
      parsed(`<Response><Message to="+1555" from='A "b"'>Hi<Media>u</Media>!</Message><Redirect/></Response>`),
      {
        name: "Response",
        attributes: [],
        children: [
          {
            name: "Message",
            attributes: [
              ["to", "+1555"],
              ["from", 'A "b"'],
            ],
            children: ["Hi", { name: "Media", attributes: [], children: ["u"] }, "!"],
          },
          { name: "Redirect", attributes: [], children: [] },
        ],
      },
    ))

  it("may have a declaration, a byte order mark, comments and instructions around its root and in it", () => {
    const text = `\ufeff<?xml version="1.0" encoding="UTF-8" standalone='yes' ?>\r\n<!-- a - b --><?php x?><R><!-- c --><?p?>t</R>\n<!--d-->`
    deepStrictEqual(parsed(text), { name: "R", attributes: [], children: ["t"] })
  })

  it("has references and CDATA as what they stand for", () =>
    deepStrictEqual(parsed(`<R a="&lt;&#65;&#x1F427; &amp;amp;"> &gt;&apos;&quot;<![CDATA[<b> & ]] >]]>c</R>`), {
      name: "R",
      attributes: [["a", "<A\u{1f427} &amp;"]],
      children: [` >'"<b> & ]] >c`],
    }))

  it("has line ends as one character, and white space in attributes as blanks", () =>
    deepStrictEqual(parsed(`<R a="x\r\ny\tz\n&#10;">1\r\n2\r3</R>`), {
      name: "R",
      attributes: [["a", "x y z \n"]],
      children: ["1\n2\n3"],
    }))

  it("may have white space in its tags and names of any letters", () =>
    deepStrictEqual(parsed(`<R \n a = "1" >\n</R\t>`).attributes, [["a", "1"]]))

  it.each([
    ["", "document must contain a root element"],
    ["  \n", "document must contain a root element"],
    ["Hello", "text data outside of root node"],
    [" <?xml version='1.0'?><R/>", "an XML declaration must be at the start of the document"],
    ["<?xml?><R/>", "XML declaration must contain a version"],
    ["<?xml encoding='x'?><R/>", "expected one of version"],
    ["<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>", "there is a document type, which TwiML has not"],
    ["<R><!DOCTYPE x></R>", "inappropriately located doctype declaration"],
    ["<R>", "unclosed tag: R"],
    ["<R", "document must contain a root element"],
    ["<R/", "unexpected end"],
    ["< R/>", "disallowed character in tag name"],
    ["<1/>", "disallowed character in tag name"],
    ["<R></S>", "unexpected close tag: <R> was open"],
    ["<R></r>", "unexpected close tag: <R> was open"],
    ["</R>", "unmatched closing tag: R"],
    ["<R/><R/>", "documents may contain only one root"],
    ["<R/>x", "text data outside of root node"],
    ["<R a=1/>", "unquoted attribute value"],
    ["<R a='x/>", "unexpected end"],
    ["<R a='<'/>", "disallowed character"],
    ["<R a/>", "disallowed character in attribute name"],
    ["<R a='1'b='2'/>", "no whitespace between attributes"],
    ["<R a='1' a='1'/>", "duplicate attribute: a"],
    ["<R>a & b</R>", "a & begins no reference (unclosed tag: R)"],
    ["<R>&nbsp;</R>", "undefined entity"],
    ["<R>&#99999999;</R>", "malformed character entity"],
    ["<R a='x &amp y'/>", "a & begins no reference (unexpected end)"],
    ["<R a='&lt;&b;&gt;'/>", "undefined entity"],
    ["<R>&#x110000;</R>", "malformed character entity"],
    ["<R>&#0;</R>", "malformed character entity"],
    ["<R>&#xD800;</R>", "malformed character entity"],
    ["<R>\u0001</R>", "disallowed character"],
    ["<R>\ud83d</R>", "disallowed character"],
    ["<R>]]></R>", 'the string "]]>" is disallowed in char data'],
    ["<R><!-- a -- b --></R>", "malformed comment"],
    ["<R><!-- a ---></R>", "malformed comment"],
    ["<R><!-- a </R>", "unclosed tag: R"],
    ["<R><![CDATA[x</R>", "unclosed tag: R"],
    ["<R><?x </R>", "unclosed tag: R"],
  ])("is not %j", (text, reason) => {
    const why = refused(text)
    strictEqual(why.reason, reason)
    strictEqual(why.code, 12100)
  })

  it("has limits: at them it is taken, past them refused", () => {
    const { depthMax, elementsMax, attributesMax } = twimlLimits
    const attributes = (n: number) => `<R ${Array.from({ length: n }, (_, i) => `a${i}=""`).join(" ")}/>`
    strictEqual(refused("<a>".repeat(depthMax + 1)).reason, "elements are nested more than 32 deep")
    strictEqual(refused(`<R>${"<a/>".repeat(elementsMax)}</R>`).reason, "there are more than 2000 elements")
    strictEqual(refused(attributes(attributesMax + 1)).reason, "an element has more than 64 attributes")
    parsed("<a>".repeat(depthMax) + "</a>".repeat(depthMax))
    strictEqual(parsed(`<R>${"<a/>".repeat(elementsMax - 1)}</R>`).children.length, elementsMax - 1)
    strictEqual(parsed(attributes(attributesMax)).attributes.length, attributesMax)
  })

  it("with a & that begins no reference is refused with that line, though it shows only at the end", () => {
    const refusal = { code: 12100, reason: "a & begins no reference (unclosed tag: Say)", line: 2 }
    deepStrictEqual(refused("<R>\n<Say>Fish & chips</Say>\n</R>"), refusal)
    const later = { code: 12100, reason: "unclosed tag: R", line: 2 }
    deepStrictEqual(refused("<R><![CDATA[a & b]]><!-- & --><?p & ?><a b='&#38;'/>\n"), later)
    strictEqual(refused("<R>&amp;\n&b c;</R>").reason, "a & begins no reference (disallowed character in entity name)")
  })

  it("of another version than 1 is refused by a code of its own", () => {
    strictEqual(refused("<?xml version='2.0'?><R/>").code, 12101)
    parsed("<?xml version='1.1'?><R/>")
  })

  it("is refused with the line where it goes wrong", () =>
    deepStrictEqual(refused("<R>\r\n<a>\n\r</b></R>"), {
      code: 12100,
      reason: "unexpected close tag: <a> was open",
      line: 4,
    }))

  it("is refused with the line of half a character", () => {
    const half = { code: 12100, reason: "disallowed character", line: 2 } as const
    deepStrictEqual(refused("<R>\n<a>\ud83d</a>\n</R>"), half)
    deepStrictEqual(refused("<R>\n\udc00\n</R>\n"), half)
  })

  it("costs time in proportion to its length, however it is written", () => {
    // Each of these takes minutes where reading one piece looks at all that follows.
    const n = 300_000
    for (const text of [
      `<R>${"&amp;".repeat(n)}</R>`,
      `<R>${"<!---->".repeat(n)}</R>`,
      `<R>${"]]".repeat(n)}</R>`,
      `<R a="${"&lt;".repeat(n)}"/>`,
      `<R ${" ".repeat(n)}`,
      `<?xml ${" version".repeat(n)}`,
    ])
      assertTrue(Either.isEither(parseTwiml(text)))
  }, 20_000)
})

describe("an element", () => {
  const element = parsed(`<Message to="x"> a <Body>b</Body>\n c <Media/></Message>`)

  it("has attributes by their names, as they are written", () => {
    strictEqual(attributeOf(element, "to"), "x")
    strictEqual(attributeOf(element, "To"), undefined)
  })

  it("has elements in it, and text of its own without the white space around it", () => {
    deepStrictEqual(
      elementsIn(element).map(({ name }) => name),
      ["Body", "Media"],
    )
    strictEqual(textIn(element), "a \n c")
  })
})
