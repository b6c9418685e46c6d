import { checkFault } from "../reporters/faults.ts"
import type { Style } from "../reporters/Report.ts"
import { faultSaid } from "./drawn.ts"
import type { Explored, Failure, Found } from "./explore.ts"
import type { Passing } from "./passing.ts"

/* What exploration found, for people. */

const passingsMax = 10

/** What came of it, in lines. */
export const exploredSaid = (explored: Explored, style: Style): ReadonlyArray<string> => {
  const { paint } = style
  switch (explored._tag) {
    case "NothingFound":
      return [`${paint("green", "✓")} ${counted(explored.seeds, "seed")}, and none fails`]
    case "FailsAsItIs":
      return [
        `${paint("red", "✗")} it fails as it is, without any fault: exploration begins where \`ringback run\` passes`,
        ...failureSaid(explored.failure, style),
      ]
    case "Found":
      return foundSaid(explored, style)
  }
}

const foundSaid = (found: Found, style: Style): ReadonlyArray<string> => {
  const { drawn, failure, minimal, passings, reproduced, runs, seed, seeds, smallest } = found
  const { paint, safe } = style
  const enough = !reproduced
    ? `they do not make it fail again by themselves: the application depends on more than its callbacks`
    : smallest.length === 0
      ? "it fails without them, too"
      : `${minimal ? `${smallest.length} of them ${smallest.length === 1 ? "is" : "are"} enough` : `${smallest.length} are left`} (${counted(runs, "playing")} to find that out)`
  return [
    `${paint("red", "✗")} seed ${seed} fails, after ${counted(seeds, "seed")}; ${counted(drawn.length, "fault")} struck, and ${enough}`,
    ...failureSaid(failure, style),
    ...(reproduced && smallest.length > 0
      ? ["", "  what goes wrong:", ...smallest.map((fault) => `    ${safe(faultSaid(fault))}`)]
      : []),
    ...(passings.length === 0
      ? []
      : [
          "",
          "  what changes places:",
          ...passings.slice(0, passingsMax).map((passing) => `    ${safe(passingSaid(passing))}`),
        ]),
    ...(passings.length > passingsMax ? [`    and ${passings.length - passingsMax} more`] : []),
  ]
}

const failureSaid = ({ broken, check }: Failure, { paint, safe }: Style): ReadonlyArray<string> => {
  if (check === undefined) return ["", ...broken.map((line) => `  ${paint("red", safe(line))}`)]
  const { lines, place, title } = checkFault(check)
  return [
    "",
    `  ${safe(`${place.file}:${place.line}`)}  ${paint("red", safe(title))}`,
    ...lines.map((line) => `    ${safe(line)}`),
  ]
}

const passingSaid = ({ callback, now, other }: Passing): string =>
  `${callback.event} of ${callback.subject} comes ${now} ${other.event}${other.subject === callback.subject ? "" : ` of ${other.subject}`}`

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`
