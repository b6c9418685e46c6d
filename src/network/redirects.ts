import type { OutboundRequested, Pair } from "../core/entries.ts"
import { formBody } from "../core/form.ts"
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
 * Where requests really go, by the settings in force, with the userinfo these hold. Of the URL they are given it is as it was: an answer
 * that names somebody's secret is sent where it leads as it stands.
 */
export interface Routes {
  /** Where a public URL is asked: elsewhere where it is rewritten; `via: world` at an endpoint inside the run. */
  readonly out: (url: string) => { readonly via: "world" | "wire"; readonly connect?: string }
  /** The public URL of one that callbacks are rewritten to. */
  readonly back: (url: string) => string | undefined
}

/** The `detail` of a failure (`outbound.failed`, reason `refused`) of a redirect to an endpoint inside the run. */
export const redirectIntoRun = "redirect-into-run"

/**
 * Where an answer leads; `undefined` when it is no redirect that can be followed: no http or https URL, or a 304.
 *
 * Shape   307 and 308 repeat the request; any other 3xx with a Location is fetched by GET, without the parameters
 * Why     an application behind a rewritten URL may name its own address or the public one: either is brought to the public
 *         one, which is signed and goes where the settings have it go
 * Source  "TwiML for Programmable Voice": redirects are followed (301, 307 …), at most ten
 */
export const nextHop = (
  { method, params, target, url }: Hop,
  landing: Landing,
  routes: Routes,
): Hop | typeof redirectIntoRun | undefined => {
  if (landing._tag !== "Answered" || landing.location === undefined || landing.status === 304) return undefined
  if (!URL.canParse(landing.location, target)) return undefined
  const led = new URL(landing.location, target)
  if (led.protocol !== "http:" && led.protocol !== "https:") return undefined
  led.hash = ""
  const own = target !== url && led.origin === new URL(target).origin
  const named = own ? (routes.back(led.href) ?? led.href) : led.href
  const next = withUserinfoOf(url, withUserinfoOf(target, named))
  const { connect, via } = routes.out(next)
  if (via === "world") return redirectIntoRun
  const again = landing.status === 307 || landing.status === 308
  return { ...(again ? { method, params } : { method: "GET", params: [] }), target: connect ?? next, url: next }
}

/** A URL with the userinfo of another one of the same origin, where it has none of its own. */
const withUserinfoOf = (other: string, url: string): string => {
  const [from, to] = [new URL(other), new URL(url)]
  if (from.origin !== to.origin || to.username !== "" || to.password !== "") return url
  to.username = from.username
  to.password = from.password
  return to.href
}

/** A URL as the log shows it: without its userinfo, and what `hide` hides. */
export const shownUrl = (url: string, hide: (text: string) => string): string => {
  const shown = new URL(url)
  shown.username = ""
  shown.password = ""
  return hide(shown.href).slice(0, shownLengthMax)
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
