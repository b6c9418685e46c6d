import { type Answer, type Connection, connectAll } from "./connection.ts"
import type { Checks } from "./report.ts"
import { pause } from "./served.ts"

/** Every request of a stretch of traffic, one way or the other. */
export interface Traffic {
  /** Requests that fell due. */
  readonly due: number
  /** Of these, sent; the others found no free connection. */
  readonly sent: number
  /** Sent, and the connection ended without an answer. */
  readonly lost: number
  readonly seconds: number
  /** Answers by status, with their latencies in ms. */
  readonly byStatus: ReadonlyMap<number, ReadonlyArray<number>>
}

export interface OpenLoop {
  readonly connections: ReadonlyArray<Connection>
  readonly request: (n: number) => string | Buffer
  /** Requests a second. */
  readonly rate: number
  readonly seconds: number
  readonly took?: (answer: Answer) => void
}

/** Offers requests evenly whether or not the last ones were answered. One that finds no connection free is not sent. */
export const openLoop = async ({ connections, rate, request, seconds, took }: OpenLoop): Promise<Traffic> => {
  const free = [...connections]
  const byStatus = new Map<number, Array<number>>()
  let [sent, lost, answered] = [0, 0, 0]
  const take = (connection: Connection) => (answer: Answer | undefined) => {
    if (answer === undefined) {
      lost++
      return
    }
    answered++
    const known = byStatus.get(answer.status)
    if (known === undefined) byStatus.set(answer.status, [answer.ms])
    else known.push(answer.ms)
    took?.(answer)
    free.push(connection)
  }
  const began = performance.now()
  const end = began + seconds * 1000
  let due = 0
  for (let now = began; now < end; now = performance.now()) {
    for (const until = ((now - began) * rate) / 1000; due < until; due++) {
      const connection = free.pop()
      if (connection === undefined) continue
      sent++
      connection.ask(request(due), now, take(connection))
    }
    await pause(1)
  }
  const hopeless = performance.now() + 30_000
  while (answered + lost < sent && performance.now() < hopeless) await pause(5)
  return { due, sent, lost: sent - answered, seconds, byStatus }
}

/** As many requests as are answered: each connection sends again as soon as it may. Answers with the rate a second. */
export const closedLoop = async (
  port: number,
  count: number,
  seconds: number,
  request: (n: number) => string | Buffer,
  took: (answer: Answer) => void,
): Promise<number> => {
  const connections = await connectAll(port, count)
  const began = performance.now()
  const end = began + seconds * 1000
  let n = 0
  let answered = 0
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve) => {
          const next = () => {
            if (performance.now() >= end) return resolve()
            connection.ask(request(n++), performance.now(), (answer) => {
              if (answer === undefined) return resolve()
              answered++
              took(answer)
              next()
            })
          }
          next()
        }),
    ),
  )
  const rate = (answered / (performance.now() - began)) * 1000
  close(connections)
  return rate
}

export const close = (connections: ReadonlyArray<Connection>): void => {
  for (const { socket } of connections) socket.destroy()
}

/** Sends one request every so often on a connection of its own, as a caller beside the others does. */
export interface Probe {
  /** Answers since the last look, oldest first; a connection that ended counts with status 0. */
  readonly look: () => ReadonlyArray<Answer>
  readonly stop: () => Promise<void>
}

export const startProbe = (port: number, everyMs: number, request: (n: number) => string): Probe => {
  let answers: Array<Answer> = []
  let going = true
  let n = 0
  const one = async (connection: Connection, due: number): Promise<Answer> => {
    const answer = await new Promise<Answer | undefined>((resolve) => connection.ask(request(n++), due, resolve))
    const at = performance.now()
    return answer ?? { status: 0, body: "", ms: at - due, at }
  }
  const run = async () => {
    let [connection] = await connectAll(port, 1)
    while (going) {
      const due = performance.now()
      if (connection === undefined || connection.socket.destroyed) [connection] = await connectAll(port, 1)
      answers.push(connection === undefined ? { status: 0, body: "", ms: 0, at: due } : await one(connection, due))
      await pause(Math.max(1, due + everyMs - performance.now()))
    }
    connection?.socket.destroy()
  }
  const running = run()
  return {
    look: () => {
      const seen = answers
      answers = []
      return seen
    },
    stop: async () => {
      going = false
      await running
    },
  }
}

/** The value below which this share of values lies; 0 without values. */
export const quantile = (values: ReadonlyArray<number>, share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Holds those beside the others to what they had without them: all answered, and no slower than three times that or `leastMs`. */
export const notDelayed = (
  checks: Checks,
  { beside, calm, leastMs }: { calm: ReadonlyArray<Answer>; beside: ReadonlyArray<Answer>; leastMs: number },
): void => {
  const [before, now] = [calm, beside].map((answers) =>
    quantile(
      answers.map(({ ms }) => ms),
      0.95,
    ),
  ) as [number, number]
  checks.is("sends beside them, not answered 201", beside.filter(({ status }) => status !== 201).length, 0)
  checks.say("sends alone, p95", before, "ms")
  checks.within("sends beside them, p95", now, Math.max(leastMs, 3 * before))
}
