import { describe, it } from "@effect/vitest"
import { given } from "../../../../test/support/given.ts"
import {
  type VerificationCreated,
  type VerificationSent,
  verificationChecked,
  verificationCreated,
  verificationSent,
  verificationStatusChanged,
} from "./entries.ts"
import { checksMax, decide, NotNow, sendsMax, type VerificationState } from "./verification.decider.ts"

const verification = given(decide)
const sid = "VE1"
const created: VerificationCreated = {
  account_sid: "AC1",
  code: "123456",
  expires_at: 600_000,
  service_sid: "VA1",
  to: "+1",
}
const sent: VerificationSent = { attempt_sid: "VL1", channel: "sms", message_sid: "SM1" }
const absent: VerificationState = { _tag: "Absent" }
const locked: VerificationState = { _tag: "Locked" }
const pending = (sends = 1, checks = 0): VerificationState => ({ _tag: "Pending", code: "123456", sends, checks })
const send = { _tag: "Send", sid, created, sent } as const
const check = (code: string) => ({ _tag: "Check", sid, code }) as const
const end = (status: "approved" | "canceled") => ({ _tag: "End", sid, status }) as const

describe("A verification", () => {
  it("that is not there is made and sent", () =>
    verification(absent).when(send).then(verificationCreated.draft(sid, created), verificationSent.draft(sid, sent)))
  it("that is there is sent once more, until it was sent five times", () => {
    verification(pending(sendsMax - 1))
      .when(send)
      .then(verificationSent.draft(sid, sent))
    verification(pending(sendsMax))
      .when(send)
      .refused(new NotNow({ why: "sends" }))
  })
  it("is approved by its code, also the last time", () => {
    for (const checks of [0, checksMax - 1])
      verification(pending(1, checks))
        .when(check("123456"))
        .then(verificationChecked.draft(sid, { status: "approved", valid: true }))
  })
  it("stays pending for a wrong code, and is locked by the fifth", () => {
    verification(pending(1, checksMax - 2))
      .when(check("123457"))
      .then(verificationChecked.draft(sid, { status: "pending", valid: false }))
    verification(pending(1, checksMax - 1))
      .when(check(""))
      .then(verificationChecked.draft(sid, { status: "max_attempts_reached", valid: false }))
  })
  it("that is locked is neither sent nor checked", () => {
    verification(locked)
      .when(send)
      .refused(new NotNow({ why: "checks" }))
    verification(locked)
      .when(check("123456"))
      .refused(new NotNow({ why: "checks" }))
  })
  it("is ended by its application, locked or not", () => {
    for (const state of [pending(), locked])
      for (const status of ["approved", "canceled"] as const)
        verification(state).when(end(status)).then(verificationStatusChanged.draft(sid, { status }))
  })
  it("that is not there is neither checked nor ended", () => {
    verification(absent)
      .when(check("123456"))
      .refused(new NotNow({ why: "absent" }))
    verification(absent)
      .when(end("canceled"))
      .refused(new NotNow({ why: "absent" }))
  })
})
