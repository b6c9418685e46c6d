import type { Settings } from "./settings.ts"

/* What goes wrong on purpose, as a test orders it. */

type Endpoint = NonNullable<Settings["endpoints"]>[number]

/** Something that goes wrong from here on, until it is taken away. */
export interface Fault {
  /** As `callbacks.faults` of settings: callbacks that are lost, late, twice, out of order. */
  readonly callbacks?: NonNullable<Settings["callbacks"]>["faults"] | undefined
  /** As `twilio.faults` of settings: requests of the API that are answered otherwise. They are looked at before those of the settings. */
  readonly api?: NonNullable<Settings["twilio"]>["faults"] | undefined
  /** An address that answers otherwise: by `answers`, or with 500 to so many attempts. */
  readonly endpoint?: string | undefined
  readonly answers?: Endpoint["answers"] | undefined
  readonly fail_percent?: number | undefined
}

/** A fault that is on; `await using` takes it away at the end of its block. */
export interface FaultOn {
  /** Takes it away; what was there before, or was set meanwhile, is in force again. Twice is once. */
  readonly off: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}
