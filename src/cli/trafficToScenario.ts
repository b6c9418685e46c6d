import * as fs from "node:fs"
import * as path from "node:path"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { fileFailure } from "../core/fileFailure.ts"
import { makeFolders } from "../log/folders.ts"
import { scenarioYaml } from "../traffic/scenario/scenarioYaml.ts"
import { toScenario } from "../traffic/scenario/toScenario.ts"
import { readTrafficFile } from "../traffic/TrafficFile.ts"
import { jsonLine, printable } from "./terminal.ts"
import { faultLines } from "./trafficFaults.ts"

/** Bytes that a scenario may have. */
const scenarioBytesMax = 2 * 1024 * 1024

/** Makes a scenario of a recording. Gives 1 when not all of it is in the scenario; fails with why there is none. */
export const runToScenario = ({
  file,
  json,
  out,
}: {
  readonly file: string
  readonly json: boolean
  readonly out: string
}): Effect.Effect<0 | 1, string> =>
  Effect.gen(function* () {
    const traffic = yield* Effect.mapError(readTrafficFile(file), ({ message }) => message)
    const { leftOut, scenario } = toScenario(traffic.exchanges, path.basename(file))
    const steps = Array.isArray(scenario.steps) ? scenario.steps.length : 0
    if (steps === 0)
      return yield* Effect.fail(
        `${file}: nothing of it can be a step${leftOut[0] === undefined ? "" : `: ${leftOut[0].reason}`}`,
      )
    const text = scenarioYaml(scenario)
    const bytes = Buffer.byteLength(text)
    if (bytes > scenarioBytesMax)
      return yield* Effect.fail(
        `${file}: the scenario would have ${bytes} bytes, and one may have ${scenarioBytesMax}; cut the recording into several with its header each`,
      )
    yield* Effect.try({
      try: () => {
        makeFolders(path.dirname(path.resolve(out)))
        fs.writeFileSync(out, text, { flag: "wx" })
      },
      catch: (cause) =>
        (cause as NodeJS.ErrnoException).code === "EEXIST"
          ? `${out} exists; name another file`
          : fileFailure({ doing: "written", file: out }, cause),
    })
    const lines = [
      ...faultLines(file, traffic),
      ...leftOut.map(({ n, reason }) => `${file}: exchange ${n} is not in it: ${reason}`),
    ]
    yield* Console.log(
      json
        ? jsonLine(JSON.stringify({ file, out, steps, left_out: lines }))
        : `${steps} steps written to ${out}; ringback run ${out} plays them`,
    )
    if (!json) for (const line of lines) yield* Console.error(printable(line))
    return lines.length === 0 ? 0 : 1
  })
