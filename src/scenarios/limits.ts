/** Every stated maximum of scenarios. Reaching one ends a scenario with its place and exit code 2, never a hang. */
export const limits = {
  /** Bytes of one file. */
  fileBytesMax: 2 * 1024 * 1024,
  /** Scenarios of one command. */
  scenariosMax: 10_000,
  /** Files a scenario is made of, itself included, and how deep includes and loops lie within each other. */
  filesMax: 50,
  depthMax: 16,
  /** Steps that are performed, those of loops as often as they come. */
  stepsMax: 50_000,
  /** Aliases that one may expand to: a file must not grow while it is read. */
  aliasesMax: 1_000,
  /** Entries that may follow from one step, and host ms it may take. */
  stepEntriesMax: 2_000_000,
  stepMsMax: 120_000,
  /** Characters of a regular expression, and of a text it is held against. */
  patternLengthMax: 1_000,
  /** Events that a timeline shows. */
  timelineEventsMax: 40,
  /** Seeds of one exploration, and playings to find a smallest set of faults. */
  seedsMax: 1_000_000,
  shrinkRunsMax: 2_000,
  /** Problems that are told of one file. */
  problemsMax: 20,
} as const
