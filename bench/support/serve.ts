import { join } from "node:path"
import { authToken } from "./message.ts"
import { root } from "./programs.ts"

/** The shipped bundle's `serve` on a free port. */
export const serveCommand = (settings: string, db: string): ReadonlyArray<string> => [
  join(root, "dist/main.js"),
  "serve",
  "--port",
  "0",
  "--seed",
  "1",
  "--config",
  settings,
  "--db",
  db,
]

export const serveEnvironment = { TWILIO_AUTH_TOKEN: authToken, LOG_LEVEL: "ERROR" }
