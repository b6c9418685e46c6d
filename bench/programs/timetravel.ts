import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { machines } from "../../src/app/machines.ts"
import { seenMessages } from "../../src/carriers/twilio/messages/seenMessages.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { roll } from "../../src/core/chance.ts"
import { openReader } from "../../src/log/reader.ts"
import { glimpse } from "../../src/timetravel/glimpse.ts"
import { indexLog, LogIndex } from "../../src/timetravel/LogIndex.ts"
import { storyOf } from "../../src/timetravel/story.ts"
import { timelineOf } from "../../src/timetravel/timeline.ts"

/* What a page of time travel reads of a log, at entries drawn over all of it: counters, the newest 50 messages, one timeline. */

const [file = "", rounds = "40"] = process.argv.slice(2)

/** A page at one entry; ms of each part. */
const page = (reader: Effect.Effect.Success<ReturnType<typeof openReader>>, index: LogIndex, at: number) =>
  Effect.gen(function* () {
    const usage = process.cpuUsage()
    const began = performance.now()
    const counters = index.countersAt(at)
    const counted = performance.now()
    const { seqs } = index.newest("messages", at)
    const world = yield* glimpse({ reader, index, machines, at, of: seqs })
    const messages = [...(seenMessages(world.slice(twilioMachine).messages) ?? [])]
    const listed = performance.now()
    const subject = messages[0]?.sid ?? ""
    const story = subject === "" ? undefined : yield* storyOf(reader, subject, at)
    const { marks } = timelineOf(story?.entries ?? [], subject)
    const told = performance.now()
    const { system, user } = process.cpuUsage(usage)
    if (messages.length !== seqs.length) throw new Error(`${messages.length} of ${seqs.length} messages at entry ${at}`)
    return {
      found: counters.size + messages.length + marks.length,
      counters: counted - began,
      list: listed - counted,
      timeline: told - listed,
      page: told - began,
      // Drifts less than the time does on a machine that others use.
      cpu: (system + user) / 1_000,
    }
  })

const measured = Effect.gen(function* () {
  const reader = yield* openReader(file)
  const { seq } = yield* reader.head
  const began = performance.now()
  const index = yield* indexLog(reader, new LogIndex())
  const indexMs = performance.now() - began
  const pages: Array<Effect.Effect.Success<ReturnType<typeof page>>> = []
  for (let n = 0; n < Number(rounds); n++) {
    const at = 1 + Math.floor(((seq - 1) * roll(1, "bench", "place", n)) / 10_000)
    pages.push(yield* page(reader, index, at))
  }
  return { entries: seq, indexMs, pages }
}).pipe(Effect.scoped)

const found = await Effect.runPromise(measured)
if (process.send === undefined) console.log(JSON.stringify(found, null, 1))
else process.send(found)
