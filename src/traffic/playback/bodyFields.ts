import type { Pair } from "../../core/entries.ts"
import { headerOf, type RecordedRequest } from "../../core/traffic/RecordedExchange.ts"

/** Fields of a JSON body that are compared one by one, and how deep they may stand; a body beyond that is one field. */
const fieldsMax = 1_000
const depthMax = 32

/**
 * What a body that is no form says, as fields: the values of a JSON document by their paths (`types.twilio/text.body`, `list.0`), any
 * other body as `body`. A value that is no text has the writing of JSON. JSON is known by itself: formats that are imported may leave out
 * the header that says so.
 */
export const bodyFields = ({ body, headers }: RecordedRequest): ReadonlyArray<Pair> => {
  if ("sha256" in body) return [["body", body.sha256]]
  if ("base64" in body) return [["body", body.base64]]
  const type = headerOf(headers, "content-type") ?? ""
  if (body.text === "" || /x-www-form-urlencoded/i.test(type)) return []
  return jsonFields(body.text) ?? [["body", body.text]]
}

/** The last name of a field's path: places in lists have none. */
export const lastName = (path: string): string => path.split(".").findLast((part) => !/^\d+$/.test(part)) ?? path

const jsonFields = (text: string): ReadonlyArray<Pair> | undefined => {
  let whole: unknown
  try {
    whole = JSON.parse(text)
  } catch {
    return undefined // It is compared as the text that it is.
  }
  if (typeof whole !== "object" || whole === null) return undefined
  const fields: Array<Pair> = []
  const open: Array<{ readonly path: string; readonly depth: number; readonly value: unknown }> = []
  const into = (value: object, path: string, depth: number) => {
    for (const [name, each] of Object.entries(value).reverse())
      open.push({ path: path === "" ? name : `${path}.${name}`, depth, value: each })
  }
  into(whole, "", 1)
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { depth, path, value } = next
    if (depth > depthMax || fields.length + open.length > fieldsMax) return undefined
    const isOpen = typeof value === "object" && value !== null && Object.keys(value).length > 0
    if (isOpen) into(value, path, depth + 1)
    else fields.push([path, typeof value === "string" ? value : JSON.stringify(value)])
  }
  return fields
}
