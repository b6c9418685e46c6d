import { createServer } from "node:net"

/**
 * A port nobody listens on just now, and that nobody gets by chance before it is taken: it is below those that a system gives to whoever
 * names none, connections that go out among them. Workers of one run of tests have ranges of their own, and each gives each of its ports once.
 */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < ports; tries++) {
    const port = lowest + (next++ % ports)
    if (await isFree(port)) return port
  }
  throw new Error(`all ports from ${lowest} to ${lowest + ports} are taken`)
}

const workers = 16
const ports = 1_125
const lowest = 12_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % workers) * ports
/* Elsewhere in the range in another run of tests, which may go on at the same time. */
let next = (process.pid * 64) % ports

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })
