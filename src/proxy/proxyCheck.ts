import * as fs from "node:fs"
import * as http from "node:http"
import * as tls from "node:tls"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { ProxySeen } from "./seen.ts"
import { trustFilesIn } from "./trustFiles.ts"
import type { Environment } from "./variables.ts"

/*
 * Whether applications of this environment reach an exchange under Twilio's names, and what is in the way: for people, each finding with
 * what to do.
 */

/** One thing that was looked at. */
export interface ProxyFinding {
  readonly name: string
  readonly state: "ok" | "warn" | "fail"
  readonly found: string
  /** What to do, a line each; empty where nothing is. */
  readonly advice: ReadonlyArray<string>
}

export interface ProxyChecked {
  /** `http://127.0.0.1:8080`: where the exchange should listen. */
  readonly address: string
  /** The folder of the local CA. */
  readonly caPath: string
  readonly env: Environment
  /** The version of Node that applications here run on: `20.12.0`. */
  readonly node: string
}

/** Host ms an exchange on this machine has to answer. */
const answerMsMax = 5_000

/** The host that is asked for. */
const asked = "api.twilio.com"

/** Clients that go round proxies, and what to do for each. */
export const goesAround: ReadonlyArray<string> = [
  "HTTP clients that take no notice of HTTP_PROXY and HTTPS_PROXY reach the real api.twilio.com, or nothing:",
  "  Node's own fetch, http and https before Node 22.21 and 24.5; from there on they need NODE_USE_ENV_PROXY=1",
  "  got, node-fetch and undici without a proxy agent; Java programs that make a client of their own without system properties",
  "  Twilio's Node SDK reads HTTP_PROXY alone, in capital letters; ringback exec and ringback env set it",
  "Ways that need no proxy: ringback serve --tls with `127.0.0.1 api.twilio.com` in the hosts file, or a network alias in Docker;",
  "or one line of code: docs/sdk has it for each SDK.",
]

/** Looks at the CA, the variables, the exchange, and what has come to it. Fails never: what goes wrong is a finding. */
export const proxyCheck = (checked: ProxyChecked): Effect.Effect<ReadonlyArray<ProxyFinding>> =>
  Effect.gen(function* () {
    const ca = readCa(checked.caPath)
    const certificate = ca.state === "ok" ? fs.readFileSync(trustFilesIn(checked.caPath).ca, "utf8") : undefined
    const answers = yield* answering(checked.address, certificate)
    const seen = answers.state === "fail" ? [] : [yield* cameThrough(checked.address)]
    return [ca, variables(checked), ...nodeOf(checked), answers, ...seen]
  })

const finding = (
  name: string,
  state: ProxyFinding["state"],
  found: string,
  ...advice: ReadonlyArray<string>
): ProxyFinding => ({ name, state, found, advice })

const readCa = (folder: string): ProxyFinding => {
  const { ca } = trustFilesIn(folder)
  return fs.existsSync(ca)
    ? finding("local CA", "ok", ca)
    : finding(
        "local CA",
        "warn",
        `there is none in ${folder} yet`,
        "ringback trust makes it and tells how to trust it; ringback exec makes it, too",
      )
}

/** Whether the variables of this environment lead to the exchange. */
const variables = ({ address, env }: ProxyChecked): ProxyFinding => {
  const port = new URL(address).port
  const leads = (value: string | undefined) =>
    value !== undefined && URL.canParse(value) && new URL(value).port === port
  const wanting = ["HTTP_PROXY", "HTTPS_PROXY"].filter((name) => !leads(env[name]))
  const around = (env.NO_PROXY ?? env.no_proxy ?? "")
    .split(/[\s,]+/)
    .filter((host) => /^\*$|(^|\.)twilio\.com$/i.test(host))
  const set = 'eval "$(ringback env)" sets them for this shell; ringback exec -- COMMAND for one command'
  if (wanting.length > 0) return finding("variables", "warn", `${wanting.join(" and ")} do not lead to ${address}`, set)
  return around.length > 0
    ? finding("variables", "fail", `NO_PROXY has ${around.join(", ")}, so nothing of Twilio's goes to the proxy`, set)
    : finding("variables", "ok", `HTTP_PROXY and HTTPS_PROXY lead to ${address}`)
}

