import { canonical, type Json, type JsonObject } from "../core/canonical.ts"

/* Faults that can be switched on and off with one click. A switch is a change of settings, in the form of the settings file. */

export interface FaultSwitch {
  readonly label: string
  readonly about: string
  readonly on: boolean
  /** What the control API is told to turn it. */
  readonly patch: JsonObject
}

const apiFaults: ReadonlyArray<{ readonly label: string; readonly about: string; readonly fault: JsonObject }> = [
  {
    label: "API answers 503",
    about: "half of all requests",
    fault: { path: "/2010-04-01/*", percent: 50, status: 503 },
  },
  { label: "API answers 429", about: "every request", fault: { path: "/2010-04-01/*", status: 429 } },
  { label: "API is slow", about: "answers 3 s later", fault: { path: "/2010-04-01/*", latency: "3s" } },
  {
    label: "Answers get lost",
    about: "carried out, connection cut",
    fault: { path: "/2010-04-01/*", percent: 50, drop: "answer" },
  },
]

const callbackFaults: ReadonlyArray<{
  readonly label: string
  readonly about: string
  readonly key: string
  readonly percent: number
}> = [
  { label: "Callbacks get lost", about: "half of them", key: "lost_percent", percent: 50 },
  { label: "Callbacks come twice", about: "half of them", key: "duplicated_percent", percent: 50 },
  { label: "Callbacks are late", about: "half of them, by 30 s", key: "late_percent", percent: 50 },
  { label: "Callbacks out of order", about: "half of them", key: "out_of_order_percent", percent: 50 },
]

/** The switches as settings, in the form of their file, have them. Faults of the file's own stay as they are. */
export const faultSwitches = (settings: JsonObject): ReadonlyArray<FaultSwitch> => {
  const faults = listAt(groupAt(settings, "twilio"), "faults")
  const rates = groupAt(groupAt(settings, "callbacks"), "faults")
  return [
    ...apiFaults.map(({ about, fault, label }) => {
      const text = canonical(fault)
      const others = faults.filter((each) => canonical(each) !== text)
      const on = others.length < faults.length
      const next = on ? others : [...faults, fault]
      return { label, about, on, patch: { twilio: { faults: next.length === 0 ? null : next } } }
    }),
    ...callbackFaults.map(({ about, key, label, percent }) => {
      const on = Number(rates[key] ?? 0) > 0
      return { label, about, on, patch: { callbacks: { faults: { [key]: on ? null : percent } } } }
    }),
  ]
}

const groupAt = (group: JsonObject, key: string): JsonObject => {
  const value = Object.hasOwn(group, key) ? group[key] : undefined
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}
}

const listAt = (group: JsonObject, key: string): ReadonlyArray<Json> => {
  const value = Object.hasOwn(group, key) ? group[key] : undefined
  return Array.isArray(value) ? value : []
}
