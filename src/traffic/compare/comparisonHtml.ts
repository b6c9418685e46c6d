import { Eta } from "eta/core"
import { iso } from "../../core/Instant.ts"
import { type Comparison, likeness } from "./Comparison.ts"

/* The page is one file that needs nothing else and runs no script. Everything that `<%= %>` writes is escaped. */

const style = `
:root { color-scheme: light dark }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }
h2 { font-size: 1rem; margin: 2rem 0 .25rem }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #8886; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
th { font-weight: 600; white-space: nowrap; overflow-wrap: normal }
td { font-family: ui-monospace, monospace; font-size: 13px; white-space: pre-wrap }
.n { color: #767676; font-weight: 400 }
`

const page = `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
<meta name="generator" content="ringback compare">
<title><%= it.file %> · Ringback compare</title><style>${style}</style></head><body>
<h1><%= it.percent %> % the same</h1>
<p><%= it.file %>: <%= it.answers.same %> of <%= it.answers.compared %> answers and <%= it.callbacks.same %> of <%= it.callbacks.compared %> callbacks are what the simulator makes, field by field (<%= it.fields %> fields).</p>
<% for (const group of it.groups) { %>
<h2><%= group.title %> <span class="n"><% if (group.n > 0) { %>exchange <%= group.n %>, <% } %><%= group.at %></span></h2>
<table><thead><tr><th scope="col">field</th><th scope="col">recorded</th><th scope="col">made</th></tr></thead><tbody>
<% for (const each of group.differences) { %><tr><td><%= each.field %></td><td><%= each.recorded %></td><td><%= each.made %></td></tr>
<% } %></tbody></table>
<% } %>
<% if (it.leftOut.length > 0) { %><h2>Not compared</h2><ul>
<% for (const each of it.leftOut) { %><li><% if (each.n > 0) { %>exchange <%= each.n %>: <% } %><%= each.reason %></li>
<% } %></ul><% } %>
</body></html>
`

/** A comparison as a page. */
export const comparisonHtml = (file: string, comparison: Comparison): string =>
  new Eta({ autoEscape: true }).renderString(page, {
    ...comparison,
    file,
    percent: likeness(comparison) / 100,
    groups: groupsOf(comparison),
  })

const groupsOf = ({ differences }: Comparison) => {
  const groups = new Map<string, { title: string; n: number; at: string; differences: Array<unknown> }>()
  for (const { at, field, made, n, recorded, title, what } of differences) {
    const key = `${n} ${what} ${title}`
    const group = groups.get(key) ?? { title, n, at: iso(at), differences: [] }
    group.differences.push({ field, recorded, made })
    groups.set(key, group)
  }
  return [...groups.values()]
}
