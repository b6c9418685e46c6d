/** Version of what logs, recordings and keys files hold. A file of a newer format is refused by name, never guessed at. */
export const logFormat = 1

/** "RNGB": marks a SQLite file as a log (`PRAGMA application_id`; `PRAGMA user_version` holds its format). */
export const applicationId = 0x524e4742

/** Says that a file was written by a later version. */
export const newerFormatLine = (file: string, found: number): string =>
  `${file} has format ${found} and this ringback reads formats up to ${logFormat}; use the version that wrote it, or a newer one`
