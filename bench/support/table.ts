import { execFileSync } from "node:child_process"
import { appendFileSync } from "node:fs"
import { cpus } from "node:os"
import { join } from "node:path"
import { root } from "./programs.ts"
import type { Figure } from "./rounds.ts"

/** Where a run was made: what a figure is worth nothing without. */
export const conditions = () => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown",
  cores: cpus().length,
  node: process.version,
  commit: commit(),
})

const commit = (): string => {
  try {
    const git = (...args: ReadonlyArray<string>) =>
      execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()
    return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain", "--", "src") === "" ? "" : "+changes"}`
  } catch {
    return "none"
  }
}

const shown = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString("en-US") : value >= 10 ? value.toFixed(0) : value.toFixed(2)

const lineOf = ({ name, unit, ours, floor, ratio, note, reach, reached }: Figure): ReadonlyArray<string> => [
  name,
  `${shown(ours)} ${unit}`,
  floor === undefined ? "–" : `${shown(floor)} ${unit}`,
  ratio === undefined ? (note ?? "–") : `${ratio[0].toFixed(2)}  (${ratio[1].toFixed(2)}–${ratio[2].toFixed(2)})`,
  `${reach}${reached ? "" : "  missed"}`,
]

/** Process times, where they are known. */
const cpuOf = ({ cpuUs }: Figure): ReadonlyArray<string> =>
  cpuUs === undefined ? ["–", "–"] : cpuUs.map((us) => `${shown(us)} µs`)

/** The figures as one table for people; `cpu` with process times for one of what each counts. */
export const table = (figures: ReadonlyArray<Figure>, { cpu: withCpu = false } = {}): string => {
  const lines = [
    ["figure", "ringback", "floor", "ratio  (spread)", "reach", ...(withCpu ? ["process time", "floor's"] : [])],
    ...figures.map((found) => [...lineOf(found), ...(withCpu ? cpuOf(found) : [])]),
  ]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  const { commit, cores, cpu, node } = conditions()
  return [
    ...lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")),
    "",
    `${cpu}, ${cores} cores, node ${node}, commit ${commit}`,
  ].join("\n")
}

/** Adds the run to the history, one line of JSON. */
export const remember = (figures: ReadonlyArray<Figure>, options: object): void => {
  const line = JSON.stringify({ at: new Date().toISOString(), ...conditions(), ...options, figures })
  appendFileSync(join(root, "bench/history.jsonl"), `${line}\n`)
}
