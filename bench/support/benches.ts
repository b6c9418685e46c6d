import type { Figure, Wanted } from "./rounds.ts"

/** Figures by the name under which they are asked for. */
export type Benches = ReadonlyMap<string, (wanted: Wanted) => Promise<ReadonlyArray<Figure>>>

/** What the command line asks for. */
export interface Order extends Wanted {
  readonly names: ReadonlyArray<string>
  /** Process times are shown as well. */
  readonly cpu: boolean
  /** The run is added to the history. */
  readonly json: boolean
}

const flags: ReadonlyArray<string> = ["--quick", "--cpu", "--json", "--all"]

/** Reads arguments: by default the short figures, in their order. A text is what is wrong with them. */
export const ordered = (
  args: ReadonlyArray<string>,
  short: ReadonlyArray<string>,
  long: ReadonlyArray<string>,
): Order | string => {
  const all = [...short, ...long]
  const usage = `usage: npm run bench -- [--quick] [--cpu] [--json] [--all | --only ${all.join(",")}]`
  const at = args.indexOf("--only")
  const only = at < 0 ? undefined : (args[at + 1] ?? "").split(",")
  const others = at < 0 ? args : args.toSpliced(at, 2)
  const has = (flag: string) => others.includes(flag)
  const senseless = others.some((arg) => !flags.includes(arg)) || (only !== undefined && has("--all"))
  if (senseless || only?.some((name) => !all.includes(name))) return usage
  return {
    names: only ?? (has("--all") ? all : short),
    quick: has("--quick"),
    cpu: has("--cpu"),
    json: has("--json"),
  }
}

/** Measures what is asked for. What was found is shown also when a later one throws, which then goes on. */
export const measured = async (
  benches: Benches,
  { names, quick }: Order,
  tell: (name: string) => void,
  show: (found: ReadonlyArray<Figure>) => void,
): Promise<ReadonlyArray<Figure>> => {
  const figures: Array<Figure> = []
  try {
    for (const name of names) {
      tell(name)
      figures.push(...((await benches.get(name)?.({ quick })) ?? []))
    }
    return figures
  } finally {
    if (figures.length > 0) show(figures)
  }
}
