import { rowPx } from "./timelineHtml.ts"

/** Colours of traces and timelines by what they mean, for a light and a dark system; every text on them reaches WCAG AA. */
export const colourTokens = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f4f5f7; --line: #c9cdd4; --text: #1b1f24; --faint: #59626e;
  --done: #176b35; --failed: #b3261e; --waiting: #8a5300; --told: #3f4a59; --accent: #1d4ed8; --chosen: #e3ebff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171b; --raised: #1e2329; --line: #3c444f; --text: #e6e9ed; --faint: #a3adb9;
    --done: #6fd08c; --failed: #ff8f86; --waiting: #f0b354; --told: #b6c0cc; --accent: #8fb4ff; --chosen: #24324f;
  }
}
`

/** The stylesheet of `timelineHtml`; it takes its colours from `colourTokens`. */
export const timelineStyle = `
.tl-small { --tl-row: ${rowPx.small}px; } .tl-usual { --tl-row: ${rowPx.usual}px; } .tl-large { --tl-row: ${rowPx.large}px; }
.tl { position: relative; overflow-x: auto; }
.tl-head { display: block; position: sticky; top: 0; overflow: visible; }
.tl-head text { fill: var(--faint); font-size: 12px; }
.tl-body { position: relative; display: flex; align-items: flex-start; }
.tl-lanes { flex: none; display: block; }
.tl-life { stroke: var(--line); stroke-width: 1; }
.tl-arrow { fill: none; stroke: var(--told); stroke-width: 1.5; opacity: .75; }
.tl-waited { stroke-dasharray: 4 3; }
.tl-mark { fill: var(--told); stroke: var(--told); stroke-width: 2; cursor: pointer; }
.tl-open { fill: var(--ground); }
.tl-arrow.tl-done, .tl-mark.tl-done { stroke: var(--done); }
.tl-arrow.tl-failed, .tl-mark.tl-failed { stroke: var(--failed); }
.tl-arrow.tl-waiting, .tl-mark.tl-waiting { stroke: var(--waiting); }
.tl-mark.tl-done { fill: var(--done); }
.tl-rows { list-style: none; margin: 0; padding: 0; flex: 1; min-width: 0; }
.tl-row { height: var(--tl-row); box-sizing: border-box; overflow: hidden; }
.tl-row a { display: block; height: 100%; padding: 3px 8px; box-sizing: border-box; color: inherit; text-decoration: none; border-radius: 6px; }
.tl-small .tl-row a { white-space: nowrap; text-overflow: ellipsis; overflow: hidden; }
.tl-line { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; line-height: 19px; }
.tl-small .tl-line { display: inline; }
.tl-row b { font-weight: 600; }
.tl-row.tl-failed b { color: var(--failed); }
.tl-row.tl-done b { color: var(--done); }
.tl-row.tl-waiting b { color: var(--waiting); }
.tl-when, .tl-gist { color: var(--faint); font-size: 13px; }
.tl-about { color: var(--text); }
.tl-row a:hover { background: var(--raised); }
.tl-row.tl-chosen a, .tl-row a:target { background: var(--chosen); outline: 1px solid var(--accent); outline-offset: -1px; }
.tl-row.tl-chosen .tl-when, .tl-row.tl-chosen .tl-gist { color: var(--text); }
.tl-later { visibility: hidden; }
.tl-heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`
