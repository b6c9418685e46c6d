import { RingbackError } from "./errors.ts"

/** A client of Twilio's Node library as far as it is looked at: every request of every product goes through here. */
interface Client {
  request: (options: { readonly uri?: string }) => unknown
}

/** Hosts of Twilio that the exchange answers for, whatever edge and region they name. */
const simulated = /^(?:api|lookups|messaging|verify)(?:\.[\w-]+)*\.twilio\.com$/
const twilios = /(?:^|\.)twilio\.com$/

/** Makes a client send to `url` what it sends to Twilio. */
export const connectTo =
  (url: string) =>
  <C extends object>(client: C): C => {
    if (!isClient(client))
      throw new RingbackError("connect: expected a client of Twilio's Node library: twilio(accountSid, authToken)")
    const send = client.request
    // Async, because the library reads lists in a way that only hears of a promise that fails.
    client.request = async (options) =>
      await send.call(client, options.uri === undefined ? options : { ...options, uri: moved(options.uri, url) })
    return client
  }

const isClient = (client: object): client is Client => "request" in client && typeof client.request === "function"

const moved = (uri: string, url: string): string => {
  if (!URL.canParse(uri)) return uri
  const { hash, hostname, pathname, search } = new URL(uri)
  if (simulated.test(hostname)) return `${url}${pathname}${search}${hash}`
  if (twilios.test(hostname))
    throw new RingbackError(`connect: Ringback does not simulate ${hostname}; ${pathname} was not sent to Twilio`)
  return uri
}
