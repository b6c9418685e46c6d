import type { ByName } from "./json.ts"

/**
 * The text of an XML document (TwiML) with its texts and attributes replaced. A text is asked for by the name of its element (`body` where
 * somebody hears or reads it), an attribute by its own name, or, where it is the value of a named parameter, by that one's. Comments become empty.
 *
 * Reads tags as they come, so that it serves broken documents too.
 */
export const replaceInXml = (text: string, byName: ByName): string => {
  const open: Array<string> = []
  const element = () => (said.test(open.at(-1) ?? "") ? "body" : (open.at(-1) ?? ""))
  const asked = (raw: string): string => {
    if (raw.trim() === "") return raw
    const value = unescaped(raw)
    const made = byName(element(), value)
    return made === value ? raw : escaped(made)
  }
  return text.replace(piece, (found) => {
    if (found.startsWith("<!--")) return "<!---->"
    if (found.startsWith("<![CDATA[")) {
      const value = found.slice(9, found.endsWith("]]>") ? -3 : undefined)
      const made = byName(element(), value)
      return made === value ? found : escaped(made)
    }
    if (!found.startsWith("<")) return asked(found)
    if (found.startsWith("</")) open.pop()
    else if (!/^<[?!]|\/>$/.test(found)) open.push(/^<([\w:.-]*)/.exec(found)?.[1] ?? "")
    return attributes(found, byName)
  })
}

/** Elements of TwiML whose text is written or said to somebody; also those of SSML. */
const said = /^(?:Message|Sms|Body|Say|Prompt|speak|p|s|emphasis|prosody|lang|phoneme|say-as|sub|w)$/

const piece = /<!--.*?(?:-->|$)|<!\[CDATA\[.*?(?:\]\]>|$)|<(?:"[^"]*"|'[^']*'|[^<>"'])*>?|[^<]+/gs
const attribute = /([\w:.-]+)(\s*=\s*)("[^"]*"|'[^']*')/g

const attributes = (tag: string, byName: ByName): string => {
  const named = /\sname\s*=\s*("[^"]*"|'[^']*')/.exec(tag)?.[1]?.slice(1, -1)
  return tag.replace(attribute, (found, name: string, equals: string, quoted: string) => {
    const value = unescaped(quoted.slice(1, -1))
    const made = byName(name === "value" && named !== undefined ? unescaped(named) : name, value)
    return made === value ? found : `${name}${equals}"${escaped(made)}"`
  })
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

const unescaped = (text: string): string =>
  text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (found, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? found
      const point = hex === undefined ? Number(digits) : Number.parseInt(hex, 16)
      return point > 0x10_ff_ff ? found : String.fromCodePoint(point)
    },
  )

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
