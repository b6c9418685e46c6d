import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { serveTraffic } from "../../src/app/serveTraffic.ts"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { makeRecorder, type RecorderOptions } from "../../src/traffic/record/Recorder.ts"
import { readTrafficFile } from "../../src/traffic/TrafficFile.ts"
import { atEndOfFile } from "./endOfFile.ts"
import { newFolder } from "./folder.ts"

/** A recorder in this process, on a free port. */
export const recorder = async (upstream: string, options: Partial<RecorderOptions> = {}) => {
  const file = options.file ?? join(newFolder(), "traffic.jsonl")
  const scope = Effect.runSync(Scope.make())
  const failures: Array<string> = []
  const started = Effect.gen(function* () {
    const made = yield* makeRecorder({
      by: "ringback test",
      failed: ({ message }) => void failures.push(message),
      file,
      publicUrl: undefined,
      recorded: () => undefined,
      redaction: { keepBodies: true, keepNumbers: true, salt: "salt" },
      upstream: new URL(upstream),
      webhooksTo: undefined,
      ...options,
    })
    return yield* serveTraffic({ host: "127.0.0.1", port: 0 }, made.handler)
  })
  const { port } = await Effect.runPromise(Scope.extend(started, scope))
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= Effect.runPromise(Scope.close(scope, Exit.void))
    return closed
  }
  atEndOfFile(close)
  return {
    address: `http://127.0.0.1:${port}`,
    file,
    failures,
    close,
    /** What the file holds now. */
    read: () => Effect.runPromise(readTrafficFile(file)),
    /** What it holds once nothing goes on any more. */
    recorded: async (): Promise<ReadonlyArray<RecordedExchange>> => {
      await close()
      return (await Effect.runPromise(readTrafficFile(file))).exchanges
    },
  }
}

/** A server on a free port that does as it is told. */
export const upstream = async (handler: http.RequestListener): Promise<string> => {
  const server = http.createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  atEndOfFile(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
