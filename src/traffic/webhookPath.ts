/** What the path of a webhook that goes through a recorder begins with; the application is asked for what stands behind it. */
export const webhookPrefix = "/webhooks"

/** What stands behind the prefix of webhooks; `undefined` where that is not what the target begins with. */
export const behindPrefix = (target: string): string | undefined => {
  if (!target.startsWith(webhookPrefix)) return undefined
  const behind = target.slice(webhookPrefix.length)
  return behind === "" || behind.startsWith("?") ? `/${behind}` : behind.startsWith("/") ? behind : undefined
}

/** The target of a request to a server that has a path of its own. */
export const targetAt = (server: URL, target: string): string => server.pathname.replace(/\/$/, "") + target

/** The absolute URL of that. */
export const urlAt = (server: URL, target: string): string => server.origin + targetAt(server, target)
