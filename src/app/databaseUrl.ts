import * as Either from "effect/Either"

/**
 * The file that a database URL names, as SQLAlchemy writes them: `sqlite:///relative/path`, `sqlite:////absolute/path`. The left says what
 * is wrong; it never repeats the URL, in which a password may stand.
 */
export const databaseFileOf = (url: string): Either.Either<string, string> => {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme !== undefined && scheme !== "sqlite" && !scheme.startsWith("sqlite+"))
    return Either.left(`expected sqlite:///path, found a URL of ${scheme}; tables are made as a SQLite file alone`)
  const path = /^sqlite(?:\+[a-z0-9]+)?:\/\/\/([^?#]+)/i.exec(url)?.[1]
  if (path === undefined || path === ":memory:" || path.endsWith("/"))
    return Either.left(`expected sqlite:///path or sqlite:////absolute/path, found a text of ${url.length} characters`)
  return Either.right(path)
}
