import { roll } from "../core/chance.ts"
import { forgets } from "../core/cleared.ts"
import type { Draft } from "../core/Entry.ts"
import {
  answerReplaced,
  dataCleared,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  type Pair,
  type ReplacedAnswer,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { globs } from "../core/globs.ts"
import { evolves, type Machine, reacts, type World } from "../core/Machine.ts"
import { insideHostOf, isOwn } from "./inside.ts"
import { letGo } from "./letGo.ts"
import { answerDraft, answerInPlace, answerMs, attemptKey } from "./scriptedAnswers.ts"
import { endpointFor, type ScriptedAnswer, type ScriptedEndpoint } from "./settings.ts"

interface Asked {
  readonly seq: number
  /** Virtual ms. */
  readonly at: number
  readonly subject: string
  request: OutboundRequested
}

/** Requests to scripted endpoints whose answer is still to come. */
export interface Answering {
  /** By the key of the answer's timer. */
  readonly byKey: Map<string, Asked>
  readonly keyOf: Map<number, string>
  /** Answers that orders put in place of others, by what names the attempt (`attemptKey`). */
  readonly replaced: Map<string, ReplacedAnswer>
}

const key = ({ attempt, copy, token }: OutboundRequested): string =>
  copy === undefined ? `answer ${token} ${attempt}` : `answer ${token} copy ${copy} ${attempt}`

const failing: ScriptedAnswer = { after_ms: 0, body: "", status: 500 }
/** What never arrives has no answer, at once. */
const lost: ScriptedAnswer = { after_ms: 0, body: "", drop: "connect", status: 0 }
/** What it says to one that arrives is of no consequence. */
const unanswered: ScriptedAnswer = { after_ms: 0, body: "", drop: "timeout", status: 0 }
const gone: ScriptedAnswer = { after_ms: 0, body: "", drop: "connect", status: 0 }

/**
 * A simulated host inside the run. Its answer may only depend on what was so when the request was made, at `at`, which a machine of its
 * own keeps until it is answered: it is asked for when the request comes, and again when the answer is due.
 */
export interface SimulatedHost {
  /** Of a host in lower case, below `ringback.internal`. */
  readonly is: (host: string) => boolean
  readonly answer: (world: World, request: OutboundRequested, at: number) => ScriptedAnswer
}
type Hosts = ReadonlyArray<SimulatedHost>

/** What this attempt gets: nothing by a fault, what an order says, or what the endpoint or the simulated host does. */
const answerTo = (
  world: World,
  { at, request }: Pick<Asked, "at" | "request">,
  { replaced }: Answering,
  hosts: Hosts,
): ScriptedAnswer => {
  if (request.fault === "lost") return lost
  if (request.fault === "unanswered") return unanswered
  const order = replaced.size === 0 ? undefined : replaced.get(attemptKey(request))
  if (order !== undefined && isOwn(request)) return answerInPlace(order, 0)
  const usual = usually(world, request, at, hosts)
  return order === undefined ? usual : answerInPlace(order, usual.after_ms)
}

/** A scripted endpoint goes before a simulated host. */
const usually = (world: World, request: OutboundRequested, at: number, hosts: Hosts): ScriptedAnswer => {
  const url = request.connect ?? request.url
  const endpoint = endpointFor(world, url)
  if (endpoint !== undefined) return scripted(world, request, endpoint)
  const host = insideHostOf(url)
  const simulated = host === undefined ? undefined : hosts.find(({ is }) => is(host))
  return simulated === undefined ? gone : simulated.answer(world, request, at)
}

/** What the endpoint's script says to this attempt. */
const scripted = (world: World, request: OutboundRequested, endpoint: ScriptedEndpoint): ScriptedAnswer => {
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

const isAnsweredHere = ({ replaced }: Answering, request: OutboundRequested): boolean =>
  request.via === "world" && (!isOwn(request) || (replaced.size > 0 && replaced.has(attemptKey(request))))

const give = (request: OutboundRequested, answer: ScriptedAnswer, subject: string, cause: number): Draft =>
  answer === lost
    ? outboundFailed.draft(subject, { reason: "lost" }, cause)
    : answerDraft(request, answer, subject, cause)

/**
 * Endpoints and simulated hosts on the virtual network: latency is a timer, the answer an outcome. What goes to the run itself is
 * answered by its own APIs (loopback.machine.ts), but where an order puts another answer in place of theirs.
 */
export const makeEndpointsMachine = (hosts: Hosts): Machine<Answering> => ({
  name: "endpoints",
  initial: () => ({ byKey: new Map(), keyOf: new Map(), replaced: new Map() }),
  evolve: [
    evolves(answerReplaced, ({ replaced }, { data }) => {
      replaced.set(attemptKey(data), data.answer)
    }),
    evolves(outboundRequested, (answering, { seq, at, subject, data: request }) => {
      if (!isAnsweredHere(answering, request)) return
      const answer = key(request)
      answering.byKey.set(answer, { seq, at, subject, request })
      answering.keyOf.set(seq, answer)
    }),
    evolves(dataCleared, (answering, { data: { what } }) => {
      for (const { seq, subject } of answering.byKey.values()) if (forgets(what, subject)) forget(answering, seq)
    }),
    evolves(outboundAnswered, (answering, { cause }) => forget(answering, cause)),
    evolves(outboundFailed, (answering, { cause }) => forget(answering, cause)),
  ],
  react: [
    // One that is on its way to an endpoint waits for its answer anew; whoever waits for the wire is told by the wire.
    reacts(answerReplaced, (world, { at, data }, answering) => {
      for (const [timer, asked] of answering.byKey)
        if (attemptKey(asked.request) === attemptKey(data)) {
          const ms = answerMs(asked.request, answerTo(world, asked, answering, hosts))
          return [timerSet.draft(asked.subject, { due: Math.max(at, asked.at + ms), key: timer })]
        }
      return []
    }),
    reacts(outboundRequested, (world, { seq, at, subject, data: request }, answering) => {
      if (!isAnsweredHere(answering, request)) return []
      const answer = answerTo(world, { at, request }, answering, hosts)
      const ms = answerMs(request, answer)
      return ms === 0
        ? [give(request, answer, subject, seq)]
        : [timerSet.draft(subject, { due: at + ms, key: key(request) })]
    }),
    reacts(timerFired, (world, { subject, data }, answering) => {
      const asked = answering.byKey.get(data.key)
      return asked === undefined
        ? []
        : [give(asked.request, answerTo(world, asked, answering, hosts), subject, asked.seq)]
    }),
    reacts(timerCancelled, (_, { data }, answering) => data.keys.flatMap((key) => cancelled(answering, key))),
    reacts(turnFailed, (_, { data: { input } }, answering) =>
      input.type === timerFired.type ? cancelled(answering, (input.data as { key: string }).key) : [],
    ),
  ],
})

const forget = (answering: Answering, seq: number): void => {
  const key = answering.keyOf.get(seq)
  if (key === undefined) return
  const asked = answering.byKey.get(key)
  if (asked !== undefined && answering.replaced.size > 0) answering.replaced.delete(attemptKey(asked.request))
  answering.keyOf.delete(seq)
  answering.byKey.delete(key)
  if (asked !== undefined) asked.request = letGo
}

/** A request whose answer will not come has failed. */
const cancelled = (answering: Answering, key: string): ReadonlyArray<Draft> => {
  const asked = answering.byKey.get(key)
  return asked === undefined ? [] : [outboundFailed.draft(asked.subject, { reason: "cancelled" }, asked.seq)]
}
