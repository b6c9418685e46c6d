import { normalAddress } from "../../../core/addresses.ts"
import { roll } from "../../../core/chance.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import { type ApiRequested, type ApiResponded, apiResponded } from "../../../core/entries.ts"
import { globs } from "../../../core/globs.ts"
import { iso } from "../../../core/Instant.ts"
import { limits } from "../../../core/limits.ts"
import { type ErrorValues, isErrorCode, moreInfo, twilioError } from "../errors.ts"
import { param, type Reply, respond } from "../request.ts"
import { errorBody } from "../wireOut.ts"
import type { Faults } from "./drawnFaults.ts"
import { type ApiFault, type FaultAction, type FaultDrawn, faultDrawn } from "./entries.ts"

/*
 * Requests of the API that go wrong.
 *
 *   api.requested ──a fault fits──> fault.drawn ──> carried out as ever, later, not at all, or without its answer arriving
 */

/** The draws for a request; nothing when no fault fits it. */
export const drawn = (
  list: ReadonlyArray<ApiFault>,
  { draws: before }: Faults,
  seed: number,
  { data, subject }: Entry<ApiRequested>,
): ReadonlyArray<Draft> => {
  const counts = new Map<string, number>()
  const draws: Array<FaultDrawn["draws"][number]> = []
  for (const fault of list) {
    if (!fits(fault, data)) continue
    const matcher = matcherOf(fault)
    const n = counts.get(matcher) ?? before.get(matcher) ?? 0
    counts.set(matcher, n + 1)
    const draw = { bp: fault.bp, matcher, n, roll: roll(seed, "api fault", matcher, n) }
    draws.push(draw)
    if (draw.roll < draw.bp) return [faultDrawn.draft(subject, { action: fault.action, draws })]
  }
  return draws.length === 0 ? [] : [faultDrawn.draft(subject, { draws })]
}

/** The subject of a fault's draws: its matcher, so that other faults and other requests shift none. */
const matcherOf = ({ method = "*", path = "*", to = "*" }: ApiFault): string => `${method} ${path} ${to}`

const fits = ({ method, path, to }: ApiFault, request: ApiRequested): boolean =>
  (method === undefined || method === request.method) &&
  (path === undefined || globs(path, request.path)) &&
  (to === undefined || normalAddress(param(request.params, "To") ?? "") === to)

/** The answer to a request that is not carried out; nothing when it is. */
export const refusedBy = (action: FaultAction | undefined, entry: Entry<ApiRequested>): ReadonlyArray<Draft> => {
  if (action === undefined) return []
  if ("status" in action) return respond({ entry, seenAt: entry.seq }, answerOf(entry, action.status, action.code))
  return "drop" in action && action.drop === "request"
    ? respond({ entry, seenAt: entry.seq }, answerOf(entry, 503, 20503)).map((draft) => unheardOf(draft, "reset"))
    : []
}

const answerOf = ({ at, data }: Entry<ApiRequested>, status: number, code: number): Reply => {
  const error = isErrorCode(code)
    ? { ...twilioError(code, valuesOf(data, at)), status }
    : { code, message: "Simulated fault", more_info: moreInfo(code), status }
  return { status, body: errorBody(error) }
}

/** The same outcomes, but that the answer never arrives. */
export const withoutAnswer = (drafts: ReadonlyArray<Draft>): ReadonlyArray<Draft> =>
  drafts.map((draft) => (draft.type === apiResponded.type ? unheardOf(draft, "closed") : draft))

/** What the message of any code may name: of the request where it has it. */
const valuesOf = ({ params, path }: ApiRequested, at: number): Required<ErrorValues> => {
  const given = (name: string) => (param(params, name) ?? "").slice(0, toldMax)
  const simulated = "this fault is simulated"
  return {
    from: given("From"),
    max: limits.bodyBytesMax,
    min: "15 minutes",
    now: iso(at),
    parameter: "Body",
    path: path.slice(0, toldMax),
    reason: simulated,
    sid: given("MessagingServiceSid") || (/AC[0-9a-f]{32}/.exec(path)?.[0] ?? simulated),
    to: given("To"),
    type: simulated,
    url: given("StatusCallback"),
  }
}
const toldMax = 500

const unheardOf = (draft: Draft, undelivered: "reset" | "closed"): Draft => ({
  ...draft,
  data: { ...(draft.data as ApiResponded), undelivered },
})
