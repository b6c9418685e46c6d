/** What a value becomes: `name` is that of the field it stands in, at whatever depth of lists. */
export type ByName = (name: string, value: string) => string

/**
 * The text of a JSON document with its values replaced, and everything else (spaces, order, numbers' writing) as it was.
 *
 * Walks the text token by token, so that it serves broken and cut documents too. A string is written anew where it changed. Of numbers
 * the digits are given, and taken where they still make a number. `true`, `false` and `null` stay.
 */
export const replaceInJson = (text: string, byName: ByName, byNumber: ByName): string => {
  /** The field that each open group or list stands in. */
  const open: Array<string> = []
  let name = ""
  return text.replace(token, (found, string?: string, colon?: string, bare?: string) => {
    if (string !== undefined) {
      const value = unquoted(string)
      if (value === undefined) return found
      if (colon !== undefined) {
        name = value
        return found
      }
      const made = byName(name, value)
      return made === value ? found : JSON.stringify(made)
    }
    if (bare !== undefined) {
      const made = byNumber(name, bare)
      return isNumber.test(made) ? made : "0"
    }
    if (found === "{" || found === "[") open.push(name)
    else name = open.pop() ?? ""
    return found
  })
}

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d[\d.eE+-]*)|[{}[\]]/gs
const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

const unquoted = (text: string): string | undefined => {
  if (!text.includes("\\")) return text.slice(1, -1)
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined // A broken string, as in a document that is none.
  }
}
