import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import { versionOf } from "./tools/build.mjs"

/** No test may depend on how fast the machine is: these only end what hangs. */
const hangMs = 120_000

const shared = {
  testTimeout: hangMs,
  hookTimeout: hangMs,
  teardownTimeout: 30_000,
  setupFiles: ["test/support/eachFile.ts"],
} as const

/**
 * Rules are pure and nothing is a process-wide singleton, so tests share their workers' modules: to load them anew for each file is most
 * of what unit tests cost. Said of the pools, because Vitest asks no project for it.
 */
const sharing = { isolate: false } as const

export default defineConfig({
  define: { __RINGBACK_VERSION__: JSON.stringify(versionOf(import.meta.dirname)) },
  test: {
    poolOptions: {
      // Vitest leaves one core to itself, and then many tests wait for programs they have started.
      forks: { ...sharing, maxForks: Math.max(2, availableParallelism() - 1), minForks: 1 },
      threads: { ...sharing, maxThreads: Math.max(1, availableParallelism() - 1), minThreads: 1 },
    },
    reporters: ["./tools/reporter.mjs"],
    projects: [
      { extends: true, test: { ...shared, name: "unit", include: ["src/**/*.test.ts"], pool: "threads" } },
      {
        extends: true,
        test: {
          ...shared,
          name: "whole",
          include: ["test/**/*.test.ts"],
          pool: "forks",
          setupFiles: ["test/support/eachFile.ts"],
        },
      },
    ],
  },
})
