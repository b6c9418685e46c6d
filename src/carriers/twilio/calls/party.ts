import type { Draft } from "../../../core/Entry.ts"
import { timerSet } from "../../../core/entries.ts"
import type { World } from "../../../core/Machine.ts"
import { report } from "../callbacks.ts"
import type { Twilio } from "../state.ts"
import type { Call } from "./calls.ts"
import { type AnsweredBy, type CallPartyDetected, callPartyDetected, type MachineDetection } from "./entries.ts"
import { timerKey } from "./timerKeys.ts"

/* Finding out who has picked up. */

/** Virtual ms it takes, and what it says, by who it is. What a machine says is over after its greeting. */
interface Found {
  readonly says: CallPartyDetected["answered_by"]
  readonly ms: number
}
const found = ({ mode, timeout_ms }: MachineDetection): Readonly<Record<AnsweredBy, Found>> => ({
  fax: { says: "fax", ms: 3_000 },
  human: { says: "human", ms: 2_000 },
  machine: mode === "Enable" ? { says: "machine_start", ms: 4_000 } : { says: "machine_end_beep", ms: 10_000 },
  unknown: { says: "unknown", ms: timeout_ms },
})

const partyOf = ({ made }: Call): Found | undefined => {
  const { machine_detection: asked, plan } = made
  if (asked === undefined) return undefined
  const party = found(asked)[plan?.answered_by ?? "human"]
  return party.ms > asked.timeout_ms ? { says: "unknown", ms: asked.timeout_ms } : party
}

/** Somebody begins to find out, where that is asked for. */
export const detection = (call: Call, at: number): ReadonlyArray<Draft> => {
  const party = partyOf(call)
  return party === undefined ? [] : [timerSet.draft(call.sid, { due: at + party.ms, key: timerKey(call.sid, "party") })]
}

export const partyFound = (call: Call, at: number): ReadonlyArray<Draft> => {
  const party = partyOf(call)
  return party === undefined || call.status !== "in-progress"
    ? []
    : [callPartyDetected.draft(call.sid, { answered_by: party.says, ms: at - (call.answered ?? at) })]
}

/** What was found out is told aside where the instructions did not wait for it. Source: "AsyncAmdStatusCallback". */
export const partyTold = (
  world: World,
  twilio: Twilio,
  call: Call,
  { answered_by, ms }: CallPartyDetected,
): ReadonlyArray<Draft> => {
  const aside = call.made.machine_detection?.async
  if (aside?.url === undefined) return []
  return report(world, twilio, {
    accountSid: call.accountSid,
    event: "party",
    method: aside.method,
    params: () => [
      ["CallSid", call.sid],
      ["AccountSid", call.accountSid],
      ["AnsweredBy", answered_by],
      ["MachineDetectionDuration", String(ms)],
    ],
    subject: call.sid,
    url: aside.url,
  })
}
