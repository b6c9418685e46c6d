import { type Traffic, tellFault } from "../core/traffic/reader.ts"

/** What is wrong with the lines of a recording, as lines for people. */
export const faultLines = (
  file: string,
  { faults, faultsInAll }: Pick<Traffic, "faults"> & { readonly faultsInAll: number },
): ReadonlyArray<string> => [
  ...faults.map((fault) => tellFault(file, fault)),
  ...(faultsInAll > faults.length ? [`${file}: ${faultsInAll - faults.length} more lines have faults`] : []),
]
