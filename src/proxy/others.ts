import * as http from "node:http"
import * as net from "node:net"
import type { Duplex } from "node:stream"
import { limits } from "../core/limits.ts"
import { onceAsked } from "../core/onceAsked.ts"
import { allowOf } from "../network/allow.ts"
import { type Guard, guardOf } from "../network/guard.ts"
import { forwardedHeaders, goingOn } from "../network/hopHeaders.ts"
import { isLoopback } from "../network/isLoopback.ts"
import { httpsModule } from "../network/secureModules.ts"
import { type Authority, authorityShown } from "./names.ts"

/*
 * What the proxy does for hosts it does not stand for: nothing, or it passes bytes on unread.
 *
 * Callers on this machine can go wherever they could go by themselves. Callers beyond it, where settings let them pass at all, never reach
 * this machine's own loopback, link-local addresses or those of clouds' metadata services.
 */

const unspecified = onceAsked(() => {
  const list = new net.BlockList()
  list.addAddress("0.0.0.0", "ipv4")
  list.addAddress("::", "ipv6")
  return list
})

const { permits } = allowOf(undefined)

/** Watches over what a caller beyond this machine reaches. */
const abroad: Guard = guardOf({
  permits: (host, address) =>
    permits(host, address) &&
    !isLoopback(address) &&
    !unspecified().check(address, net.isIPv6(address) ? "ipv6" : "ipv4"),
})

/** How connections to other hosts are made for a caller; `undefined`: like any of this machine's own. */
export const guardFor = (peer: string | undefined): Guard | undefined => (isLoopback(peer) ? undefined : abroad)

/** Whether a caller may pass. Nothing said: callers on this machine alone. */
export const mayPass = (others: "pass" | "refuse" | undefined, peer: string | undefined): boolean =>
  others === undefined ? isLoopback(peer) : others === "pass"

/** What is said of a host that is not passed on to. */
export const refusal = (to: string): string =>
  `Ringback's proxy stands for *.twilio.com and does not pass on to ${to}; proxy.others: pass in the settings lets everything pass\n`

const unreachable = (to: string, cause: NodeJS.ErrnoException): string =>
  `Ringback's proxy cannot reach ${to} (${cause.code ?? cause.message})\n`

const full = `Ringback's proxy keeps ${limits.proxyTunnelsMax} connections open, and takes no more\n`

/** An answer to CONNECT that is none: the connection ends with it. */
export const endWith = (socket: Duplex, status: number, text: string): void => {
  const head = [
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
    "Content-Type: text/plain; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
    "",
    text,
  ]
  socket.end(head.join("\r\n"))
}

export const established = "HTTP/1.1 200 Connection Established\r\n\r\n"

/** Connections through the proxy to other hosts. */
export class Tunnels {
  readonly #open = new Set<net.Socket>()

  /** Connects a caller with a host; bytes pass as they come until either ends, or both have been silent for long. */
  connect(caller: net.Socket, head: Buffer, to: Authority): void {
    const fail = (cause: unknown) =>
      endWith(caller, 502, unreachable(authorityShown(to), cause as NodeJS.ErrnoException))
    const guard = guardFor(caller.remoteAddress)
    if (this.#open.size >= limits.proxyTunnelsMax) endWith(caller, 503, full)
    else
      try {
        guard?.check(new URL(`http://${authorityShown(to)}/`))
        this.#join(caller, head, net.connect({ ...to, ...(guard === undefined ? {} : { lookup: guard.lookup }) }), fail)
      } catch (cause) {
        fail(cause)
      }
  }

  #join(caller: net.Socket, head: Buffer, there: net.Socket, fail: (cause: unknown) => void): void {
    this.#open.add(there)
    let open = false
    const end = () => {
      caller.destroy()
      there.destroy()
    }
    there.setTimeout(limits.proxyConnectMsMax, () => there.destroy(open ? undefined : timedOut()))
    there.once("connect", () => {
      open = true
      there.setTimeout(limits.proxyTunnelSilentMsMax)
      caller.write(established)
      if (head.length > 0) there.write(head)
      caller.pipe(there).pipe(caller)
    })
    there.on("error", (cause) => {
      if (open || caller.destroyed) end()
      else fail(cause)
    })
    there.once("close", () => {
      this.#open.delete(there)
      if (open) end()
    })
    caller.on("error", end)
    caller.once("close", end)
  }

  /** Ends them all. */
  destroy(): void {
    for (const there of this.#open) there.destroy()
  }
}

const timedOut = (): Error => Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" })

/** Passes a request on to another host, and its answer back, as they come. */
export const passOn = (incoming: http.IncomingMessage, outgoing: http.ServerResponse, url: URL): void => {
  const fail = (cause: unknown) => {
    if (outgoing.headersSent) outgoing.destroy()
    else plain(outgoing, 502, unreachable(url.host, cause as NodeJS.ErrnoException))
  }
  try {
    join(incoming, outgoing, requestTo(url, incoming), fail)
  } catch (cause) {
    fail(cause) // Node takes some targets and headers in that it does not send out again.
  }
}

const requestTo = (url: URL, incoming: http.IncomingMessage): http.ClientRequest => {
  const guard = guardFor(incoming.socket.remoteAddress)
  guard?.check(url)
  return (url.protocol === "https:" ? httpsModule().request : http.request)(url, {
    agent: false,
    headers: forwardedHeaders(incoming, url.host),
    method: incoming.method ?? "GET",
    timeout: limits.proxyConnectMsMax,
    ...(guard === undefined ? {} : { lookup: guard.lookup }),
  })
}

const join = (
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
  request: http.ClientRequest,
  fail: (cause: unknown) => void,
): void => {
  request.on("timeout", () => request.destroy(timedOut()))
  request.on("error", fail)
  request.on("response", (answer) => {
    outgoing.sendDate = false
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, goingOn(answer).flat())
    answer.pipe(outgoing)
    answer.on("error", () => outgoing.destroy())
  })
  incoming.pipe(request)
  incoming.on("error", () => request.destroy())
  outgoing.once("close", () => request.destroy())
}

/** A whole answer to a request of which nothing more is read. */
export const plain = (outgoing: http.ServerResponse, status: number, text: string): void => {
  outgoing.shouldKeepAlive = false
  outgoing.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": Buffer.byteLength(text),
  })
  outgoing.end(text)
}
