/**
 * A text as it stands in an XML document, between elements or as the value of an attribute. Characters that XML has not (controls, lone
 * surrogates) become U+FFFD. White space other than spaces is written by number: a reader makes spaces of it in attributes, and of CR a
 * line feed.
 */
export const escapeXml = (text: string): string =>
  plain.test(text)
    ? text
    : text
        .toWellFormed()
        .replace(notInXml, "\ufffd")
        .replace(special, (char) => escapes[char] ?? `&#${char.charCodeAt(0)};`)
const plain = /^[ !#-%'-;=?-~]*$/
const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
const special = /[&<>"\t\n\r]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 has no way to write.
const notInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
