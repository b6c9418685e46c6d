import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { type ProxyFinding, proxyCheck } from "../../proxy/proxyCheck.ts"
import { trustFilesIn } from "../../proxy/trustFiles.ts"
import { environment } from "../reach.ts"
import type { Settings } from "../settings.ts"
import { type Finding, fail, ok, warn } from "./Check.ts"
import { isRingback, reachable } from "./places.ts"

/* Whether applications of this shell reach the exchange under Twilio's names, without a change of their code. */

/** A finding, and what it is about. */
export interface Told extends Finding {
  readonly about: string
}

/**
 * Looks at it when an exchange listens and somebody has made the local CA, or set the variables of a proxy, for it: asking for the first
 * of Twilio's names would make the CA, and whoever uses the one line of docs/sdk needs none.
 */
export const reachedCheck = ({ proxy, server }: Settings): Effect.Effect<ReadonlyArray<Told>> =>
  Effect.gen(function* () {
    const { caPath } = proxy
    if (server.port === 0) return []
    const env = environment()
    const address = `http://${reachable(server.host)}:${server.port}`
    const leads = ["HTTP_PROXY", "HTTPS_PROXY"].some((name) => portOf(env[name]) === server.port)
    if (!fs.existsSync(trustFilesIn(caPath).ca) && !leads)
      return [{ about: "local CA", ...ok(`none in ${caPath} yet; ringback exec, env and trust make it`) }]
    if (!(yield* isRingback(server.host, server.port)))
      return [
        {
          about: "Twilio's names",
          ...ok(`nothing answers at ${address} yet; looked at by doctor while a server runs there`),
        },
      ]
    return (yield* proxyCheck({ address, caPath, env, node: process.versions.node })).map(toldOf)
  })

const portOf = (value = ""): number => (URL.canParse(value) ? Number(new URL(value).port) : Number.NaN)

const toldOf = ({ advice, found, name, state }: ProxyFinding): Told => ({
  about: name,
  ...(state === "ok" ? ok(found) : { warn, fail }[state](found, advice.join("\n"))),
})
