import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { decode, type Entry, type Row } from "../../src/core/Entry.ts"
import { RunSpans } from "../../src/metrics/spans/RunSpans.ts"
import { everyEntry } from "../support/golden.ts"
import { simulate } from "../support/simulate.ts"

/** A tracer that keeps its spans. */
const keeping = () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const id = String(spans.length + 1)
      let status: Tracer.SpanStatus = { _tag: "Started", startTime }
      const attributes = new Map<string, unknown>()
      const span: Tracer.Span = {
        _tag: "Span",
        name,
        spanId: id,
        traceId: Option.match(parent, { onNone: () => id, onSome: ({ traceId }) => traceId }),
        parent,
        context,
        get status() {
          return status
        },
        attributes,
        links: [...links],
        sampled: true,
        kind,
        end: (endTime, exit) => {
          strictEqual(status._tag, "Started", `${name} ends twice`)
          status = { _tag: "Ended", startTime, endTime, exit }
        },
        attribute: (key, value) => void attributes.set(key, value),
        event: () => {},
        addLinks: () => {},
      }
      spans.push(span)
      return span
    },
    context: (f) => f(),
  })
  return { spans, tracer }
}

/** The turns of a log, each as a commit. */
const turnsOf = (rows: ReadonlyArray<Row>): ReadonlyArray<ReadonlyArray<Entry>> => {
  const turns: Array<Array<Entry>> = []
  for (const row of rows) {
    if (row.kind === "input") turns.push([])
    turns.at(-1)?.push(decode(row))
  }
  return turns
}

const shown = ({ kind, name, parent, status, traceId }: Tracer.Span) => [
  name,
  kind,
  traceId,
  Option.match(parent, { onNone: () => "", onSome: ({ spanId }) => spanId }),
  status._tag === "Ended" ? Number((status.endTime - status.startTime) / 1_000_000n) : "open",
]

describe("The spans of a run", () => {
  it.scoped("are one trace of a request, its timers and its callbacks, in the run's own time", () =>
    Effect.gen(function* () {
      const simulation = yield* simulate()
      yield* simulation.send({ To: "+15551234567", StatusCallback: "https://slow.test" })
      yield* simulation.settled
      const { spans, tracer } = keeping()
      const runSpans = new RunSpans(tracer)
      for (const turn of turnsOf(yield* simulation.rows)) runSpans.take(turn)
      const request = spans.find(({ name }) => name.startsWith("POST "))
      const trace = spans.filter(({ traceId }) => traceId === request?.traceId)
      deepStrictEqual(shown(trace[0] as Tracer.Span).slice(0, 2), [
        "POST /2010-04-01/Accounts/{sid}/Messages.json",
        "server",
      ])
      deepStrictEqual(
        trace.filter(({ kind }) => kind === "client").map((span) => [span.name, shown(span).at(-1)]),
        [
          ["callback POST", 7_000],
          ["callback POST", 7_000],
        ],
      )
      for (const span of trace.slice(1)) assertTrue(Option.isSome(span.parent))
    }),
  )
  it.effect("all end once, in any run, but for requests that got no answer; and tell failures", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const { spans, tracer } = keeping()
      const runSpans = new RunSpans(tracer)
      for (const turn of turnsOf(rows)) runSpans.take(turn)
      const open = spans.filter(({ status }) => status._tag === "Started")
      assertTrue(open.every(({ kind }) => kind !== "internal"))
      assertTrue(
        spans.some(({ kind, status }) => kind === "client" && status._tag === "Ended" && Exit.isFailure(status.exit)),
      )
      const inputs = rows.filter(({ kind }) => kind === "input").length
      const requests = rows.filter(({ type }) => type === "outbound.requested").length
      strictEqual(spans.length, inputs + requests)
    }),
  )
  it.effect("hold no text, number or parameter of a message", () =>
    Effect.gen(function* () {
      const { spans, tracer } = keeping()
      const runSpans = new RunSpans(tracer)
      for (const turn of turnsOf(yield* everyEntry)) runSpans.take(turn)
      const told = JSON.stringify(spans.map(({ attributes, name }) => [name, [...attributes]]))
      for (const text of ["15551234567", "over the wire", "no callback"]) assertTrue(!told.includes(text), text)
    }),
  )
})
