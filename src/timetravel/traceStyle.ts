/** The stylesheet of a trace's page around its timeline. */
export const traceStyle = `
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.4 system-ui, sans-serif; }
header, footer { padding: 12px 16px; }
h1 { font-size: 20px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 15px; margin: 0 0 8px; }
p { margin: 4px 0; color: var(--faint); overflow-wrap: anywhere; }
code, pre, .mono { font-family: ui-monospace, monospace; font-size: 13px; }
.bar { position: sticky; top: 0; z-index: 2; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 8px 16px; background: var(--raised); border-block: 1px solid var(--line); }
.bar input { flex: 1 1 160px; min-width: 0; accent-color: var(--accent); height: 28px; }
.bar output { font-variant-numeric: tabular-nums; flex: 0 1 auto; min-width: 15em; }
button { font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: 6px; padding: 4px 10px; min-height: 32px; cursor: pointer; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(300px, 420px); gap: 16px; padding: 16px; align-items: start; }
aside { display: grid; gap: 16px; position: sticky; top: 64px; }
section { min-width: 0; }
.panel { border: 1px solid var(--line); border-radius: 8px; padding: 12px; background: var(--ground); }
.scroll { overflow: auto; max-height: 40vh; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 4px 8px 4px 0; vertical-align: top; }
td:nth-child(2) { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
th { color: var(--faint); font-weight: 600; }
.tl-row { scroll-margin-block: 64px 16px; }
tr.absent { display: none; }
.now-done { color: var(--done); } .now-failed { color: var(--failed); } .now-waiting { color: var(--waiting); }
.changed { background: var(--chosen); }
dialog { color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: 8px; max-width: 32em; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 5px; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 12px; margin: 0; } dd { margin: 0; }
.no-script .bar, .no-script aside { display: none; }
@media (max-width: 760px) {
  main { grid-template-columns: minmax(0, 1fr); padding: 8px; }
  aside { top: auto; bottom: 0; max-height: 38vh; overflow: auto; gap: 8px; padding-bottom: 8px; background: var(--ground); border-top: 1px solid var(--line); }
  aside .scroll { max-height: none; }
  .tl-row { scroll-margin-block: 96px calc(38vh + 16px); }
  table { font-size: 13px; }
  .bar input { flex-basis: 80px; }
  .bar output { flex-basis: 100%; order: 1; font-size: 13px; }
}
`
