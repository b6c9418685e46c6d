import type { Snapshot } from "../core/Machine.ts"
import type { SavedBlock } from "../core/packed/PackedItems.ts"
import type { GatewayRequest } from "./requests.ts"
import { type Gateway, initialGateway, type KnownKey, nameMessages } from "./state.ts"

/** What a snapshot holds in its first part; requests and keys follow, some at a time. What can be found from requests is left out. */
type Head = Omit<Gateway, "byId" | "byName" | "keys" | "texts">

type Part =
  | { readonly head: Head }
  | { readonly requests: ReadonlyArray<SavedBlock<GatewayRequest>> }
  | { readonly keys: ReadonlyArray<[string, KnownKey]> }

const together = 10_000

function* pieces<A>(all: ReadonlyArray<A>): Generator<ReadonlyArray<A>> {
  for (let i = 0; i < all.length; i += together) yield all.slice(i, i + together)
}

export const gatewaySnapshot: Snapshot<Gateway> = {
  save: function* (gateway): Generator<Part> {
    const { byId, byName: _, keys, texts: __, ...head } = gateway
    yield { head }
    for (const requests of byId.save()) yield { requests }
    for (const some of pieces([...keys])) yield { keys: some }
  },
  load: (parts) => {
    let gateway = initialGateway()
    for (const part of parts as Iterable<Part>)
      if ("head" in part) gateway = { ...gateway, ...part.head }
      else if ("keys" in part) for (const [key, known] of part.keys) gateway.keys.set(key, known)
      else {
        const { byId } = gateway
        const before = byId.length
        byId.load(part.requests)
        for (let place = before; place < byId.length; place++) nameMessages(gateway, place)
      }
    return gateway
  },
}
