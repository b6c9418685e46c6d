import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as LogLevel from "effect/LogLevel"
import { redactPhones } from "../client/redact.ts"
import type { Traffic } from "../core/traffic/reader.ts"
import type { Played, PlayerEvent } from "../traffic/playback/Player.ts"
import { jsonLine, printable, progress, progressDone, styled } from "./terminal.ts"

/* What `ringback playback` says while it goes: to a person, or as lines of JSON. */

/** Numbers in the paths of requests are masked, as in every line of a process. */
const masked = (text: string): string => redactPhones(text.replace(/\?.*$/s, ""), LogLevel.Info)

export const tellPerson = (file: string) => ({
  listening: (address: string, _: string, { exchanges, header }: Traffic) =>
    Console.log(
      `${styled("bold", address)} answers from ${file}: ${exchanges.length} exchanges with ${printable(header.source)}\nCtrl-C stops.\n`,
    ),
  event: (event: PlayerEvent, soFar: Played) => {
    if (event._tag === "Missed" && !event.forwarded) {
      progressDone()
      process.stderr.write(`not recorded: ${printable(`${event.method} ${masked(event.path)}`)}\n`)
    }
    progress(`${file}: ${countsOf(soFar)}`)
  },
  ended: (name: string, soFar: Played) =>
    Effect.zipRight(Effect.sync(progressDone), Console.log(`${name}: ${countsOf(soFar)}`)),
})

const countsOf = ({ answered, missed, unused, webhooks }: Played): string =>
  `${answered} requests answered, ${missed} not recorded, ${webhooks} webhooks, ${unused} recorded requests not asked for`

export const tellJson = {
  listening: (address: string, file: string, { exchanges, header }: Traffic) =>
    jsonEvent({ event: "listening", address, exchanges: exchanges.length, file, source: header.source }),
  event: (event: PlayerEvent) => {
    process.stdout.write(`${jsonLine(JSON.stringify(asJson(event)))}\n`)
  },
  ended: (file: string, soFar: Played) => jsonEvent({ event: "ended", file, ...soFar }),
}

const asJson = (event: PlayerEvent): unknown => {
  switch (event._tag) {
    case "Answered":
      return { event: "answered", n: event.exchange.n, times: event.times + 1 }
    case "Missed":
      return { event: "missed", forwarded: event.forwarded, method: event.method, path: masked(event.path) }
    case "Sent":
      return { event: "webhook", n: event.webhook.n, ...event.outcome }
  }
}

const jsonEvent = (event: unknown) => Console.log(jsonLine(JSON.stringify(event)))
