import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { apiRequested } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { Inbox } from "./inbox.ts"

const input = { type: apiRequested.type, subject: "", data: {} } as never

/** An inbox in which so many have waited since 0. */
const inboxOf = (count: number): Inbox => {
  const inbox = new Inbox()
  for (let n = 0; n < count; n++) inbox.add({ input, taken: () => {}, lost: () => {}, since: 0 })
  return inbox
}
const at = (now: number) => () => now

describe("inputs that wait", () => {
  const { inputsQueuedLateMax, inputsQueuedMax, inputWaitMsMax } = limits

  it("a burst is no overload, however late it is", () =>
    strictEqual(inboxOf(inputsQueuedLateMax - 1).full(at(1e9)), false))
  it("more than a burst is none as long as the oldest has not waited long", () => {
    const inbox = inboxOf(inputsQueuedLateMax)
    deepStrictEqual([inbox.full(at(inputWaitMsMax - 1)), inbox.full(at(inputWaitMsMax))], [false, true])
    inbox.take()
    strictEqual(inbox.full(at(inputWaitMsMax)), false)
  })
  it("too many are one at once", () =>
    deepStrictEqual([inboxOf(inputsQueuedMax - 1).full(at(0)), inboxOf(inputsQueuedMax).full(at(0))], [false, true]))
})
