import type { OutboundRequested, Pair } from "../core/entries.ts"
import { formBody } from "./form.ts"
import type { Landing } from "./nodeClient.ts"

/** Redirects that are followed. Source: error 11215. */
export const redirectsMax = 10

/** The `detail` of a failure (`outbound.failed`, reason `refused`) after too many redirects. */
export const tooManyRedirects = "too-many-redirects"

/** One request of an exchange: the first, or one that a redirect leads to. */
export interface Hop {
  readonly method: string
  readonly params: ReadonlyArray<Pair>
  /** Where it goes. */
  readonly target: string
  /** What is signed. They differ where callbacks are rewritten. */
  readonly url: string
}

/**
 * Where an answer leads; `undefined` when it is no redirect that can be followed: no http or https URL, or a 304.
 *
 * Shape   307 and 308 repeat the request; any other 3xx with a Location is fetched by GET, without the parameters
 * Why     behind a rewritten URL the application knows only one of the two origins: both stand for each other
 * Source  "TwiML for Programmable Voice": redirects are followed (301, 307 …), at most ten
 */
export const nextHop = ({ method, params, target, url }: Hop, landing: Landing): Hop | undefined => {
  if (landing._tag !== "Answered" || landing.location === undefined || landing.status === 304) return undefined
  if (!URL.canParse(landing.location, target)) return undefined
  const led = new URL(landing.location, target)
  if (led.protocol !== "http:" && led.protocol !== "https:") return undefined
  led.hash = ""
  const [went, signed] = [new URL(target), new URL(url)]
  const rewritten = went.origin !== signed.origin && (led.origin === went.origin || led.origin === signed.origin)
  const next = rewritten ? { target: moved(led, went), url: moved(led, signed) } : { target: led.href, url: led.href }
  return landing.status === 307 || landing.status === 308
    ? { method, params, ...next }
    : { method: "GET", params: [], ...next }
}

/** A URL's path and query at another's origin, userinfo included. */
const moved = ({ pathname, search }: URL, origin: URL): string => {
  const there = new URL(origin)
  there.pathname = pathname
  there.search = search
  there.hash = ""
  return there.href
}

/** A URL as the log shows it. */
export const shownUrl = (url: string): string => {
  const shown = new URL(url)
  shown.username = ""
  shown.password = ""
  return shown.href.slice(0, shownLengthMax)
}
const shownLengthMax = 1_000

/** The URL of a request: a GET has its parameters in the query, behind what stands there, and before a fragment. */
export const withQuery = (url: string, { method, params }: Pick<OutboundRequested, "method" | "params">): string => {
  if (method !== "GET" || params.length === 0) return url
  const cut = url.indexOf("#")
  const [plain, fragment] = cut < 0 ? [url, ""] : [url.slice(0, cut), url.slice(cut)]
  const joint = !plain.includes("?") ? "?" : /[?&]$/.test(plain) ? "" : "&"
  return plain + joint + formBody(params) + fragment
}
