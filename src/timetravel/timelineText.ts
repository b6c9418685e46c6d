import { formatDuration } from "../core/Instant.ts"
import { laneTitles, type MarkState } from "./marks.ts"
import { instant } from "./place.ts"
import type { Mark, Timeline } from "./timeline.ts"

/** How a mark looks on a terminal; the colour says the same again. */
const signs: { readonly [State in MarkState]: string } = { done: "●", failed: "✕", waiting: "○", told: "•" }

/** Gives a text the looks of a state, or of what stands in the background. */
export type Paint = (look: MarkState | "faint" | "bold", text: string) => string

const laneWidth = 4
const timeWidth = 14
const gistMax = 200

/**
 * A timeline as lines for a terminal: when, seq, the lanes with an arrow from the lane of what an entry follows from, and what it
 * says. `safe` makes texts from outside printable.
 */
export const timelineLines = (
  timeline: Timeline,
  { paint, safe }: { readonly paint: Paint; readonly safe: (text: string) => string },
): ReadonlyArray<string> => {
  const first = timeline.marks[0]?.at ?? 0
  const bySeq = new Map(timeline.marks.map((mark) => [mark.seq, mark]))
  const margin = " ".repeat(timeWidth + 8)
  const heads = timeline.lanes.map((lane, i) => `${margin}${"│".padEnd(laneWidth).repeat(i)}┌ ${laneTitles[lane]}`)
  const line = (mark: Mark): string => {
    const when = `+${formatDuration(Math.max(0, mark.at - first))}`.padStart(timeWidth)
    const graph = graphOf(timeline, mark, bySeq.get(mark.cause), paint)
    const gist = safe(mark.gist).slice(0, gistMax)
    const about = mark.subject === timeline.subject || mark.subject === "" ? "" : `${safe(mark.subject)} `
    return `${paint("faint", when)} ${String(mark.seq).padStart(6)}  ${graph}${paint("bold", safe(mark.type))}  ${about}${gist}`.trimEnd()
  }
  return [
    paint("faint", `${instant(first)}  ${signs.done} went well  ${signs.failed} failed  ${signs.waiting} pending`),
    ...heads.map((head) => paint("faint", head)),
    ...timeline.marks.map(line),
  ]
}

/** The lanes at one mark: its sign, and a line to it from the lane of its cause. */
const graphOf = (timeline: Timeline, mark: Mark, cause: Mark | undefined, paint: Paint): string => {
  const here = timeline.lanes.indexOf(mark.lane)
  const from = cause === undefined ? here : timeline.lanes.indexOf(cause.lane)
  const [low, high] = [Math.min(here, from), Math.max(here, from)]
  return timeline.lanes
    .map((_, i) => {
      const inside = i > low && i < high
      const sign = i === here ? signs[mark.state] : i === from ? (from < here ? "├" : "┤") : inside ? "┼" : "│"
      const gap = (i >= low && i < high ? "─" : " ").repeat(laneWidth - 1)
      return paint(i === here ? mark.state : "faint", sign) + paint("faint", gap)
    })
    .join("")
}
