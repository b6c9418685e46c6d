import { isLoopback } from "../network/isLoopback.ts"

/** Who asks for a page or the control API, as far as it matters. */
export interface Caller {
  readonly method: string
  /** Address of the other end of the connection. */
  readonly peer: string | undefined
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly secFetchSite: string | undefined
  /** Whether the admin token was shown. */
  readonly tokenShown: boolean
}

export interface AccessRules {
  /** Host names, without port, that pages and control answer to besides loopback ones. */
  readonly allowedHosts: ReadonlySet<string>
  /** Whether there is a token to be shown. */
  readonly hasToken: boolean
}

/** Why a request is refused, for the one who sent it. */
export interface Refusal {
  /** 401 where a token would help. */
  readonly status: 401 | 403
  readonly message: string
}

/**
 * Who may use pages and the control API (the carrier's API has credentials of its own and answers any Host).
 *
 * 1. Only loopback peers, or anyone who shows the admin token.
 * 2. Only under an allowed Host name: a foreign page that has rebound its name to this address is refused.
 * 3. A browser may change something only from a page of this server. Plain curl sends neither header and needs nothing.
 */
export const refusal = (caller: Caller, rules: AccessRules): Refusal | undefined => {
  if (!caller.tokenShown && !isLoopback(caller.peer))
    return rules.hasToken
      ? { status: 401, message: "send the admin token as a bearer token, or in a browser as the password of any user" }
      : refuse("pages and the control API answer only loopback; set server.admin_token and send it as a bearer token")
  const host = hostName(caller.host)
  if (!caller.tokenShown && !isLoopbackName(host) && !rules.allowedHosts.has(host))
    return refuse(`the host name ${JSON.stringify(host)} is not allowed here; name it in server.allowed_hosts`)
  if (caller.method === "GET" || caller.method === "HEAD" || caller.method === "OPTIONS") return undefined
  const { origin, secFetchSite } = caller
  if (secFetchSite !== undefined && secFetchSite !== "same-origin" && secFetchSite !== "none")
    return refuse("a page of another site may not change anything here")
  if (origin !== undefined && origin.replace(/^https?:\/\//, "") !== caller.host)
    return refuse(`a page of ${JSON.stringify(origin.slice(0, 100))} may not change anything here`)
  return undefined
}

const refuse = (message: string): Refusal => ({ status: 403, message })

/** The name in a Host header, lower case, without port and brackets. */
const hostName = (host: string | undefined): string => {
  const text = (host ?? "").toLowerCase()
  const bracketed = /^\[([^\]]*)\]/.exec(text)
  return bracketed?.[1] ?? text.replace(/:\d*$/, "")
}

const isLoopbackName = (name: string): boolean =>
  name === "localhost" || name.endsWith(".localhost") || isLoopback(name)
