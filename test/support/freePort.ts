import { createServer } from "node:net"

/**
 * A port nobody listens on just now, and that nobody gets by chance before it is taken: it is below those that a system gives to whoever
 * names none, connections that go out among them. Each process of tests begins elsewhere, and gives each of its ports once.
 */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < ports; tries++) {
    const port = lowest + (next++ % ports)
    if (await isFree(port)) return port
  }
  throw new Error(`all ports from ${lowest} to ${lowest + ports} are taken`)
}

const lowest = 12_000
const ports = 18_000
const portsOfEach = 64
let next = (process.pid * portsOfEach) % ports

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)))
  })
