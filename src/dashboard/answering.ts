import type * as http from "node:http"

/* What pages are answered with. */

/**
 * Pages load nothing from elsewhere and run no script or style but their own files; htmx evaluates nothing. No other page may
 * frame them.
 */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'"

export const html = "text/html; charset=utf-8"

/** Gives a whole answer that nobody may keep. */
export const answer = (
  response: http.ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: http.OutgoingHttpHeaders = {},
): void => {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Content-Security-Policy": policy,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    ...headers,
  })
  response.end(response.req.method === "HEAD" ? undefined : body)
}

/** What a request for a page asks for. */
export interface Asked {
  readonly path: string
  readonly query: URLSearchParams
  /** Where the browser found this server. */
  readonly origin: string
  /** The part of the page that is wanted, by its id; undefined: all of it. */
  readonly part: string | undefined
}

/** The query of a request, cut where it is longer than any page's. */
const queryLengthMax = 4_000

export const askedOf = (path: string, { headers, url = "" }: http.IncomingMessage): Asked => {
  const cut = url.indexOf("?")
  const byHtmx = headers["hx-request"] === "true" && headers["hx-history-restore-request"] !== "true"
  const target = headers["hx-target"]
  return {
    path,
    query: new URLSearchParams(cut < 0 ? "" : url.slice(cut + 1, cut + 1 + queryLengthMax)),
    origin: `http://${/^[\w.:[\]-]{1,255}$/.test(headers.host ?? "") ? headers.host : "localhost"}`,
    part: byHtmx && typeof target === "string" ? target : undefined,
  }
}
