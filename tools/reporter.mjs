import { relative } from "node:path"
import { DefaultReporter } from "vitest/reporters"

const slowestShown = 8

/** Vitest's own reporter, then the slowest files, then one plain last line: `N passed, N failed, N skipped`. */
export default class PlainEnding extends DefaultReporter {
  async onFinished(files = [], errors = []) {
    await super.onFinished(files, errors)
    const modules = this.ctx.state.getTestModules()
    const counts = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state
        counts[state === "pending" ? "skipped" : state]++
      }
      // A file or a suite that broke outside its tests: an import, a beforeAll.
      const broken = [module, ...module.children.allSuites()].filter((part) => part.errors().length > 0)
      counts.failed += broken.length
    }
    counts.failed += errors.length
    // Nothing ran: that is no success either.
    if (counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1
    const lines = [...slowest(modules, this.ctx.config.root), ending(counts)]
    this.ctx.logger.log(lines.join("\n"))
  }
}

/** The closing line that people and CI read. */
export const ending = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`

const slowest = (modules, root) => {
  const timed = modules
    .map((module) => {
      const { collectDuration, setupDuration, duration, environmentSetupDuration, prepareDuration } =
        module.diagnostic()
      const whole = collectDuration + setupDuration + duration + environmentSetupDuration + prepareDuration
      return { name: relative(root, module.moduleId), whole, loading: whole - duration }
    })
    .sort((a, b) => b.whole - a.whole)
    .slice(0, slowestShown)
  if (timed.length === 0) return []
  const line = ({ name, whole, loading }) =>
    `  ${(whole / 1000).toFixed(1).padStart(6)} s  ${name} (${(loading / 1000).toFixed(1)} s of it loading)`
  return ["Slowest test files:", ...timed.map(line), ""]
}