/** Whether Node's own clients, and not Twilio's SDK alone, can be led to a proxy. */
const nodeOf = ({ node }: ProxyChecked): ReadonlyArray<ProxyFinding> => {
  const [major = 0, minor = 0] = node.split(".").map(Number)
  const knows = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21)
  return knows
    ? [finding("Node's own fetch", "ok", `Node ${node} takes notice of proxies with NODE_USE_ENV_PROXY=1`)]
    : [
        finding(
          "Node's own fetch",
          "warn",
          `Node ${node} takes no notice of proxies; Twilio's SDK does by itself`,
          "applications that call Twilio by fetch or https need Node 22.21 or 24.5, or TLS under Twilio's names (docs/proxy.md)",
        ),
      ]
}

/** Asks for Twilio's API through the proxy, as an SDK does. */
const answering = (address: string, ca: string | undefined): Effect.Effect<ProxyFinding> => {
  const name = `${asked} through the proxy`
  return Effect.async<ProxyFinding>((resume) => {
    const { hostname, port } = new URL(address)
    const end = (found: ProxyFinding) => resume(Effect.succeed(found))
    const request = http.request({ host: hostname, port, method: "CONNECT", path: `${asked}:443` })
    request.on("error", (cause: NodeJS.ErrnoException) =>
      end(
        finding(
          name,
          "fail",
          `nobody answers at ${address} (${cause.code ?? cause.message})`,
          "start it with ringback serve, or say where it listens",
        ),
      ),
    )
    request.on("response", ({ statusCode }) => {
      request.destroy()
      end(finding(name, "fail", `${address} is no proxy for it (${statusCode})`, "is another program on that port?"))
    })
    request.on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) {
        socket.destroy()
        return end(
          finding(name, "fail", `${address} is no proxy for it (${statusCode})`, "is another program on that port?"),
        )
      }
      const over = tls.connect({
        socket,
        servername: asked,
        ...(ca === undefined ? { rejectUnauthorized: false } : { ca }),
      })
      over.once("secureConnect", () => over.write(`OPTIONS / HTTP/1.1\r\nHost: ${asked}\r\nConnection: close\r\n\r\n`))
      over.once("data", () => {
        over.destroy()
        end(finding(name, "ok", `${address} answers with a certificate of the local CA`))
      })
      over.once("error", (cause: NodeJS.ErrnoException) =>
        end(
          finding(
            name,
            "fail",
            `its certificate is not one of the local CA here (${cause.code ?? cause.message})`,
            "the server has another folder for its CA (proxy.ca_path, XDG_STATE_HOME), or another proxy stands between",
          ),
        ),
      )
      return undefined
    })
    request.end()
    return Effect.sync(() => request.destroy())
  }).pipe(
    Effect.timeoutTo({
      duration: Duration.millis(answerMsMax),
      onSuccess: (found) => found,
      onTimeout: () =>
        finding(
          name,
          "fail",
          `${address} does not answer within ${answerMsMax / 1000} s`,
          "is it under load, or another program?",
        ),
    }),
  )
}

/** What has come to the exchange so far: an application that goes round proxies never does. */
const cameThrough = (address: string): Effect.Effect<ProxyFinding> => {
  const name = "requests for Twilio's names"
  return Effect.tryPromise(async (signal) => {
    const response = await fetch(new URL("/admin/proxy", address), { signal })
    if (!response.ok) throw new Error(`it is answered ${response.status}`)
    return (await response.json()) as ProxySeen
  }).pipe(
    Effect.timeout(Duration.millis(answerMsMax)),
    Effect.match({
      onFailure: (error) =>
        finding(
          name,
          "warn",
          `the exchange does not tell what came (${String("error" in error ? error.error : error)})`,
          "the control API answers callers on its own machine, or those with the admin token",
        ),
      onSuccess: (seen) => told(name, seen),
    }),
  )
}

const told = (name: string, { connects, distrusted, requests }: ProxySeen): ProxyFinding => {
  if (requests > 0) return finding(name, "ok", `${requests} came, over ${connects} connections asked of the proxy`)
  return distrusted > 0
    ? finding(
        name,
        "fail",
        `none came; connections that ended before anything was asked: ${distrusted}`,
        "the client does not trust the local CA: ringback trust tells how, for its language",
        "in Node a ca option of an agent takes the place of NODE_EXTRA_CA_CERTS",
      )
    : finding(name, "warn", "none came yet", ...goesAround)
}
