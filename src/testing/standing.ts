import { formatPace, rate } from "../clock/pace.ts"
import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import { iso } from "../core/Instant.ts"
import type { Run } from "../engine/Run.ts"
import { outboundMachine } from "../network/outbound.machine.ts"

/* How a run stands, in words: what a test that waits in vain has to know. */

const namedMax = 5

/** What keeps a run from being settled, a line each; none when nothing does. */
export const unsettled = ({ engine }: Run): ReadonlyArray<string> => {
  const { world } = engine
  const away = [...world.slice(outboundMachine).pending.values()].filter(({ request }) => request.via === "wire")
  const due = nextTimer(world.slice(timersMachine))?.due
  return [
    ...(engine.queued > 0 ? [`${engine.queued} requests or orders wait for their turn`] : []),
    ...away
      .slice(0, namedMax)
      .map(
        ({ request: { attempt, connect, method, purpose, url }, subject }) =>
          `on its way: ${method} ${withoutQuery(connect ?? url)} (${purpose} for ${subject}, attempt ${attempt})`,
      ),
    ...(away.length > namedMax ? [`on their way: ${away.length - namedMax} more`] : []),
    ...(due !== undefined && due <= engine.now ? [`due since ${iso(due)}: the next timer`] : []),
  ]
}

/** Where the clock is and what is still to come. */
export const standing = ({ engine }: Run): string => {
  const timers = engine.world.slice(timersMachine)
  const due = nextTimer(timers)?.due
  const there = `It is ${iso(engine.now)} at pace ${formatPace(engine.pace)}`
  if (due === undefined) return `${there}, and nothing is due later.`
  const later = `${there}, and the next of ${timers.byKey.size} timers is due ${iso(due)}`
  return rate(engine.pace) > 0 || engine.pace._tag === "fast" ? `${later}.` : `${later}: clock.advance goes there.`
}

const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//")
