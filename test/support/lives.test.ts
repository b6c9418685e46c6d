import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import { brokenLives } from "./lives.ts"

/** Entries of one call or message that is created with the first status and goes through the others. */
const life = (kind: "call" | "message", ...statuses: ReadonlyArray<string>) =>
  statuses.map((status, i) => ({
    type: i === 0 ? `${kind}.created` : `${kind}.status-changed`,
    subject: kind,
    data: JSON.stringify({ status }),
  }))

describe("The lives in a log", () => {
  it("are sound when each status may follow the one before", () => {
    deepStrictEqual(brokenLives(life("call", "queued", "initiated", "ringing", "in-progress", "completed")), [])
    deepStrictEqual(brokenLives(life("message", "scheduled", "queued", "sending", "sent", "delivered")), [])
  })

  it("are broken by what comes after an end, goes backwards, or takes back what was answered", () => {
    const broken: ReadonlyArray<readonly [kind: "call" | "message", ...ReadonlyArray<string>]> = [
      ["call", "ringing", "in-progress", "canceled"],
      ["call", "ringing", "in-progress", "ringing"],
      ["call", "queued", "canceled", "initiated"],
      ["call", "ringing", "busy", "busy"],
      ["call", "queued", "completed"],
      ["message", "queued", "sending", "sent", "queued"],
      ["message", "queued", "sending", "sent", "delivered", "undelivered"],
      ["message", "received", "queued"],
    ]
    for (const [kind, ...statuses] of broken)
      deepStrictEqual(brokenLives(life(kind, ...statuses)), [`${kind} is ${statuses.at(-1)} after ${statuses.at(-2)}`])
  })

  it("are broken by a status of what was never created, and by what is created twice", () => {
    deepStrictEqual(brokenLives(life("call", "queued", "initiated").slice(1)), [
      "call is initiated and was never created",
    ])
    deepStrictEqual(brokenLives([...life("message", "queued"), ...life("message", "queued")]), [
      "message is created again, after queued",
    ])
  })
})
