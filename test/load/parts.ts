import { endpoints } from "./parts/endpoints.ts"
import { idle } from "./parts/idle.ts"
import { overload } from "./parts/overload.ts"
import { slow } from "./parts/slow.ts"
import { subscriber } from "./parts/subscriber.ts"
import type { Part } from "./report.ts"

/** What is done to a server, in this order (docs/load.md). */
export const parts: ReadonlyArray<Part> = [overload, idle, slow, endpoints, subscriber]
