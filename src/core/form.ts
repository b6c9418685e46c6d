import type { Pair } from "./pair.ts"

/** A form body of pairs in their order. */
export const formBody = (params: ReadonlyArray<Pair>): string =>
  params.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")

/** As HTML forms do: space is `+`; a lone surrogate, which has no bytes, becomes U+FFFD. */
const encode = (text: string): string =>
  unreserved.test(text)
    ? text
    : encodeURIComponent(text.toWellFormed())
        .replace(/%20/g, "+")
        .replace(/[!'()~]/g, percent)
const unreserved = /^[A-Za-z0-9_.*-]*$/
const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
