/*
 * Hosts that are inside of every run, on no network: `ringback.internal` is the run itself, and each name below it a simulated
 * host such as a provider. `.internal` is never a name of the Internet (ICANN, 2024).
 */

/** The run itself: a request to it is one to its own APIs. */
export const ownHost = "ringback.internal"
export const ownOrigin = `http://${ownHost}`

/** The host of a URL that stays inside, in lower case and without its port; undefined of every other. */
export const insideHostOf = (url: string): string | undefined => {
  if (!/ringback\.internal/i.test(url)) return undefined
  const host = /^https?:\/\/(?:[^/?#@]*@)?((?:[a-z0-9-]+\.)*ringback\.internal)(?::\d+)?(?:[/?#]|$)/i.exec(url)?.[1]
  return host?.toLowerCase()
}

/** Whether a request goes to the run itself. */
export const isOwn = ({ connect, url }: { readonly connect?: string | undefined; readonly url: string }): boolean =>
  insideHostOf(connect ?? url) === ownHost
