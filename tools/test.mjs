// `npm test [-- filters]`: sets up what is missing, then runs every test. The reporter prints the last line.
import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { root, setUp } from "./setup.mjs"

await setUp({ dist: existsSync(join(root, "src/main.ts")) })
const vitest = join(root, "node_modules/vitest/vitest.mjs")
const run = spawn(process.execPath, [vitest, "run", ...process.argv.slice(2)], { cwd: root, stdio: "inherit" })
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => run.kill(signal))
run.on("close", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)))
