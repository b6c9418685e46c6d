import { twilioMachine } from "../carriers/twilio/twilio.machine.ts"
import { conversationsMachine } from "../conversations/conversations.machine.ts"
import { simulatedMonitor } from "../conversations/monitor.ts"
import type { AnyMachine } from "../engine/World.ts"
import { gatewayMachine } from "../gateway/gateway.machine.ts"
import { providersMachine, simulatedProviders } from "../gateway/providers/providers.machine.ts"
import { callbackTestMachine } from "../network/callbackTest.machine.ts"
import { makeEndpointsMachine, type SimulatedHost } from "../network/endpoints.machine.ts"
import { heldMachine } from "../network/held.machine.ts"
import { loopbackMachine } from "../network/loopback.machine.ts"
import { outboundMachine } from "../network/outbound.machine.ts"

/** Hosts that are simulated inside the run, by whom they are. */
const simulatedHosts: ReadonlyArray<SimulatedHost> = [simulatedProviders, simulatedMonitor]

/** Every machine of the exchange, in the order they are offered entries. The order is part of the rules. */
export const machines: ReadonlyArray<AnyMachine> = [
  twilioMachine,
  outboundMachine,
  makeEndpointsMachine(simulatedHosts),
  callbackTestMachine,
  heldMachine,
  loopbackMachine,
  gatewayMachine,
  providersMachine,
  conversationsMachine,
]
