import type { OutboundRequested } from "../core/entries.ts"
import type { World } from "../core/Machine.ts"
import type { SimulatedHost } from "../network/endpoints.machine.ts"
import type { ScriptedAnswer } from "../network/settings.ts"
import { conversationsSettings, simulatedMonitorHost } from "./settings.ts"

/** What the monitor inside the run says to a request that was made at an instant. Without settings it knows nobody. */
const answer = (world: World, { params }: OutboundRequested, at: number): ScriptedAnswer => {
  const { simulated } = conversationsSettings(world).monitor
  const after_ms = simulated?.latency_ms ?? 0
  const outage = simulated?.outages.find(({ from, to }) => from <= at && at < to)
  if (outage !== undefined)
    return outage.how === "503"
      ? { after_ms, body: '{"error":"down for now"}', status: 503 }
      : { after_ms, body: "", drop: outage.how, status: 0 }
  const phone = params.find(([name]) => name === "phone")?.[1]
  const tenant = simulated?.tenants.find(([number]) => number === phone)?.[1]
  return tenant === undefined
    ? { after_ms, body: '{"error":"no tenant has this number"}', status: 404 }
    : { after_ms, body: JSON.stringify({ tenant_id: tenant }), status: 200 }
}

/** The monitor on the network inside of every run. */
export const simulatedMonitor: SimulatedHost = { is: (host) => host === simulatedMonitorHost, answer }
