import type { TrafficHeader } from "../core/traffic/RecordedExchange.ts"

/** What the source of an imported recording begins with; the formats that were found in the file stand behind it. */
export const importedFrom = "import "

/** Whether a recording was made out of another format: its webhooks went to the application itself, not through a recorder. */
export const isImported = ({ source }: TrafficHeader): boolean => source.startsWith(importedFrom)
