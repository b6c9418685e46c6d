import { httpSurface } from "./http.ts"
import { recordingsSurface } from "./recordings.ts"
import type { Surface } from "./runner.ts"
import { settingsSurface } from "./settings.ts"
import { templatesSurface } from "./templates.ts"

export const surfaces: ReadonlyArray<Surface> = [httpSurface, settingsSurface, templatesSurface, recordingsSurface]
