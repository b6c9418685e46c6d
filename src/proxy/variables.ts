import { delimiter } from "node:path"
import * as Effect from "effect/Effect"
import { javaStorePassword } from "./javaKeyStore.ts"
import type { CaUnusable } from "./LocalCa.ts"
import { simulatedDomains } from "./names.ts"
import { type TrustFiles, withTheirs } from "./trustFiles.ts"

/** Environment variables, as they are. */
export type Environment = Readonly<Record<string, string | undefined>>

/** A variable by its name, and the value it is given. */
export type Variable = readonly [name: string, value: string]

/** How an application reaches an exchange that knows nothing of it. */
export interface Reach {
  /** `http://127.0.0.1:PORT`: the proxy, and the exchange itself. */
  readonly address: string
  readonly accountSid: string
  /** Undefined where nobody but the exchange knows it. */
  readonly authToken: string | undefined
  /** A number the account has, where settings name one. */
  readonly phoneNumber: string | undefined
  /** The folder of the local CA, and the files in it. */
  readonly caPath: string
  readonly files: TrustFiles
}

/** Hosts that are never asked through a proxy. */
const direct = ["localhost", "127.0.0.1", "::1"]

/**
 * The variables that make official SDKs reach an exchange: Twilio's hosts through its proxy, its certificates trusted, its credentials.
 *
 * What `before` says of other hosts and certificates stays: it is added to. The same variables a second time change nothing.
 *
 * Source  docs/sdk: which SDK reads which
 */
export const variablesOf = (reach: Reach, before: Environment): Effect.Effect<ReadonlyArray<Variable>, CaUnusable> =>
  Effect.gen(function* () {
    const { accountSid, address, authToken, caPath, files, phoneNumber } = reach
    const trusting = (name: string, ours: string) =>
      Effect.map(withTheirs(caPath, ours, before[name]), (file): Variable => [name, file])
    const around = aroundProxy(before.NO_PROXY ?? before.no_proxy)
    return [
      ["RINGBACK_URL", address],
      ["TWILIO_API_BASE_URL", address],
      ["TWILIO_ACCOUNT_SID", accountSid],
      ...(authToken === undefined ? [] : [["TWILIO_AUTH_TOKEN", authToken] as const]),
      ...(phoneNumber === undefined ? [] : [["TWILIO_PHONE_NUMBER", phoneNumber] as const]),
      ...["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"].map((name): Variable => [name, address]),
      ["NO_PROXY", around],
      ["no_proxy", around],
      ["NODE_USE_ENV_PROXY", "1"],
      yield* trusting("NODE_EXTRA_CA_CERTS", files.ca),
      yield* trusting("SSL_CERT_FILE", files.bundle),
      yield* trusting("REQUESTS_CA_BUNDLE", files.bundle),
      yield* trusting("CURL_CA_BUNDLE", files.bundle),
      ["JAVA_TOOL_OPTIONS", javaOptions(before.JAVA_TOOL_OPTIONS ?? "", new URL(address), files.java)],
      ["PHP_INI_SCAN_DIR", phpFolders(before.PHP_INI_SCAN_DIR ?? "", files.php)],
    ]
  })

/** Hosts around the proxy: this machine, and those that were around it before, but for Twilio's. */
const aroundProxy = (before = ""): string => {
  const theirs = before.split(/[\s,]+/).filter((host) => {
    const name = host
      .toLowerCase()
      .replace(/^\*?\.?/, "")
      .replace(/:\d+$/, "")
    return name !== "" && !simulatedDomains.some((domain) => name === domain || name.endsWith(`.${domain}`))
  })
  return [...new Set([...direct, ...theirs])].join(",")
}

/** Options of Java that are replaced. */
const javaNames = [
  "http.proxyHost",
  "http.proxyPort",
  "https.proxyHost",
  "https.proxyPort",
  "http.nonProxyHosts",
  "javax.net.ssl.trustStore",
  "javax.net.ssl.trustStorePassword",
  "javax.net.ssl.trustStoreType",
]

const javaOptions = (before: string, { hostname, port }: URL, store: string): string => {
  const theirs = before.replace(/(?:"-D([^="]+)=[^"]*"|'-D([^=']+)=[^']*'|-D([^=\s]+)=\S*)\s*/g, (option, a, b, c) =>
    javaNames.includes(a ?? b ?? c) ? "" : option,
  )
  const values = [hostname, port, hostname, port, "localhost|127.*|[::1]", store, javaStorePassword, "JKS"]
  const ours = javaNames.map((name, i) => javaWord(`-D${name}=${values[i]}`))
  return [theirs.trim(), ...ours].filter((option) => option !== "").join(" ")
}

/** A word of `JAVA_TOOL_OPTIONS`, in quotation marks where it needs them. */
const javaWord = (word: string): string => (/[\s"']/.test(word) ? `"${word}"` : word)

/** Folders in which PHP looks for ini files; an empty one stands for its own. */
const phpFolders = (before: string, ours: string): string =>
  before.split(delimiter).includes(ours) ? before : `${before}${delimiter}${ours}`
