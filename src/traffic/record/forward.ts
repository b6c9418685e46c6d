import * as http from "node:http"
import * as https from "node:https"
import type { Pair } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import { noAnswer } from "../../core/traffic/noAnswer.ts"
import type { RecordedAnswer } from "../../core/traffic/RecordedExchange.ts"
import { forwardedHeaders, goingOn, headerPairs } from "../../network/hopHeaders.ts"
import { Collected } from "./collected.ts"

/** Where a request goes: a server, and the target of the request line as it is written. */
export interface Destination {
  readonly server: URL
  readonly target: string
}

/** Sends requests on as they are. */
export interface Forwarder {
  /** Forwards a request and its answer back; tells once what came of it. `body` is its body where that was read already. */
  readonly forward: (
    incoming: http.IncomingMessage,
    outgoing: http.ServerResponse,
    to: Destination,
    ended: (outcome: Outcome) => void,
    body?: Buffer,
  ) => void
  readonly close: () => void
}

/** What came of a request. `sent` is what of its body has passed. */
export interface Outcome {
  readonly sent: Collected
  readonly answer: RecordedAnswer | { readonly failed: string }
  /** The one who asks still waits for an answer: none has begun. */
  readonly unanswered: boolean
}

/** Host ms the other side may be silent: the longest that an application waits for an answer of an API. */
const silentMsMax = 120_000

/** Host ms a connection is kept without a request: less than servers keep theirs, so that none is closed as it is taken up. */
const idleMsMax = 4_000

/** Makes a forwarder with connections that it keeps. Bytes go through unread: coded, in pieces, as they came. */
export const makeForwarder = (): Forwarder => {
  const options = { keepAlive: true, maxSockets: limits.trafficForwardsMax, timeout: idleMsMax }
  const agents = { http: new http.Agent(options), https: new https.Agent(options) }
  return {
    forward: (incoming, outgoing, { server, target }, ended, body) => {
      const secure = server.protocol === "https:"
      const send = secure ? https.request : http.request
      let request: http.ClientRequest
      try {
        request = send(server, {
          agent: secure ? agents.https : agents.http,
          headers: forwardedHeaders(incoming, server.host),
          method: incoming.method ?? "GET",
          path: target,
          timeout: silentMsMax,
        })
      } catch (cause) {
        // Node takes some targets and headers in that it does not send out again.
        const failed = failureOf(cause as NodeJS.ErrnoException)
        ended({ answer: { failed }, sent: new Collected(), unanswered: true })
        return
      }
      follow(incoming, outgoing, request, ended, body)
    },
    close: () => {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

/** The headers of a message as a recording has them. */
export const recordedHeaders = (message: http.IncomingMessage): ReadonlyArray<Pair> =>
  headerPairs(message).map(([name, value]) => [name.toLowerCase(), value])

const follow = (
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
  request: http.ClientRequest,
  ended: (outcome: Outcome) => void,
  whole: Buffer | undefined,
): void => {
  const sent = new Collected()
  let over = false
  const end = (answer: Outcome["answer"]) => {
    if (over) return
    over = true
    ended({ answer, sent, unanswered: !outgoing.headersSent && !outgoing.destroyed })
  }
  if (whole === undefined) {
    incoming.on("data", sent.add)
    incoming.pipe(request)
  } else {
    sent.add(whole)
    request.end(whole)
  }
  outgoing.once("close", () => {
    if (over || outgoing.writableFinished) return
    end({ failed: "whoever asked hung up" })
    request.destroy()
  })
  request.on("timeout", () => request.destroy(Object.assign(new Error("silent"), { code: "ETIMEDOUT" })))
  request.on("error", (cause: NodeJS.ErrnoException) => {
    end({ failed: failureOf(cause) })
    if (outgoing.headersSent) outgoing.destroy()
  })
  request.on("response", (answer) => {
    const { headers, statusCode: status = 502, statusMessage } = answer
    outgoing.sendDate = false
    outgoing.writeHead(status, statusMessage, goingOn(answer).flat())
    const body = new Collected()
    answer.on("data", body.add)
    answer.pipe(outgoing)
    answer.on("end", () => {
      if (answer.complete)
        end({ body: body.body(headers["content-encoding"]), headers: recordedHeaders(answer), status })
    })
    answer.once("close", () => {
      if (answer.complete) return
      end({ failed: `the answer broke off after ${body.length} bytes` })
      outgoing.destroy()
    })
  })
}

const failureOf = ({ code, message }: NodeJS.ErrnoException): string => {
  if (code !== undefined && /CERT|ISSUER|_SIGNATURE/.test(code)) return `${noAnswer.untrusted} (${code})`
  switch (code) {
    case "ECONNREFUSED":
      return noAnswer.refused
    case "ECONNRESET":
    case "EPIPE":
      return noAnswer.closed
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return noAnswer.noHost
    case "ETIMEDOUT":
      return noAnswer.late
    default:
      return code ?? message
  }
}
