import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { requested } from "../../test/support/outbound.ts"
import type { OutboundAnswered, OutboundFailed, OutboundRequested } from "../core/entries.ts"
import { failedLine } from "./processLog.ts"

const url = "https://u:p@app.test/status?a=b#rc=1"
const retry = { attempts: 3, gap_ms: 5_000 }
const line = (end: OutboundAnswered | OutboundFailed, request: Partial<OutboundRequested> = {}) =>
  failedLine(requested({ retry, url, ...request }).data as OutboundRequested, "SM1", end)
const to = "callback for SM1 to https://app.test/status"

describe("what the process tells of a callback that came to nothing", () => {
  it.each<readonly [string, OutboundAnswered | OutboundFailed, Partial<OutboundRequested>, string | undefined]>([
    ["is nothing where it was answered well", { body: "", status: 299 }, {}, undefined],
    [
      "is its status and when it is tried again",
      { body: "", status: 500 },
      {},
      `${to}, attempt 1: 500; next attempt in 5s`,
    ],
    [
      "is the gap behind this attempt",
      { body: "", status: 500 },
      { attempt: 2 },
      `${to}, attempt 2: 500; next attempt in 10s`,
    ],
    [
      "is that it was the last attempt",
      { body: "", status: 500 },
      { attempt: 3 },
      `${to}, attempt 3: 500; no further attempt`,
    ],
    [
      "is that its policy leaves it at that",
      { body: "", status: 500 },
      { retry: { ...retry, on: ["4xx"] } },
      `${to}, attempt 1: 500; no further attempt`,
    ],
    [
      "is where it really went, and why",
      { detail: "ECONNREFUSED", reason: "connect" },
      { connect: "http://localhost:3000/status" },
      "callback for SM1 to http://localhost:3000/status, attempt 1: connect ECONNREFUSED; next attempt in 5s",
    ],
    [
      "is the hop that is not permitted, behind a redirect",
      { detail: "not-allowed", reason: "refused", redirected: ["https://b.test/", "https://c.test/x?y"] },
      {},
      `${to}, redirected to https://c.test/x, attempt 1: refused not-allowed; callbacks.allow does not permit it, no further attempt`,
    ],
    [
      "is the hop that answered, behind a redirect",
      { body: "", redirected: ["https://b.test/"], status: 404 },
      {},
      `${to}, redirected to https://b.test/, attempt 1: 404; next attempt in 5s`,
    ],
  ])("%s", (_, end, request, told) => strictEqual(line(end, request), told))
})
