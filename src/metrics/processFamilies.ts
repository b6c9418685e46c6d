import { type Family, gauge, Histogram } from "./Family.ts"

/** Bounds in seconds of the host's time. */
const bounds = [0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** How long the APIs take to answer, in the host's time: from a request's head to its answer's end, from the first scrape on. */
export const requestTimes = (): Histogram =>
  new Histogram(
    "ringback_http_request_seconds",
    "Host time from a request's head to its answer's end, since the first scrape.",
    ["api"],
    bounds,
  )

/** The process itself, under the names that Prometheus' clients give it. */
export const processFamilies = (): ReadonlyArray<Family> => [
  gauge("process_resident_memory_bytes", "Memory of the process.", [], () => [[process.memoryUsage.rss()]]),
  {
    name: "process_cpu_seconds_total",
    help: "CPU time of the process.",
    type: "counter",
    samples: () => {
      const { system, user } = process.cpuUsage()
      return [{ labels: {}, value: (system + user) / 1e6 }]
    },
  },
  gauge("process_uptime_seconds", "Host time since the process began.", [], () => [[process.uptime()]]),
]
