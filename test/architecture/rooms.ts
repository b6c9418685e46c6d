/** For each room of src the rooms it may import (design.md, section 6). A room may always import itself. */
const ground = ["core"]
const engine = [...ground, "log", "clock", "engine"]
const parts = [...engine, "network", "carriers", "gateway", "conversations"]
const uses = [...parts, "client", "expressions", "scenarios", "traffic", "timetravel", "projection", "metrics"]
const doors = [...uses, "proxy", "server", "dashboard"]

export const mayImport: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  ["core", []],
  ["client", ground],
  ["log", ground],
  ["clock", ground],
  ["expressions", ground],
  ["engine", [...ground, "log", "clock"]],
  ["network", engine],
  ["carriers", [...engine, "network"]],
  ["gateway", [...engine, "network"]],
  ["conversations", [...engine, "network"]],
  ["scenarios", [...parts, "client", "expressions"]],
  ["traffic", [...parts, "client"]],
  ["timetravel", [...parts, "client"]],
  ["projection", parts],
  ["metrics", parts],
  ["proxy", [...ground, "log", "network"]],
  ["server", [...uses, "proxy"]],
  ["dashboard", uses],
  ["app", doors],
  ["testing", [...doors, "app"]],
  ["cli", [...doors, "app"]],
  ["main", [...doors, "app", "cli"]],
])

/** The room of a file of src; undefined if it lies in none. */
export const roomOf = (path: string): string | undefined => {
  if (path === "src/main.ts") return "main"
  const room = /^src\/([^/]+)\//.exec(path)?.[1]
  return room !== undefined && room !== "main" && mayImport.has(room) ? room : undefined
}

/** The carrier of a file below carriers/; undefined for what all carriers share. */
export const carrierOf = (path: string): string | undefined => /^src\/carriers\/([^/]+)\//.exec(path)?.[1]
