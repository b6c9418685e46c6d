import type { Snapshot } from "../core/Machine.ts"
import type { GatewayRequest } from "./requests.ts"
import { type Gateway, initialGateway, type KnownKey, nameMessages } from "./state.ts"

/** What a snapshot holds in its first part; requests and keys follow, some at a time. What can be found from requests is left out. */
type Head = Omit<Gateway, "all" | "byId" | "byName" | "keys" | "texts">

/** Requests that follow each other: a list for each field, which costs a tenth of an object for each. */
type Columns = { readonly [Field in keyof GatewayRequest]: ReadonlyArray<GatewayRequest[Field]> }

type Part =
  | { readonly head: Head }
  | { readonly requests: Columns }
  | { readonly keys: ReadonlyArray<[string, KnownKey]> }

const together = 10_000

const columnsOf = (some: ReadonlyArray<GatewayRequest>): Columns => ({
  id: some.map(({ id }) => id),
  n: some.map(({ n }) => n),
  phone: some.map(({ phone }) => phone),
  text: some.map(({ text }) => text),
  priority: some.map(({ priority }) => priority),
  accepted: some.map(({ accepted }) => accepted),
  status: some.map(({ status }) => status),
  updated: some.map(({ updated }) => updated),
  sendAt: some.map(({ sendAt }) => sendAt),
  attempts: some.map(({ attempts }) => attempts),
  tries: some.map(({ tries }) => tries),
  dead: some.map(({ dead }) => dead),
  rare: some.map(({ rare }) => rare),
})

const requestOf = (columns: Columns, i: number): GatewayRequest => ({
  id: columns.id[i] as string,
  n: columns.n[i] as number,
  phone: columns.phone[i] as string,
  text: columns.text[i] as string,
  priority: columns.priority[i] as GatewayRequest["priority"],
  accepted: columns.accepted[i] as number,
  status: columns.status[i] as GatewayRequest["status"],
  updated: columns.updated[i],
  sendAt: columns.sendAt[i],
  attempts: columns.attempts[i] as GatewayRequest["attempts"],
  tries: columns.tries[i],
  dead: columns.dead[i],
  rare: columns.rare[i],
})

function* pieces<A>(all: ReadonlyArray<A>): Generator<ReadonlyArray<A>> {
  for (let i = 0; i < all.length; i += together) yield all.slice(i, i + together)
}

export const gatewaySnapshot: Snapshot<Gateway> = {
  save: function* (gateway): Generator<Part> {
    const { all, byId: _, byName: __, keys, texts: ___, ...head } = gateway
    yield { head }
    for (const some of pieces(all)) yield { requests: columnsOf(some) }
    for (const some of pieces([...keys])) yield { keys: some }
  },
  load: (parts) => {
    let gateway = initialGateway()
    for (const part of parts as Iterable<Part>)
      if ("head" in part) gateway = { ...gateway, ...part.head }
      else if ("keys" in part) for (const [key, known] of part.keys) gateway.keys.set(key, known)
      else
        for (let i = 0; i < part.requests.id.length; i++) {
          const request = requestOf(part.requests, i)
          gateway.all.push(request)
          gateway.byId.set(request.id, request)
          nameMessages(gateway, request)
        }
    return gateway
  },
}
