import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, givenEntries, type Stage } from "../../test/support/given.ts"
import { requested } from "../../test/support/outbound.ts"
import {
  callbackHeld,
  dataCleared,
  type OutboundRequested,
  timerCancelled,
  timerFired,
  timerSet,
} from "../core/entries.ts"
import { heldMachine } from "./held.machine.ts"

const request = (token: string, more: Partial<OutboundRequested> = {}) =>
  requested({ token, ...more }).data as OutboundRequested
const held = (token: string, due: number, behind = false, subject = "SM1") =>
  callbackHeld.draft(subject, { ...(behind ? { behind: true } : {}), due, request: request(token) })
const out = (token: string, more: Partial<OutboundRequested> = {}, subject = "SM1") => {
  const { kind: _, ...draft } = requested({ token, ...more }, subject)
  return draft
}
const size = ({ world }: Stage) => world.slice(heldMachine).size
const fired = timerFired.draft("SM1", { key: "held a" })

describe("a callback that is held", () => {
  it("waits for its timer, and is sent when that fires", () => {
    const stage = givenEntries(heldMachine).when(held("a", 900))
    stage.then(timerSet.draft("SM1", { due: 900, key: "held a" }))
    const sent = stage.when(at(900, fired))
    sent.then(out("a"))
    strictEqual(size(sent), 0)
  })

  it("behind the next is sent right after it, and its timer is cancelled", () => {
    const stage = givenEntries(heldMachine, held("a", 900, true)).when(out("c"))
    stage.then(timerCancelled.draft("", { keys: ["held a"] }), out("a"))
    strictEqual(size(stage), 0)
  })

  it("behind the next lets one go that is to be held, too: the two change places", () => {
    const stage = givenEntries(heldMachine, held("a", 900, true)).when(held("b", 950, true))
    stage.then(out("b"), timerCancelled.draft("", { keys: ["held a"] }), out("a"))
    strictEqual(size(stage), 0)
  })

  it.each([
    ["one that is only late", held("b", 950)],
    ["one about something else", held("b", 950, true, "SM2")],
  ])("behind the next goes on waiting beside %s", (_, other) => {
    const stage = givenEntries(heldMachine, held("a", 900, true)).when(other)
    stage.then(timerSet.draft(other.subject, { due: 950, key: "held b" }))
    strictEqual(size(stage), 2)
  })

  it.each<readonly [string, ReturnType<typeof out>]>([
    ["an attempt that is tried again", out("c", { attempt: 2 })],
    ["a copy", out("c", { copy: 1 })],
    ["a callback about something else", out("c", {}, "SM2")],
    ["a fetch", out("c", { purpose: "media" })],
  ])("is not sent behind %s", (_, other) =>
    givenEntries(heldMachine, held("a", 900, true))
      .when(other)
      .then(),
  )

  it("that is only late waits whatever else is sent", () =>
    givenEntries(heldMachine, held("a", 900)).when(out("c")).then())

  it("is forgotten when callbacks are cleared, or its timer is cancelled", () => {
    const stage = givenEntries(heldMachine, held("a", 900))
    const cleared = stage.when(dataCleared.draft("", { what: "callbacks" }))
    cleared.then(timerCancelled.draft("", { keys: ["held a"] }))
    deepStrictEqual([size(cleared), cleared.when(fired).made.length], [0, 1])
  })
})
