import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { Eta } from "eta/core"
import { timelineStyle } from "../timetravel/timelineStyle.ts"
import { fateOf } from "./figures.ts"
import { grouped, link, machineTime, percent, pretty, shortSid, span, utc } from "./texts.ts"

/*
 * The pages' templates: Eta's, beside this file and beside the built program, compiled when the first page is asked for. Everything they write with
 * `<%= %>` is escaped; `<%~ %>` is for other templates and for what `helpers` makes, which escapes by itself.
 */

/** Fills a template, `NAME.eta`. */
export type Fill = (name: string, data: object) => string

const folder = new URL("./views/", import.meta.url)

/** Reads and compiles every template. Throws when one is no template: a defect of the build. */
export const loadViews = (): Fill => {
  const eta = new Views({ autoEscape: true, cache: true })
  for (const file of fs.readdirSync(folder))
    if (file.endsWith(".eta"))
      eta.loadTemplate(`@${file.slice(0, -".eta".length)}`, fs.readFileSync(new URL(file, folder), "utf8"))
  return (name, data) => eta.render(`@${name}`, data)
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

/** Text that stands for itself in HTML. */
export const escaped = (text: unknown): string => String(text).replace(/[&<>"']/g, (char) => escapes[char] ?? "")

/** An instant that the reader's browser shows in the way that was chosen; without script as UTC. */
const time = (at: number | undefined): string =>
  at === undefined
    ? "–"
    : `<time datetime="${escaped(machineTime(at))}" data-at="${at}" title="${escaped(machineTime(at))}">${escaped(utc(at))}</time>`

/** A message's status as a badge; its colour and its shape say the same. */
const status = (text: string): string => badge(text, tones[text] ?? fateTone(text))

const fateTone = (text: string): Tone => {
  const fate = fateOf(text as Parameters<typeof fateOf>[0])
  return fate === "delivered" ? "good" : fate === "failed" ? "bad" : "open"
}

type Tone = "bad" | "good" | "open" | "plain" | "warn"

/** States of callbacks, and what is no status of a message. */
const tones: Readonly<Record<string, Tone>> = {
  answered: "good",
  sending: "open",
  waiting: "warn",
  lost: "warn",
  received: "plain",
  canceled: "plain",
  completed: "good",
  busy: "warn",
  "no-answer": "warn",
  active: "good",
  suspended: "warn",
  closed: "plain",
  healthy: "good",
  recovering: "warn",
  unhealthy: "bad",
  unsure: "warn",
}

const badge = (text: string, tone: Tone): string => `<span class="badge ${tone}">${escaped(text)}</span>`

/** How far a message to a phone has come: a dash, a tick, two ticks, or a mark with its error code. */
const ticks = (text: string, errorCode: number | undefined): string => {
  const [sign, tone] =
    text === "delivered" || text === "read"
      ? ["✓✓", "good"]
      : text === "sent"
        ? ["✓", "open"]
        : text === "failed" || text === "undelivered"
          ? ["!", "bad"]
          : ["–", "open"]
  const code = errorCode === undefined ? "" : ` ${errorCode}`
  return `<span class="ticks ${tone}" title="${escaped(text)}"><span aria-hidden="true">${sign}</span><span class="visually-hidden">${escaped(text)}</span>${code}</span>`
}

const helpers = { badge, escaped, grouped, link, percent, pretty, shortSid, span, status, ticks, time, utc }

/** Eta with what every template can use as `h`. */
class Views extends Eta {
  readonly h = helpers
  constructor(config: ConstructorParameters<typeof Eta>[0]) {
    super({ ...config, functionHeader: "const h = this.h" })
  }
}

/** Something that browsers fetch by a name that changes with it, so that they may keep it for ever. */
export interface Asset {
  readonly path: string
  readonly type: string
  readonly text: string
}

export interface Assets {
  readonly css: Asset
  readonly htmx: Asset
  readonly script: Asset
}

const assetsFolder = new URL("./assets/", import.meta.url)

/** Reads what pages need besides themselves. From source htmx lies in its package, from a build with the rest. */
export const loadAssets = (): Assets => {
  const own = (file: string) => fs.readFileSync(new URL(file, assetsFolder), "utf8")
  const built = new URL("htmx.min.js", assetsFolder)
  const htmx = fs.existsSync(built) ? built : new URL("../../node_modules/htmx.org/dist/htmx.min.js", import.meta.url)
  return {
    css: asset("ringback.css", "text/css; charset=utf-8", own("ringback.css") + timelineStyle),
    htmx: asset("htmx.js", "text/javascript; charset=utf-8", fs.readFileSync(htmx, "utf8")),
    script: asset("ringback.js", "text/javascript; charset=utf-8", own("ringback.js")),
  }
}

const asset = (name: string, type: string, text: string): Asset => {
  const print = createHash("sha256").update(text).digest("hex").slice(0, 16)
  return { path: `/ui/assets/${print}/${name}`, type, text }
}
