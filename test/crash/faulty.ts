import { fileURLToPath } from "node:url"

/** What `faults.cjs` does inside a server. */
export type Fault = {
  readonly told: string
  readonly nth: number
} /** `beside`: in the thread that writes big groups, not in the main one. */ & (
  | { readonly do: "kill"; readonly point: number; readonly us: number; readonly beside?: boolean }
  /** The n-th COMMIT of a group in which a message is acknowledged fails. */
  | { readonly do: "fail" }
  /** The log may grow by n pages and no more. */
  | { readonly do: "fill" }
)

const faults = fileURLToPath(new URL("./faults.cjs", import.meta.url))

/** The environment of a server that meets a fault. */
export const preloaded = (fault: Fault): Readonly<Record<string, string>> => ({
  NODE_OPTIONS: `--require "${faults.replaceAll("\\", "\\\\")}"`,
  RINGBACK_FAULT: JSON.stringify(fault),
})
