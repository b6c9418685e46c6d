import type { Draft } from "../core/Entry.ts"
import { type Reply, type Request, refused, respond } from "./answers.ts"
import { composeMessage } from "./compose.ts"
import { closeOrder, lookupOrder, mergeOrder, patchConversation, reopenOrder } from "./orders.ts"
import { listConversations, listMessages, readByNumber, readConversation, readMessage } from "./reading.ts"
import { smsWebhook, statusWebhook, unwelcome } from "./webhooks.ts"

/** Answers a request; `name` is what the path names. */
type Handler = (request: Request, name: string) => Reply

interface Route {
  /** Its group, where it has one, is what the path names. */
  readonly path: RegExp
  readonly methods: { readonly GET?: Handler; readonly POST?: Handler; readonly PATCH?: Handler }
}

const webhook =
  (handler: Handler): Handler =>
  (request, name) =>
    unwelcome(request) ?? handler(request, name)

const id = "([^/]{1,200})"
const under = (rest: string) => new RegExp(`^/api/conversations/${rest}$`)

/** What this API answers on; everything else of its paths is 404. */
const routes: ReadonlyArray<Route> = [
  { path: /^\/webhook\/twilio\/sms$/, methods: { POST: webhook(smsWebhook) } },
  { path: /^\/webhook\/twilio\/status$/, methods: { POST: webhook(statusWebhook) } },
  { path: /^\/api\/messages\/?$/, methods: { POST: composeMessage } },
  { path: new RegExp(`^/api/messages/${id}$`), methods: { GET: readMessage } },
  { path: /^\/api\/conversations\/?$/, methods: { GET: listConversations } },
  { path: under(`by-number/${id}`), methods: { GET: readByNumber } },
  { path: under(id), methods: { GET: readConversation, PATCH: patchConversation } },
  { path: under(`${id}/messages`), methods: { GET: listMessages } },
  { path: under(`${id}/close`), methods: { POST: closeOrder } },
  { path: under(`${id}/reopen`), methods: { POST: reopenOrder } },
  { path: under(`${id}/merge`), methods: { POST: mergeOrder } },
  { path: under(`${id}/lookup`), methods: { POST: lookupOrder } },
]

/** Answers a request of this API: each gets exactly one `api.responded`, at once. */
export const answerRequest = (request: Request): ReadonlyArray<Draft> => respond(request, replyTo(request))

const replyTo = (request: Request): Reply => {
  const { method, path } = request.entry.data
  for (const route of routes) {
    const found = route.path.exec(path)
    if (found === null) continue
    const handler = handlerOf(route.methods, method)
    if (handler === undefined)
      return refused(
        request,
        "sms.method_not_allowed",
        `this path answers ${Object.keys(route.methods).join(" and ")}, and this was ${method.slice(0, 20)}`,
      )
    const name = decoded(found[1] ?? "")
    if (name !== undefined) return handler(request, name)
  }
  return refused(request, "sms.not_found", `nothing is at ${path.slice(0, 200)}`)
}

/** HEAD is answered as GET is. The name comes from outside: only own properties count. */
const handlerOf = (methods: Route["methods"], method: string): Handler | undefined => {
  const name = method === "HEAD" ? "GET" : method
  return Object.hasOwn(methods, name) ? methods[name as keyof typeof methods] : undefined
}

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined // What is no UTF-8 names nothing.
  }
}
