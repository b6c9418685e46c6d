import * as net from "node:net"
import { performance } from "node:perf_hooks"
import { counterMark } from "../support/message.ts"

/*
 * A load generator over bare sockets: keep-alive connections, one request in flight on each, the same bytes every time but
 * for the request's number where it has room for one (`counterMark`). Without a rate every connection sends again as soon as it is answered; with one, requests fall due evenly and wait for a free
 * connection, and their latency counts from when they fell due.
 */

interface Order {
  readonly port: number
  readonly request: string
  readonly connections: number
  readonly count: number
  /** Requests a second; as fast as it goes when absent. */
  readonly rate?: number
}

/** What a round showed; `body` is the last answer's. */
interface Report {
  readonly ms: number
  readonly p50: number
  readonly p99: number
  readonly body: string
}

interface Connection {
  readonly socket: net.Socket
  since: number
  received: Buffer | undefined
}

const open = (port: number, take: (connection: Connection, chunk: Buffer) => void, fail: (why: Error) => void) =>
  new Promise<Connection>((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true })
    const connection: Connection = { socket, since: 0, received: undefined }
    socket.once("connect", () => resolve(connection))
    socket.on("data", (chunk) => take(connection, chunk))
    socket.on("error", fail)
    socket.on("end", () => fail(new Error("the server closed a connection")))
  })

/** The body of an answer that is whole; undefined while some of it is missing. */
const bodyOf = (answer: Buffer): Buffer | undefined => {
  const headEnd = answer.indexOf("\r\n\r\n")
  if (headEnd < 0) return undefined
  const at = answer.indexOf("Content-Length: ")
  const length = at < 0 ? 0 : Number.parseInt(answer.toString("latin1", at + 16, at + 24), 10)
  return answer.length < headEnd + 4 + length ? undefined : answer.subarray(headEnd + 4, headEnd + 4 + length)
}

/** The n-th request: the same bytes, or a copy that has `n` where the marks are. */
const numbering = (text: string): ((n: number) => Buffer) => {
  const request = Buffer.from(text)
  const places: Array<number> = []
  for (let at = text.indexOf(counterMark); at >= 0; at = text.indexOf(counterMark, at + counterMark.length))
    places.push(at)
  if (places.length === 0) return () => request
  return (n) => {
    const numbered = Buffer.from(request)
    const digits = String(n).padStart(counterMark.length, "0").slice(-counterMark.length)
    for (const at of places) numbered.write(digits, at, "latin1")
    return numbered
  }
}

const run = async (order: Order): Promise<Report> => {
  const { port, count, connections, rate } = order
  const request = numbering(order.request)
  const latencies = new Float64Array(count)
  const free: Array<Connection> = []
  const due: Array<number> = []
  let sent = 0
  let answered = 0
  let last: Buffer = Buffer.alloc(0)
  let done: (value?: unknown) => void = () => {}
  let fail: (why: Error) => void = () => {}
  const finished = new Promise((resolve, reject) => {
    done = resolve
    fail = reject
  })

  const send = (connection: Connection, since: number) => {
    connection.since = since
    connection.socket.write(request(sent++))
  }
  const take = (connection: Connection, chunk: Buffer) => {
    const answer = connection.received === undefined ? chunk : Buffer.concat([connection.received, chunk])
    const body = bodyOf(answer)
    connection.received = body === undefined ? answer : undefined
    if (body === undefined) return
    if (answer[9] !== 0x32) return fail(new Error(`answered ${answer.toString("latin1", 9, 12)}: ${body.toString()}`))
    const now = performance.now()
    latencies[answered++] = now - connection.since
    last = body
    if (answered === count) return done()
    if (rate === undefined) {
      if (sent < count) send(connection, now)
      return
    }
    const since = due.shift()
    if (since === undefined) free.push(connection)
    else send(connection, since)
  }

  const all = await Promise.all(Array.from({ length: connections }, () => open(port, take, fail)))
  const began = performance.now()
  if (rate === undefined) for (const connection of all.slice(0, count)) send(connection, began)
  else {
    free.push(...all)
    let fallen = 0
    const tick = setInterval(() => {
      const until = Math.min(count, ((performance.now() - began) * rate) / 1000)
      for (; fallen < until; fallen++) {
        const connection = free.pop()
        const since = began + (fallen * 1000) / rate
        if (connection === undefined) due.push(since)
        else send(connection, since)
      }
      if (fallen === count) clearInterval(tick)
    }, 1)
  }
  await finished
  const ms = performance.now() - began
  for (const { socket } of all)
    socket
      .removeAllListeners()
      .on("error", () => {})
      .destroy()
  latencies.sort()
  const at = (share: number) => latencies[Math.min(count - 1, Math.floor(count * share))] ?? 0
  return { ms, p50: at(0.5), p99: at(0.99), body: last.toString() }
}

process.on("message", (order: Order) => {
  run(order).then(
    (report) => process.send?.(report),
    (why: Error) => {
      process.stderr.write(`${why.message}\n`)
      process.exit(1)
    },
  )
})
