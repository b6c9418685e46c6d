import { GatewayWalk } from "../../support/gatewayWalk.ts"
import { mutated, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const bodies = [
  '{"phone":"01921317475","text":"Hello","priority":"high","send_at":"2026-01-01T12:00:05Z"}',
  '{"success":true,"message_id":"m-1","cost":"0.0075","currency":"USD","reference":"x","retry_after":0.4}',
  '{"sid":"SM1","price":null,"code":21211,"message":"invalid","status":400}',
  '{"message_id":"m-1","status":"delivered","code":"0","cost":1e999}',
]

const bodyOf = (random: Random): string => {
  if (random.chance(20)) return random.pick(nasty).toWellFormed()
  const text = random.pick(bodies)
  if (random.chance(50)) return mutated(random, text, 4).toWellFormed()
  const value: unknown = random.pick([...nasty, null, 1e308, -0, [], {}, "x".repeat(2_000)])
  return JSON.stringify({
    ...JSON.parse(text),
    [random.pick(["phone", "text", "priority", "message_id"])]: value,
  }).toWellFormed()
}

/** Requests of strangers, and providers that answer anything: refused or carried out within the limits, and never a defect. */
export const gatewaySurface: Surface = {
  name: "gateway",
  atOnce: 1,
  open: async () => ({
    run: async (random): Promise<Outcome> => {
      const said: Array<string> = []
      const body = () => {
        const text = bodyOf(random)
        said.push(text)
        return text
      }
      try {
        const [problem] = new GatewayWalk({ below: random.below, body }).run(40)
        return { input: JSON.stringify(said), problem }
      } catch (error) {
        return { input: JSON.stringify(said), problem: `throws ${error instanceof Error ? error.stack : error}` }
      }
    },
    end: async () => undefined,
  }),
}
