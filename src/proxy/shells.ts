import type { Variable } from "./variables.ts"

/** Ways to write variables down. */
export const shells = ["bash", "fish", "powershell", "dotenv", "json"] as const
export type Shell = (typeof shells)[number]

/** Variables as a shell or a program takes them, a line each but for JSON. */
export const written = (variables: ReadonlyArray<Variable>, shell: Shell): string =>
  shell === "json"
    ? JSON.stringify(Object.fromEntries(variables), null, 2)
    : variables.map(([name, value]) => lines[shell](name, value)).join("\n")

const lines: Readonly<Record<Exclude<Shell, "json">, (name: string, value: string) => string>> = {
  bash: (name, value) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`,
  fish: (name, value) => `set -gx ${name} '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  powershell: (name, value) => `$env:${name} = '${value.replaceAll("'", "''")}'`,
  dotenv: (name, value) =>
    `${name}=${/^[\w./:@,+-]*$/.test(value) ? value : value.includes("'") ? `"${value.replaceAll('"', '\\"')}"` : `'${value}'`}`,
}
