import type * as http from "node:http"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { formatPace, rate } from "../clock/pace.ts"
import { outboundMachine } from "../network/outbound.machine.ts"
import { answer, askedOf, html } from "./answering.ts"
import { indexAhead } from "./asItWas.ts"
import { favicon } from "./favicon.ts"
import { fateOf } from "./figures.ts"
import { makeLive, type Now } from "./Live.ts"
import { callbacksPage } from "./pages/callbacksPage.ts"
import { callsPage } from "./pages/callsPage.ts"
import { conversationsPage } from "./pages/conversationsPage.ts"
import { dashboardPage } from "./pages/dashboardPage.ts"
import { forksPage } from "./pages/forksPage.ts"
import { gatewayPage } from "./pages/gatewayPage.ts"
import { logPage } from "./pages/logPage.ts"
import { messagesPage } from "./pages/messagesPage.ts"
import type { Made, MakePage } from "./pages/Page.ts"
import { phonePage } from "./pages/phonePage.ts"
import { settingsPage } from "./pages/settingsPage.ts"
import { timelinePage } from "./pages/timelinePage.ts"
import { timeTravelPage } from "./pages/timeTravelPage.ts"
import type { Shown } from "./Shown.ts"
import { type Asset, loadAssets, loadViews } from "./views.ts"

/** Answers a request for a path. */
type PathHandler = (path: string, request: http.IncomingMessage, response: http.ServerResponse) => void

/** The pages by the beginning of their path; what stands behind it names what is open. */
const pages: ReadonlyArray<readonly [path: string, menu: string, label: string, make: MakePage]> = [
  ["/", "dashboard", "Dashboard", dashboardPage],
  ["/ui/messages", "messages", "Messages", messagesPage],
  ["/ui/calls", "calls", "Calls", callsPage],
  ["/ui/callbacks", "callbacks", "Callbacks", callbacksPage],
  ["/ui/log", "log", "Log", logPage],
  ["/ui/timetravel", "timetravel", "Time travel", timeTravelPage],
  ["/ui/gateway", "gateway", "Gateway", gatewayPage],
  ["/ui/phone", "phone", "Phone", phonePage],
  ["/ui/conversations", "conversations", "Conversations", conversationsPage],
  ["/ui/settings", "settings", "Settings", settingsPage],
]

/** Pages that others lead to. */
const beyondMenu: typeof pages = [
  ["/ui/timeline", "timetravel", "Timeline", timelinePage],
  ["/ui/forks", "timetravel", "Forks", forksPage],
]

const menu = pages.map(([path, id, label]) => ({ path, id, label }))

/** The pages over a run. They only read; whatever they change goes through the control API. */
export const pagesHandler = (shown: Shown): Effect.Effect<PathHandler, never, Scope.Scope> =>
  Effect.gen(function* () {
    const fill = loadViews()
    const assets = loadAssets()
    const byPath = new Map(Object.values(assets).map((asset: Asset) => [asset.path, asset]))
    const { listen } = yield* makeLive(shown.run, () => nowOf(shown))
    yield* Effect.forkScoped(indexAhead(shown.run))
    const runFork = Runtime.runFork(yield* Effect.runtime<Scope.Scope>())
    const whole = (made: Made) => fill("layout", { ...made, assets, now: nowOf(shown), items: menu })

    return (path, request, response) => {
      if (request.method !== "GET" && request.method !== "HEAD")
        return answer(response, 405, "text/plain; charset=utf-8", "pages are only read; orders go to /admin", {
          Allow: "GET, HEAD",
        })
      if (path === "/ui") return answer(response, 308, html, "", { Location: "/" })
      if (path === "/ui/live") return listen(request, response)
      if (path === "/favicon.ico") return answer(response, 200, "image/svg+xml", favicon(false), forEver)
      if (path === "/ui/favicon.svg")
        return answer(response, 200, "image/svg+xml", favicon((request.url ?? "").endsWith("?trouble")), forEver)
      const asset = byPath.get(path)
      if (asset !== undefined) return answer(response, 200, asset.type, asset.text, forEver)
      const found = pageOf(path)
      if (found === undefined) return answer(response, 404, html, whole(nowhere(fill("nowhere", { path }))))
      const began = shown.run.clock.hostMonotonic()
      const asked = askedOf(path, request)
      const page = Effect.map(
        found.make({ shown, fill }, asked, found.rest),
        (made = nowhere(fill("nowhere", { path }))) => {
          const { part: id } = asked
          const part = id !== undefined && Object.hasOwn(made.parts, id) ? made.parts[id] : undefined
          return { status: made.status, body: part ?? whole(made) }
        },
      )
      runFork(
        Effect.matchCauseEffect(page, {
          // The rest of the path may be anything, a secret too.
          onFailure: (cause) =>
            Effect.zipRight(
              Effect.logError(`${found.beginning} cannot be made: ${Cause.pretty(cause)}`),
              Effect.sync(() => answer(response, 500, html, whole(nowhere(fill("failed", { why: whyOf(cause) }))))),
            ),
          onSuccess: ({ body, status }) =>
            Effect.sync(() => {
              const took = shown.run.clock.hostMonotonic() - began
              answer(response, status, html, body, { "Server-Timing": `page;dur=${took.toFixed(1)}` })
            }),
        }),
      )
      return undefined
    }
  })

/** What has a name that changes with it is kept; so is an icon, which is one of two. */
const forEver = { "Cache-Control": "public, max-age=31536000, immutable" }

interface Found {
  /** Where the page is. */
  readonly beginning: string
  readonly make: MakePage
  /** What stands behind that. */
  readonly rest: string
}

const pageOf = (path: string): Found | undefined => {
  for (const [beginning, , , make] of [...pages, ...beyondMenu]) {
    if (path === beginning || (path === "/ui/" && beginning === "/")) return { beginning, make, rest: "" }
    if (beginning !== "/" && path.startsWith(`${beginning}/`)) {
      const rest = decoded(path.slice(beginning.length + 1))
      return rest === undefined ? undefined : { beginning, make, rest }
    }
  }
  return undefined
}

const decoded = (text: string): string | undefined => {
  try {
    return text.length > 200 ? undefined : decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const nowhere = (main: string): Made => ({ status: 404, title: "Not here", menu: "", main, drawer: "", parts: {} })

/** A failure of the log has a line for people; anything else is a defect, whose stack says more. */
const whyOf = (cause: Cause.Cause<Error>): string => {
  const error = Cause.squash(cause)
  return error instanceof Error ? error.message : String(error)
}

/** Of the newest messages, and of the newest calls, so many are looked at for trouble. */
const lately = 50

/** How many of the newest things are such. */
const lateOnes = <A>(newest: Iterable<A>, isTrouble: (one: A) => boolean): number => {
  let [found, looked] = [0, 0]
  for (const one of newest) {
    if (looked++ === lately) break
    if (isTrouble(one)) found++
  }
  return found
}

/** How the run stands, in a few words. */
const nowOf = ({ calls, messages, run: { engine } }: Shown): Now => {
  const failed =
    lateOnes(messages.newest() ?? [], ({ status }) => status !== "canceled" && fateOf(status) === "failed") +
    lateOnes(calls.newest() ?? [], ({ status }) => status === "failed")
  return {
    seq: engine.head.seq,
    now: engine.now,
    rate: rate(engine.pace),
    pace: formatPace(engine.pace),
    trouble: failed + engine.world.slice(outboundMachine).waiting.size,
  }
}
