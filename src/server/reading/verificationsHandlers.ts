import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { SeenVerification } from "../../carriers/delivery/seen.ts"
import { iso } from "../../core/Instant.ts"
import { limits } from "../../core/limits.ts"
import { ControlApi } from "../controlApi.ts"
import { Exchange } from "../Exchange.ts"
import { addressIs } from "./match.ts"
import { lookUntil, Waiters, waitMs } from "./waiting.ts"

const verificationJson = (verification: SeenVerification) => ({
  sid: verification.sid,
  service_sid: verification.serviceSid,
  account_sid: verification.accountSid,
  to: verification.to,
  code: verification.code,
  status: verification.status,
  date_created: iso(verification.created),
  date_expires: iso(verification.expires),
  wrong_checks: verification.checks,
  sends: verification.sends.map(({ channel, messageSid }) => ({ channel, message_sid: messageSid ?? null })),
})

interface Filter {
  readonly to?: string
  readonly status?: SeenVerification["status"]
  readonly service_sid?: string
}

const matching = (
  verifications: Iterable<SeenVerification>,
  { service_sid, status, to }: Filter,
  limit: number,
): ReadonlyArray<SeenVerification> => {
  const isTo = to === undefined ? () => true : addressIs(to)
  const found: Array<SeenVerification> = []
  let searched = 0
  for (const verification of verifications) {
    if (found.length === limit || searched === limits.messagesSearchedMax) break
    searched++
    if (
      isTo(verification.to) &&
      (status === undefined || status === verification.status) &&
      (service_sid === undefined || service_sid === verification.serviceSid)
    )
      found.push(verification)
  }
  return found
}

export const VerificationsLive = HttpApiBuilder.group(ControlApi, "verifications", (handlers) =>
  Effect.gen(function* () {
    const { run, verifications } = yield* Exchange
    const waiters = yield* Waiters
    return handlers.handle("list", ({ urlParams: { limit = 50, wait, ...filter } }) =>
      Effect.gen(function* () {
        const ms = yield* waitMs("wait", wait)
        const found = yield* lookUntil(run.engine, ms, () => {
          const all = matching(verifications(), filter, limit)
          return all.length > 0 ? Option.some(all) : Option.none()
        }).pipe(Effect.provideService(Waiters, waiters))
        return { verifications: Option.getOrElse(found, () => []).map(verificationJson) }
      }),
    )
  }),
)
