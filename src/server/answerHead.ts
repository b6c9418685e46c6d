import * as http from "node:http"
import { isToken, isValue } from "../network/headerText.ts"
import { keepAliveMs } from "./connections.ts"

/** The last line of a header, and what of. */
interface Line {
  value: string
  text: string
}

/**
 * The line of a header each that was written last: most of an answer's headers are those of the answer before, and putting their lines
 * together is half of what writing an answer takes (docs/performance.md).
 */
const lately = new Map<string, Line>()

/** Names beyond these have their lines made each time. */
const latelyMax = 64

/** What is said of the connection, and how the body comes, is for whoever writes the answer to say. */
const notGiven = /^(?:connection|keep-alive|trailer|transfer-encoding|upgrade)$/i

/** Throws for what no header may hold, so that nothing given can become another header or answer. */
const lineOf = (name: string, value: string): string => {
  const before = lately.get(name)
  if (before?.value === value) return before.text
  if (!isToken(name) || !isValue(value) || notGiven.test(name))
    throw new TypeError(`the header ${JSON.stringify(name)} is not valid`)
  const text = `${name}: ${value}\r\n`
  if (before !== undefined) {
    before.value = value
    before.text = text
  } else if (lately.size < latelyMax) lately.set(name, { value, text })
  return text
}

/** What node's server says of a connection that stays, and of one that ends behind the answer. */
const stays = `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(keepAliveMs / 1_000)}\r\n\r\n`
const ends = "Connection: close\r\n\r\n"

/**
 * The head of an answer, as node's server writes it. `headers` are flat, and get a Date of `hostNow` (ms since the Unix epoch) unless they
 * have one; `last`: the connection ends behind it. Throws for what is no answer's: a status below 200 announces one.
 */
export const answerHead = (
  status: number,
  headers: ReadonlyArray<string>,
  { hostNow, last }: { readonly hostNow: () => number; readonly last: boolean },
): string => {
  if (status < 200) throw new RangeError(`the status ${status} is none of an answer`)
  let text = `HTTP/1.1 ${status} ${http.STATUS_CODES[status] ?? "unknown"}\r\n`
  let dated = false
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    dated ||= name.length === 4 && name.toLowerCase() === "date"
    text += lineOf(name, headers[i + 1] as string)
  }
  if (!dated) text += `Date: ${new Date(hostNow()).toUTCString()}\r\n`
  return text + (last ? ends : stays)
}
