import * as Config from "effect/Config"
import { isHttpUrl } from "./settingsParts.ts"
import { variable } from "./variable.ts"

/* What the environment says of the gateway. Source: the gateway's requirements, "Environment & Configuration". */

export interface GatewayEnvironment {
  /** `PROVIDER1_URL` …, in their order. */
  readonly urls: ReadonlyArray<{ readonly n: number; readonly url: string }>
  readonly providerLimit: number | undefined
  readonly totalLimit: number | undefined
  /** What is said of variables that do nothing, for people. */
  readonly notes: ReadonlyArray<string>
}

export const noGatewayEnvironment: GatewayEnvironment = {
  urls: [],
  providerLimit: undefined,
  totalLimit: undefined,
  notes: [],
}

/** Variables of URLs that are looked for. */
const urlsMax = 20
const numbers = Array.from({ length: urlsMax }, (_, i) => i + 1)

/** The variables as they are set. */
export const gatewayVariables = Config.all({
  urls: Config.all(numbers.map((n) => variable(`PROVIDER${n}_URL`))),
  provider: variable("PROVIDER_RATE_LIMIT"),
  total: variable("TOTAL_RATE_LIMIT"),
  redis: variable("REDIS_URL"),
  taskiq: variable("TASKIQ_BROKER_URL"),
})

/** What they say, and what is wrong with them. Their values may hold passwords: none is repeated. */
export const readGatewayVariables = (
  given: Config.Config.Success<typeof gatewayVariables>,
): { readonly environment: GatewayEnvironment; readonly problems: Array<string> } => {
  const problems: Array<string> = []
  const urls = numbers.flatMap((n, i) => {
    const url = given.urls[i]
    if (url === undefined) return []
    if (isHttpUrl(url)) return [{ n, url }]
    problems.push(
      `environment PROVIDER${n}_URL: expected a URL that begins with http:// or https://, found a text of ${url.length} characters`,
    )
    return []
  })
  const limit = (name: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined
    if (/^[1-9]\d{0,6}$/.test(text) && Number(text) <= 1_000_000) return Number(text)
    problems.push(
      `environment ${name}: expected a whole number of requests in a window, 1 to 1000000, found a text of ${text.length} characters`,
    )
    return undefined
  }
  const notes = [
    ...(given.redis === undefined
      ? []
      : ["REDIS_URL does nothing: limits are counted, and requests queued, in the log"]),
    ...(given.taskiq === undefined
      ? []
      : ["TASKIQ_BROKER_URL does nothing: the queue is the log, and the process works it off"]),
  ]
  const environment = {
    urls,
    providerLimit: limit("PROVIDER_RATE_LIMIT", given.provider),
    totalLimit: limit("TOTAL_RATE_LIMIT", given.total),
    notes,
  }
  return { environment, problems }
}
