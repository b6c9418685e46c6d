import * as Effect from "effect/Effect"
import type { Run } from "../engine/Run.ts"
import type { RequestTimes, ServerOptions } from "../server/HttpServer.ts"
import { refuse, send } from "../server/plainAnswer.ts"

/** Loads what answers `GET /metrics` of a run; nothing of it is there before. */
export const metricsOfRun =
  (run: Run): NonNullable<ServerOptions["metrics"]> =>
  async (times: RequestTimes) => {
    const { metricsOf } = await import("../metrics/metricsHandler.ts")
    return Effect.map(metricsOf(run, times), (scrape) => (_, request, response) => {
      if (request.method !== "GET" && request.method !== "HEAD")
        return refuse(response, 405, "metrics are read with GET")
      return scrape(
        (text, type) => send(response, 200, type, text),
        (why) => refuse(response, 503, `the log cannot be read: ${why}`),
      )
    })
  }
