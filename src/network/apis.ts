import { callbackTestApi, isCallbackTest } from "./callbackTest.machine.ts"

/* Who answers what on the one port of a run, by path: the `api` of every request. */

/** The carrier's API, which has every path that is nobody else's. */
export const twilioApi = "twilio"

/** The gateway's. */
export const gatewayApi = "gateway"

/** The conversation service's. */
export const conversationsApi = "conversations"

/** An API beside the carrier's: its name in `api.requested`, and the paths, without their query, that are its own. */
interface OwnApi {
  readonly name: string
  readonly owns: (path: string) => boolean
}

/** Whether a path is one of these, or below it. */
const below = (...roots: ReadonlyArray<string>): ((path: string) => boolean) => {
  const inside = roots.map((root) => `${root}/`)
  return (path) => roots.includes(path) || inside.some((start) => path.startsWith(start))
}

const own: ReadonlyArray<OwnApi> = [
  { name: callbackTestApi, owns: isCallbackTest },
  { name: gatewayApi, owns: below("/api/sms") },
  { name: conversationsApi, owns: below("/webhook", "/api/conversations", "/api/messages") },
]

/** Whose API a path is, without its query: of requests that come in, and of those the run asks of itself. */
export const apiOf = (path: string): string => {
  for (const { name, owns } of own) if (owns(path)) return name
  return twilioApi
}
