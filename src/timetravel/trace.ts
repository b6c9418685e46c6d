import { createHash } from "node:crypto"
import type { Entry } from "../core/Entry.ts"
import { escaped, scriptJson } from "./html.ts"
import { instant } from "./place.ts"
import { type Fate, fatesOf } from "./statuses.ts"
import { timelineOf } from "./timeline.ts"
import { timelineHtml } from "./timelineHtml.ts"
import { colourTokens, timelineStyle } from "./timelineStyle.ts"
import { traceScript } from "./traceScript.ts"
import { traceStyle } from "./traceStyle.ts"

export interface TraceOptions {
  /** What is traced, for people: a file, a scenario. */
  readonly title: string
  /** Whose entries they are; absent: everybody's. */
  readonly subject?: string | undefined
  /** More about it, a line each. */
  readonly notes?: ReadonlyArray<string>
}

const traceHead =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="generator" content="ringback trace">'

/** Characters of an entry's data that a trace holds as they are; of longer ones the beginning. */
const dataMax = 16_384

/**
 * Entries as one HTML file with timeline and slider that needs nothing else: it opens from disk, asks for nothing over the network
 * and runs no script but its own, which its Content-Security-Policy names by hash. Texts of the log are text in it and never markup.
 */
export const traceHtml = (
  entries: ReadonlyArray<Entry<unknown>>,
  { notes = [], subject, title }: TraceOptions,
): string => {
  const style = [colourTokens, timelineStyle, traceStyle].join("")
  const fates = fatesOf(entries)
  const timeline = timelineOf(entries, subject)
  const span = `${entries.length} entries${entries.length === 0 ? "" : `, ${instant(entries[0]?.at ?? 0)} to ${instant(entries.at(-1)?.at ?? 0)}`}`
  const policy = `default-src 'none'; script-src '${hashOf(traceScript)}'; style-src '${hashOf(style)}'; base-uri 'none'; form-action 'none'`
  return [
    traceHead,
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">',
    `<title>${escaped(subject ?? title)} · Ringback trace</title>`,
    `<style>${style}</style></head><body class="no-script">`,
    `<header><h1>${escaped(subject ?? title)}</h1>`,
    ...[...(subject === undefined ? [] : [title]), span, ...notes].map((note) => `<p>${escaped(note)}</p>`),
    "</header>",
    bar(entries.length),
    "<main>",
    '<section aria-label="Timeline">',
    timelineHtml(timeline, { href: (seq) => `#e${seq}` }),
    "</section>",
    `<aside aria-label="At this entry">${fatesPanel(fates)}${entryPanel}</aside>`,
    "</main>",
    helpDialog,
    `<script type="application/json" id="data">${scriptJson({ entries: entries.map(shortened), fates: fates.map(({ changes }) => ({ changes })) })}</script>`,
    `<script>${traceScript}</script>`,
    "</body></html>\n",
  ].join("")
}

/** Whether a file that begins so is a trace. */
export const isTrace = (beginning: string): boolean => beginning.startsWith(traceHead) || beginning.trim() === ""

/** A source of a Content-Security-Policy that names exactly this text. */
const hashOf = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`

const shortened = (entry: Entry<unknown>): Entry<unknown> => {
  const text = JSON.stringify(entry.data)
  if (text === undefined || text.length <= dataMax) return entry
  return { ...entry, data: `${text.slice(0, dataMax)}… (${text.length} characters; ringback log --json has all)` }
}

const bar = (length: number): string =>
  [
    '<div class="bar" role="group" aria-label="Place in the run">',
    '<button type="button" id="back" aria-label="One entry back">◀</button>',
    '<button type="button" id="play">Play</button>',
    '<button type="button" id="forth" aria-label="One entry forward">▶</button>',
    `<input type="range" id="place" min="1" max="${Math.max(1, length)}" value="${Math.max(1, length)}" step="1" aria-label="Entry">`,
    '<output id="told" for="place"></output>',
    '<button type="button" id="keys" aria-label="Keyboard">?</button>',
    "</div>",
  ].join("")

const fatesPanel = (fates: ReadonlyArray<Fate>): string =>
  [
    '<section class="panel" aria-labelledby="fates-title"><h2 id="fates-title">As it was then</h2>',
    '<p id="none" hidden>No message or call had begun.</p>',
    '<div class="scroll" tabindex="0" role="region" aria-labelledby="fates-title"><table id="fates">',
    "<thead><tr><th>What</th><th>From, to</th><th>Status</th></tr></thead><tbody>",
    ...fates.map(
      ({ from, noun, subject, to }) =>
        `<tr class="absent"><td title="${escaped(subject)}">${escaped(noun)} <span class="mono">${escaped(subject.slice(0, 10))}</span></td><td>${escaped(from)}<br>${escaped(to)}</td><td></td></tr>`,
    ),
    "</tbody></table></div></section>",
  ].join("")

const entryPanel = [
  '<section class="panel" aria-labelledby="entry-title"><h2 id="entry-title">Entry</h2>',
  '<p><button type="button" id="cause" hidden>Go to what it follows from</button></p>',
  '<div class="scroll" tabindex="0" role="region" aria-labelledby="entry-title"><pre id="entry"></pre></div></section>',
].join("")

const helpDialog = [
  '<dialog id="help" aria-labelledby="help-title"><h2 id="help-title">Keyboard</h2><dl>',
  ...[
    ["← →", "one entry back, forward (also k, j)"],
    ["Home End", "the first, the last entry"],
    ["Space", "play, pause"],
    ["c", "what this entry follows from"],
    ["?", "this help"],
    ["Esc", "close it"],
  ].map(
    ([keys = "", does = ""]) =>
      `<dt>${keys
        .split(" ")
        .map((key) => `<kbd>${key}</kbd>`)
        .join(" ")}</dt><dd>${does}</dd>`,
  ),
  '</dl><form method="dialog"><button>Close</button></form></dialog>',
].join("")
