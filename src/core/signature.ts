import * as crypto from "node:crypto"
import { byCodeUnit } from "./canonical.ts"
import type { Pair } from "./entries.ts"

/**
 * The value of `X-Twilio-Signature`: HMAC-SHA1 of the URL and the sorted parameters, in Base64.
 *
 * Shape   `url` is signed as given but for its fragment (see `signedForm`); after it come the POST form's parameters,
 *         decoded, each name and value with nothing between; a GET has them in its URL and passes none
 * Order   by name, then value, in code units; a pair that repeats counts once
 * Why     the de-duplication of repeated names is Twilio's, but only the node, python and php validators know it: go takes
 *         the first value, ruby, java and C# have one value per name. Callbacks should not repeat names.
 * Source  "Security" (webhooks), and the official SDKs' request validators, April to August 2026
 */
export const sign = (token: string, url: string, params: ReadonlyArray<Pair>): string => {
  const sorted = params.toSorted(byNameAndValue)
  let text = withoutFragment(url)
  for (let i = 0; i < sorted.length; i++) {
    const [name, value] = sorted[i] as Pair
    const before = sorted[i - 1]
    if (before === undefined || before[0] !== name || before[1] !== value) text += name + value
  }
  return crypto.createHmac("sha1", token).update(text).digest("base64")
}

/**
 * The form of a URL that is requested and signed: WHATWG-normalised, without fragment.
 *
 * It lower-cases scheme and host, gives an empty path `/`, drops the scheme's own port (validators try both), and
 * escapes what may not stand in a URL: spaces, non-ASCII, and `'` in a query as `%27`. User and password stay, as
 * Twilio signs them. A text that is no URL only loses its fragment.
 *
 * Accepted by  every official validator that is given the URL as it was requested (rebuilt from Host and request line):
 *              python, php, ruby, java, go, C#, node; and by node when it is given the URL as it was configured,
 *              because it normalises in the same way
 * Refused by   all but node when they are given the URL as it was configured and that differs from the normal form
 *              in more than its port: upper case in the host, no path, a raw `'`, space or non-ASCII
 */
export const signedForm = (url: string): string => {
  const known = lately.get(url)
  if (known !== undefined) return known
  const form = normalForm(url)
  if (lately.size >= latelyMax) lately.clear()
  lately.set(url, form)
  return form
}

/** Forms worked out lately: an application has few callback URLs, and each is signed again and again. */
const lately = new Map<string, string>()
const latelyMax = 256

const normalForm = (url: string): string => {
  if (!URL.canParse(url)) return withoutFragment(url)
  const normal = new URL(url)
  if (normal.href.includes("#")) normal.hash = ""
  return normal.href
}

const withoutFragment = (url: string): string => {
  const at = url.indexOf("#")
  return at === -1 ? url : url.slice(0, at)
}

const byNameAndValue = (a: Pair, b: Pair): number => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1])
