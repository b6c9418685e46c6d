/*
 * Whether requests are let through.
 *
 *              `failures` in a row                 `resetMs` later, at the next request
 *   Closed ───────────────────────────────> Open ───────────────────────────────────────> HalfOpen
 *     ^                                       ^ a failure                                   │ │
 *     │                                       └─────────────────────────────────────────────┘ │
 *     └──────────────────────────────────────────────── `successes` in a row ─────────────────┘
 *
 * 1. Half open, one request at a time is let through.
 * 2. A permit counts in the state it was given in: what ends later changes nothing.
 * 3. What ends as neither success nor failure gives its permit back and changes no count.
 */

export interface CircuitRules {
  /** Failures in a row that open it. */
  readonly failures: number
  /** Successes in a row that close it. */
  readonly successes: number
  /** Ms it stays open. */
  readonly resetMs: number
}

export type Circuit =
  | { readonly _tag: "Closed"; readonly epoch: number; readonly failures: number }
  | { readonly _tag: "Open"; readonly epoch: number; readonly until: number }
  | { readonly _tag: "HalfOpen"; readonly epoch: number; readonly successes: number; readonly probing: boolean }

export const closed: Circuit = { _tag: "Closed", epoch: 0, failures: 0 }

/** How a request that was let through ended. */
export type CircuitResult = "success" | "failure" | "neither"

/** What is decided about a request. */
export type Asked =
  /** `permit` is what its end is told with. */
  | { readonly _tag: "LetThrough"; readonly circuit: Circuit; readonly permit: number }
  /** `retryInMs` is absent while another request is tried. */
  | { readonly _tag: "Refused"; readonly circuit: Circuit; readonly retryInMs: number | undefined }

/** A request wants to go, at an instant in ms. */
export const ask = (circuit: Circuit, now: number): Asked => {
  switch (circuit._tag) {
    case "Closed":
      return { _tag: "LetThrough", circuit, permit: circuit.epoch }
    case "Open":
      return circuit.until > now
        ? { _tag: "Refused", circuit, retryInMs: circuit.until - now }
        : tried({ _tag: "HalfOpen", epoch: circuit.epoch + 1, successes: 0, probing: false })
    case "HalfOpen":
      return circuit.probing ? { _tag: "Refused", circuit, retryInMs: undefined } : tried(circuit)
  }
}

const tried = (circuit: Extract<Circuit, { _tag: "HalfOpen" }>): Asked => ({
  _tag: "LetThrough",
  circuit: { ...circuit, probing: true },
  permit: circuit.epoch,
})

/** A request that was let through has ended. */
export const ended = (
  rules: CircuitRules,
  circuit: Circuit,
  permit: number,
  result: CircuitResult,
  now: number,
): Circuit => {
  if (permit !== circuit.epoch) return circuit
  switch (circuit._tag) {
    case "Open":
      return circuit
    case "Closed": {
      if (result === "neither") return circuit
      if (result === "success") return circuit.failures === 0 ? circuit : { ...circuit, failures: 0 }
      const failures = circuit.failures + 1
      return failures >= rules.failures ? opened(rules, circuit, now) : { ...circuit, failures }
    }
    case "HalfOpen": {
      if (result === "failure") return opened(rules, circuit, now)
      if (result === "neither") return { ...circuit, probing: false }
      const successes = circuit.successes + 1
      return successes >= rules.successes
        ? { _tag: "Closed", epoch: circuit.epoch + 1, failures: 0 }
        : { ...circuit, successes, probing: false }
    }
  }
}

const opened = ({ resetMs }: CircuitRules, { epoch }: Circuit, now: number): Circuit => ({
  _tag: "Open",
  epoch: epoch + 1,
  until: now + resetMs,
})
