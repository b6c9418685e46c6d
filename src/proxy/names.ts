/*
 * Hosts whose place the exchange takes. Pure: nothing here resolves or connects.
 *
 * Every certificate, and every request that is kept instead of passed on, goes by `simulatedName`.
 */

/** What is simulated, with every host below it. The local CA is limited to these domains, too. */
export const simulatedDomains: ReadonlyArray<string> = ["twilio.com"]

/** A label of a host name, lower case. Source: RFC 1123, 2.1; an underscore is no letter of it. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * The name of a simulated host, lower case and without the dot of the root; `undefined` for every other, and for what is no host name.
 *
 * The domain itself (`twilio.com`) is none: only what lies below it is an API.
 */
export const simulatedName = (host: string): string | undefined => {
  const name = host.toLowerCase().replace(/\.$/, "")
  if (name.length > 253 || !name.split(".").every((part) => label.test(part))) return undefined
  return simulatedDomains.some((domain) => name.endsWith(`.${domain}`)) ? name : undefined
}

/** Where a request goes. */
export interface Authority {
  /** A name or an address, lower case, without brackets. */
  readonly host: string
  readonly port: number
}

/** What stands behind CONNECT, or between the slashes of a URL; `undefined` for anything that is not `HOST:PORT`. */
export const parseAuthority = (text: string, portUsual?: number): Authority | undefined => {
  const [, bracketed, plain = "", digits] =
    /^(?:\[([0-9a-f:.]{2,45})\]|([^\s:/?#@[\]\\%]{1,253}))(?::(\d{1,5}))?$/i.exec(text) ?? []
  const host = (bracketed ?? plain).toLowerCase()
  const port = digits === undefined ? portUsual : Number(digits)
  return host === "" || port === undefined || port < 1 || port > 65_535 ? undefined : { host, port }
}

/** An authority as it is written. */
export const authorityShown = ({ host, port }: Authority): string =>
  `${host.includes(":") ? `[${host}]` : host}:${port}`
