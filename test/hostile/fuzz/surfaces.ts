import { clientSurface } from "./client.ts"
import { conversationsSurface } from "./conversations.ts"
import { erasingSurface } from "./erasing.ts"
import { examiningSurface } from "./examining.ts"
import { gatewaySurface } from "./gateway.ts"
import { httpSurface } from "./http.ts"
import { importsSurface } from "./imports.ts"
import { providersSurface } from "./providers.ts"
import { proxySurface } from "./proxy.ts"
import { recordingsSurface } from "./recordings.ts"
import type { Surface } from "./runner.ts"
import { scenariosSurface } from "./scenarios.ts"
import { settingsSurface } from "./settings.ts"
import { tablesSurface } from "./tables.ts"
import { templatesSurface } from "./templates.ts"
import { trafficSurface } from "./traffic.ts"
import { travelSurface } from "./travel.ts"
import { twimlSurface } from "./twiml.ts"
import { upgradingSurface } from "./upgrading.ts"

export const surfaces: ReadonlyArray<Surface> = [
  httpSurface,
  settingsSurface,
  templatesSurface,
  twimlSurface,
  recordingsSurface,
  travelSurface,
  scenariosSurface,
  trafficSurface,
  importsSurface,
  clientSurface,
  gatewaySurface,
  providersSurface,
  proxySurface,
  conversationsSurface,
  tablesSurface,
  erasingSurface,
  upgradingSurface,
  examiningSurface,
]
