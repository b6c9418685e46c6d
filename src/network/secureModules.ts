import type * as Https from "node:https"
import { createRequire } from "node:module"
import type * as Tls from "node:tls"

/*
 * Node's modules for TLS, loaded when something first needs them: most runs speak to this machine alone, and would spend a twentieth
 * of their start on them.
 */

const load = createRequire(import.meta.url)

export const httpsModule = (): typeof Https => load("node:https")
export const tlsModule = (): typeof Tls => load("node:tls")
