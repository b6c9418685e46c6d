import { roll } from "../core/chance.ts"
import { forgets } from "../core/cleared.ts"
import type { Draft } from "../core/Entry.ts"
import {
  dataCleared,
  type OutboundAnswered,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  type Pair,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { globs } from "../core/globs.ts"
import { evolves, type Machine, reacts, type World } from "../core/Machine.ts"
import { endpointFor, type ScriptedAnswer, type ScriptedEndpoint } from "./settings.ts"

interface Asked {
  readonly seq: number
  readonly subject: string
  readonly request: OutboundRequested
}

/** Requests to scripted endpoints whose answer is still to come. */
export interface Answering {
  /** By the key of the answer's timer. */
  readonly byKey: Map<string, Asked>
  readonly keyOf: Map<number, string>
}

const key = ({ attempt, copy, token }: OutboundRequested): string =>
  copy === undefined ? `answer ${token} ${attempt}` : `answer ${token} copy ${copy} ${attempt}`

const failing: ScriptedAnswer = { after_ms: 0, body: "", status: 500 }
/** What never arrives has no answer, at once. */
const lost: ScriptedAnswer = { after_ms: 0, body: "", drop: "connect", status: 0 }
/** What it says to one that arrives is of no consequence. */
const unanswered: ScriptedAnswer = { after_ms: 0, body: "", drop: "timeout", status: 0 }
const gone: ScriptedAnswer = { after_ms: 0, body: "", drop: "connect", status: 0 }

/** What the endpoint's script says to this attempt. */
const scripted = (world: World, request: OutboundRequested): ScriptedAnswer => {
  if (request.fault === "lost") return lost
  if (request.fault === "unanswered") return unanswered
  const endpoint = endpointFor(world, request.connect ?? request.url)
  if (endpoint === undefined) return gone
  const answers = answersTo(endpoint, request)
  const answer = answers[Math.min(request.attempt, answers.length) - 1] ?? failing
  const drawn =
    endpoint.fail_bp > 0 && roll(world.seed, endpointRoll(request), request.token, request.attempt) < endpoint.fail_bp
  return drawn ? { ...failing, after_ms: answer.after_ms } : answer
}

/** The answers whose `when` fits; where none does, those that have none. */
const answersTo = ({ answers }: ScriptedEndpoint, { params }: OutboundRequested): ReadonlyArray<ScriptedAnswer> => {
  if (answers.every(({ when }) => when === undefined)) return answers
  const fitting = answers.filter(({ when }) => when?.every(([name, value]) => hasParameter(params, name, value)))
  return fitting.length > 0 ? fitting : answers.filter(({ when }) => when === undefined)
}

const hasParameter = (params: ReadonlyArray<Pair>, name: string, value: string): boolean =>
  params.some((pair) => pair[0] === name && globs(value, pair[1]))

/** The name of the draw whether an attempt is answered 500; each copy of an event has its own. */
const endpointRoll = ({ copy }: OutboundRequested): string => (copy === undefined ? "endpoint" : `endpoint ${copy}`)

/** Virtual ms a scripted endpoint has: it connects at once. */
const patience = ({ read_ms, timeout_ms }: OutboundRequested): number => Math.min(read_ms ?? timeout_ms, timeout_ms)

const wait = (request: OutboundRequested, answer: ScriptedAnswer): number =>
  answer.drop === "timeout" ? patience(request) : Math.min(answer.after_ms, patience(request))

const give = (request: OutboundRequested, answer: ScriptedAnswer, subject: string, cause: number): Draft =>
  answer === lost
    ? outboundFailed.draft(subject, { reason: "lost" }, cause)
    : answer.drop !== undefined || answer.after_ms >= patience(request)
      ? outboundFailed.draft(subject, { reason: answer.drop ?? "timeout" }, cause)
      : outboundAnswered.draft(subject, answered(request, answer), cause)

/** Media of endpoints inside the run have no bytes of their own, and callbacks no use for a type. */
const answered = ({ purpose }: OutboundRequested, { body, content_type, status }: ScriptedAnswer): OutboundAnswered =>
  content_type === undefined || purpose === "media" || purpose === "callback"
    ? { body, status }
    : { body, content_type, status }

/** Endpoints on the virtual network: latency is a timer, the answer an outcome. */
export const endpointsMachine: Machine<Answering> = {
  name: "endpoints",
  initial: () => ({ byKey: new Map(), keyOf: new Map() }),
  evolve: [
    evolves(outboundRequested, (answering, { seq, subject, data: request }) => {
      if (request.via !== "world") return
      const answer = key(request)
      answering.byKey.set(answer, { seq, subject, request })
      answering.keyOf.set(seq, answer)
    }),
    evolves(dataCleared, (answering, { data: { what } }) => {
      for (const { seq, subject } of answering.byKey.values()) if (forgets(what, subject)) forget(answering, seq)
    }),
    evolves(outboundAnswered, (answering, { cause }) => forget(answering, cause)),
    evolves(outboundFailed, (answering, { cause }) => forget(answering, cause)),
  ],
  react: [
    reacts(outboundRequested, (world, { seq, at, subject, data: request }) => {
      if (request.via !== "world") return []
      const answer = scripted(world, request)
      const ms = wait(request, answer)
      return ms === 0
        ? [give(request, answer, subject, seq)]
        : [timerSet.draft(subject, { due: at + ms, key: key(request) })]
    }),
    reacts(timerFired, (world, { subject, data }, answering) => {
      const asked = answering.byKey.get(data.key)
      return asked === undefined ? [] : [give(asked.request, scripted(world, asked.request), subject, asked.seq)]
    }),
    reacts(timerCancelled, (_, { data }, answering) => data.keys.flatMap((key) => cancelled(answering, key))),
    reacts(turnFailed, (_, { data: { input } }, answering) =>
      input.type === timerFired.type ? cancelled(answering, (input.data as { key: string }).key) : [],
    ),
  ],
}

const forget = (answering: Answering, seq: number): void => {
  const key = answering.keyOf.get(seq)
  if (key === undefined) return
  answering.keyOf.delete(seq)
  answering.byKey.delete(key)
}

/** A request whose answer will not come has failed. */
const cancelled = (answering: Answering, key: string): ReadonlyArray<Draft> => {
  const asked = answering.byKey.get(key)
  return asked === undefined ? [] : [outboundFailed.draft(asked.subject, { reason: "cancelled" }, asked.seq)]
}
