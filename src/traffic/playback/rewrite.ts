import { iso, rfc2822 } from "../../core/Instant.ts"
import { sidPattern } from "../../core/traffic/about.ts"
import { replaceInForm } from "../../core/traffic/redact/form.ts"
import { replaceInJson } from "../../core/traffic/redact/json.ts"
import { replaceNumbers } from "../../core/traffic/redact/numbers.ts"

/** What of a recording is otherwise now. */
export interface Rewriting {
  /** What a SID or number is called now. */
  readonly name: (recorded: string) => string
  /** What a whole value says now, where that is something else. */
  readonly text: (recorded: string) => string | undefined
  /** Whole seconds, in ms, by which now is later. */
  readonly later: number
}

/** Nothing is otherwise. */
export const unchanged: Rewriting = { name: (recorded) => recorded, text: () => undefined, later: 0 }

/** A value as it is now. */
export const rewriteValue = ({ later, name, text }: Rewriting, value: string): string => {
  const other = text(value)
  if (other !== undefined) return other
  if (!/\d{3}/.test(value)) return value
  const date = dateLater(value, later)
  if (date !== undefined) return date
  return replaceNumbers(value.replace(sidPattern, name), name)
}

/** A body as it is now; only JSON and forms are looked into value by value. */
export const rewriteBody = (rewriting: Rewriting, type: string, body: string): string => {
  const value = (_: string, each: string) => rewriteValue(rewriting, each)
  if (/json/i.test(type)) return replaceInJson(body, value, (_, digits) => digits)
  return /x-www-form-urlencoded/i.test(type) ? replaceInForm(body, value) : rewriteValue(rewriting, body)
}

const wholeDate =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z)$/

/** A date that many ms later, in the same writing; `undefined` for what is none. */
const dateLater = (text: string, ms: number): string | undefined => {
  const found = wholeDate.exec(text)
  if (found === null) return undefined
  const at = Date.parse(text) + ms
  if (!Number.isFinite(at) || Math.abs(at) > 8.64e15) return undefined
  if (text.endsWith("+0000")) return rfc2822(at)
  return found[1] === undefined ? iso(at).replace(/\.\d{3}Z$/, "Z") : iso(at)
}
