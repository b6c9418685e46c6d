// `npm run check`: types, lint and format, architecture and unit tests. Warnings are errors.
import { spawn } from "node:child_process"
import { join } from "node:path"
import { root, setUp } from "./setup.mjs"

await setUp({ dist: false })
const onTerminal = process.stdout.isTTY === true
const bin = (path) => join(root, "node_modules", path)

/** Runs one check and keeps what it prints, so that checks side by side do not mix. */
const check = (name, path, args) =>
  new Promise((done) => {
    const started = performance.now()
    const child = spawn(process.execPath, [bin(path), ...args], { cwd: root })
    const chunks = []
    child.stdout.on("data", (chunk) => chunks.push(chunk))
    child.stderr.on("data", (chunk) => chunks.push(chunk))
    child.on("close", (code) => {
      const seconds = ((performance.now() - started) / 1000).toFixed(1)
      if (code !== 0) process.stdout.write(Buffer.concat(chunks))
      process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)\n`)
      done(code === 0)
    })
  })

const types = check("types", "typescript/bin/tsc", ["--pretty", String(onTerminal)])
const lint = await check("lint and format", "@biomejs/biome/bin/biome", [
  "ci",
  "--error-on-warnings",
  `--colors=${onTerminal ? "force" : "off"}`,
  ".",
])
const tests = await check("architecture, container files and unit tests", "vitest/vitest.mjs", [
  "run",
  "src/",
  "test/architecture.test.ts",
  "test/docker.test.ts",
])
const passed = (await types) && lint && tests
process.exit(passed ? 0 : 1)
