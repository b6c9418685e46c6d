import * as net from "node:net"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { sendRequest, writeSettings } from "../support/message.ts"
import { programFile, startServer, temporaryFolder } from "../support/programs.ts"
import { alternate, type Figure, figure, type Measured, type Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"

/** Sends one message and waits for the beginning of its answer. */
const answered = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true }, () => socket.write(sendRequest()))
    socket.once("error", reject)
    socket.once("data", (chunk) => {
      socket.destroy()
      if (chunk.toString("latin1", 9, 12) === "201") resolve()
      else reject(new Error(`answered ${chunk.toString("latin1", 0, 40)}`))
    })
  })

/** From the start of a server's process to its answer to a first message; then it is ended. */
export const msToAnswer = async (
  command: ReadonlyArray<string>,
  env?: Readonly<Record<string, string>>,
): Promise<Measured> => {
  const began = performance.now()
  const server = await startServer(command, env)
  await answered(server.port)
  const value = performance.now() - began
  const cpuUs = server.cpuUs()
  await server.end()
  return { value, cpuUs }
}

const msOverMax = 150

/**
 * From the start of the process to the answer to a first message, into a log that is not there yet. With the compiled code that the
 * build keeps, as everybody's starts but those of an install whose folder cannot be written to.
 */
export const startUp = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const settings = writeSettings(temporaryFolder(), 2)
  const server = await programFile("floors/server.ts")
  const bare = () => msToAnswer([server])
  const ours = () => msToAnswer(serveCommand(settings, join(temporaryFolder(), "ringback.db")), serveEnvironment)
  await bare()
  await ours()
  const found = await alternate(quick ? 3 : 9, bare, ours)
  return [
    figure(
      { name: "start to first answer, empty log", unit: "ms", reach: `<= ${msOverMax} ms over` },
      found,
      (_, difference) => difference <= msOverMax,
    ),
  ]
}
