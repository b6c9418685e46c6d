import { formatDuration } from "../core/Instant.ts"
import { escaped } from "./html.ts"
import { laneTitles, type MarkState } from "./marks.ts"
import type { Arrow, Mark, Timeline } from "./timeline.ts"

/** How a timeline is drawn. */
export interface DrawOptions {
  /** Where a mark leads: the address of its entry. */
  readonly href: (seq: number) => string
  /** How much room an entry has; in the least what it says stands beside its type. */
  readonly zoom?: Zoom
}

/** Heights of a row in px; the stylesheet has the same. */
export const rowPx = { small: 28, usual: 44, large: 72 } as const
export type Zoom = keyof typeof rowPx

const laneWidth = 34
const headHeight = 76
const marginX = 18

/** Said to who cannot see the sign. */
const stateWords: { readonly [State in MarkState]: string } = {
  done: "went well",
  failed: "failed",
  waiting: "pending",
  told: "",
}

/**
 * A timeline as HTML, for traces and pages: time goes down, lanes stand side by side, each entry is a row of text and a mark in its
 * lane, arrows lead from what an entry follows from. Every text is escaped. `timelineStyle` is its stylesheet.
 */
export const timelineHtml = (timeline: Timeline, { href, zoom = "usual" }: DrawOptions): string => {
  const { marks } = timeline
  const first = marks[0]?.at ?? 0
  const height = marks.length * rowPx[zoom]
  const width = 2 * marginX + (timeline.lanes.length - 1) * laneWidth
  const places = new Map(
    marks.map(({ lane, seq }, i) => [seq, { x: laneX(timeline, lane), y: (i + 0.5) * rowPx[zoom] }]),
  )
  const rows = marks.map((mark) => row(mark, timeline, { first, href: href(mark.seq), zoom }))
  const arrows = timeline.arrows.map((each) => arrow(each, places))
  const signs = marks.map((mark) => sign(mark, places.get(mark.seq) as Place))
  return [
    `<div class="tl tl-${zoom}">`,
    head(timeline, width),
    '<div class="tl-body">',
    `<svg class="tl-lanes" aria-hidden="true" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    ...timeline.lanes.map((lane) => lifeline(laneX(timeline, lane), height)),
    ...arrows,
    ...signs,
    "</svg>",
    '<ol class="tl-rows">',
    ...rows,
    "</ol></div></div>",
  ].join("")
}

interface Place {
  readonly x: number
  readonly y: number
}

const laneX = ({ lanes }: Timeline, lane: Mark["lane"]): number => marginX + lanes.indexOf(lane) * laneWidth

const lifeline = (x: number, height: number): string =>
  `<line class="tl-life" x1="${x}" y1="0" x2="${x}" y2="${height}"/>`

const head = (timeline: Timeline, width: number): string =>
  [
    `<svg class="tl-head" aria-hidden="true" width="${width + 40}" height="${headHeight}" viewBox="0 0 ${width + 40} ${headHeight}">`,
    ...timeline.lanes.map((lane) => {
      const x = laneX(timeline, lane)
      return `<text x="${x}" y="${headHeight - 8}" transform="rotate(-52 ${x} ${headHeight - 8})">${laneTitles[lane]}</text>`
    }),
    "</svg>",
  ].join("")

const row = (
  mark: Mark,
  timeline: Timeline,
  { first, href, zoom }: { readonly first: number; readonly href: string; readonly zoom: Zoom },
): string => {
  const { at, gist, seq, state, subject, type } = mark
  const about =
    subject === "" || subject === timeline.subject ? "" : `<span class="tl-about">${escaped(subject)}</span> `
  const said = stateWords[state]
  const heard = said === "" ? "" : `<span class="tl-heard"> ${said}</span>`
  const lines = [
    `<span class="tl-line"><b>${escaped(type)}</b>${heard} <span class="tl-when">#${seq} +${formatDuration(Math.max(0, at - first))}</span></span>`,
    `<span class="tl-line tl-gist">${about}${escaped(gist.length > gistMax ? `${gist.slice(0, gistMax)}…` : gist)}</span>`,
  ]
  return `<li class="tl-row tl-${state}" data-seq="${seq}" data-lane="${mark.lane}"><a id="e${seq}" href="${escaped(href)}">${lines.join(zoom === "small" ? " " : "")}</a></li>`
}

/** Characters of what an entry says that a row holds; its own page has all. */
const gistMax = 300

/** A curve from the side of one mark to the side of another. */
const arrow = ({ from, state, to, waited }: Arrow, places: ReadonlyMap<number, Place>): string => {
  const [a, b] = [places.get(from) as Place, places.get(to) as Place]
  const side = a.x === b.x ? 14 : 0
  const middle = (a.y + b.y) / 2
  const path =
    side > 0
      ? `M${a.x} ${a.y}C${a.x + side} ${middle} ${b.x + side} ${middle} ${b.x} ${b.y - 6}`
      : `M${a.x} ${a.y}C${a.x} ${middle} ${b.x} ${middle} ${b.x} ${b.y - 6}`
  const tip = `M${b.x - 3} ${b.y - 10}L${b.x} ${b.y - 5}L${b.x + 3} ${b.y - 10}`
  return `<path class="tl-arrow tl-${state}${waited ? " tl-waited" : ""}" data-from="${from}" data-to="${to}" d="${path}${tip}"/>`
}

/** The sign of a state differs in its shape, not in colour alone. */
const sign = ({ seq, state }: Mark, { x, y }: Place): string => {
  const shape = shapes[state](x, y)
  return `<g class="tl-mark tl-${state}" data-seq="${seq}">${shape}</g>`
}

const shapes: { readonly [State in MarkState]: (x: number, y: number) => string } = {
  done: (x, y) => `<circle cx="${x}" cy="${y}" r="5"/>`,
  failed: (x, y) => `<path d="M${x - 5} ${y - 5}l10 10m0 -10l-10 10"/>`,
  waiting: (x, y) => `<circle class="tl-open" cx="${x}" cy="${y}" r="4.5"/>`,
  told: (x, y) => `<circle cx="${x}" cy="${y}" r="3"/>`,
}
