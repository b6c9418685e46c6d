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
    ["", "there is no element"],
    ["  \n", "there is no element"],
    ["Hello", "there is text outside of the root element"],
    [" <?xml version='1.0'?><R/>", "the XML declaration is not at the beginning"],
    ["<?xml?><R/>", "the XML declaration is not at the beginning"],
    ["<?xml encoding='x'?><R/>", "the XML declaration is none"],
    ["<!DOCTYPE R [<!ENTITY a 'b'>]><R>&a;</R>", "there is a document type, which TwiML has not"],
    ["<R><!DOCTYPE x></R>", "there is a document type, which TwiML has not"],
    ["<R>", "the element <R> does not end"],
    ["<R", "the tag <R> does not end"],
    ["<R/", "the tag <R> does not end"],
    ["< R/>", "an element has no name"],
    ["<1/>", "an element has no name"],
    ["<R></S>", "</S> ends no element that is open; <R> is"],
    ["<R></r>", "</r> ends no element that is open; <R> is"],
    ["</R>", "</R> ends no element: none is open"],
    ["<R/><R/>", "something follows the root element"],
    ["<R/>x", "something follows the root element"],
    ["<R a=1/>", "the value of a is not in quotes, does not end, or holds a <"],
    ["<R a='x/>", "the value of a is not in quotes, does not end, or holds a <"],
    ["<R a='<'/>", "the value of a is not in quotes, does not end, or holds a <"],
    ["<R a/>", "the attribute a has no value"],
    ["<R a='1'b='2'/>", "there is no space before an attribute"],
    ["<R a='1' a='1'/>", "the attribute a comes twice"],
    ["<R>a & b</R>", "a & begins no reference that is known"],
    ["<R>&nbsp;</R>", "a & begins no reference that is known"],
    ["<R>&#99999999;</R>", "a & begins no reference that is known"],
    ["<R a='x &amp y'/>", "a & begins no reference that is known"],
    ["<R a='&lt;&b;&gt;'/>", "a & begins no reference that is known"],
    ["<R>&#x110000;</R>", "a reference names a character that does not exist"],
    ["<R>&#0;</R>", "there is a character that XML has not"],
    ["<R>&#xD800;</R>", "there is a character that XML has not"],
    ["<R>\u0001</R>", "there is a character that XML has not"],
    ["<R>\ud83d</R>", "there is a character that XML has not"],
    ["<R>]]></R>", "]]> stands in text"],
    ["<R><!-- a -- b --></R>", "-- stands in a comment"],
    ["<R><!-- a ---></R>", "-- stands in a comment"],
    ["<R><!-- a </R>", "a comment does not end"],
    ["<R><![CDATA[x</R>", "a CDATA section does not end"],
    ["<R><?x </R>", "an instruction does not end"],
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

  it("of another version than 1 is refused by a code of its own", () => {
    strictEqual(refused("<?xml version='2.0'?><R/>").code, 12101)
    parsed("<?xml version='1.1'?><R/>")
  })

  it("is refused with the line where it goes wrong", () =>
    deepStrictEqual(refused("<R>\r\n<a>\n\r</b></R>"), {
      code: 12100,
      reason: "</b> ends no element that is open; <a> is",
      line: 4,
    }))

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
