import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"

/*
 * A virtual day as a scenario: seven messages a minute by a messaging service, each with three callbacks to an endpoint inside the
 * run, judged at its end. The first one warms up and is shorter.
 */

const day = (minutes: number) => `
endpoints: [{ url: https://app.example/status }]
steps:
  - repeat: ${minutes}
    steps:
      - repeat: 7
        steps:
          - send:
              to: "+15551234567"
              messaging_service_sid: MG00000000000000000000000000000000
              body: "Your parcel \${index} is on its way and will be with you between 10 and 12."
              status_callback: https://app.example/status
      - advance: 1m
expect:
  - message: { status: delivered }
    exactly: ${7 * minutes}
  - callback: {}
    exactly: ${21 * minutes}
    each: { delivered: 1 }
`

const play = (minutes: number) =>
  Effect.gen(function* () {
    const scenario = yield* loadScenario({ file: "day.yaml", text: day(minutes) })
    const began = performance.now()
    const usage = process.cpuUsage()
    const { entries, passed } = yield* runScenario(scenario)
    if (!passed) throw new Error("the day is not as expected")
    const { system, user } = process.cpuUsage(usage)
    return { entries, ms: performance.now() - began, cpuMs: (system + user) / 1000 }
  })

const minutes = Number(process.argv[2] ?? 1440)
const found = await Effect.runPromise(Effect.zipRight(play(Math.ceil(minutes / 10)), play(minutes)))
if (process.send === undefined) console.log(found)
else process.send(found)
