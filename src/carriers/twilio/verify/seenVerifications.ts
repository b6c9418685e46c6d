import type { SeenVerification } from "../../delivery/seen.ts"
import type { Verification, Verify } from "./verifications.ts"

/** Verifications as they stand at an instant, newest first, ended ones too. */
export function* seenVerifications({ verifications: { all } }: Verify, at: number): Iterable<SeenVerification> {
  for (let i = all.length - 1; i >= 0; i--) {
    const verification = all[i]
    if (verification !== undefined) yield seen(verification, at)
  }
}

const seen = (verification: Verification, at: number): SeenVerification => {
  const { accountSid, checks, code, created, expires, sends, serviceSid, sid, status, to } = verification
  const over = at >= expires && (status === "pending" || status === "max_attempts_reached")
  return { sid, serviceSid, accountSid, to, code, status: over ? "expired" : status, created, expires, checks, sends }
}
