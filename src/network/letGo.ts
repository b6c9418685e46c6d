import type { OutboundRequested } from "../core/entries.ts"

/**
 * Stands for a request that nobody waits for any more.
 *
 * V8 chains the tables that a map has had, and one that has grown old keeps what was in it until the whole heap is collected: what is
 * large and comes and goes is let go of by itself.
 */
export const letGo: OutboundRequested = {
  attempt: 1,
  method: "",
  params: [],
  purpose: "",
  timeout_ms: 0,
  token: "",
  url: "",
  via: "world",
}
