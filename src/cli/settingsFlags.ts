import * as Options from "@effect/cli/Options"

/** Flags that win over the environment and the settings file. */
export const settingsFlags = {
  config: Options.text("config").pipe(
    Options.withDescription("Settings file (YAML); otherwise CONFIG_PATH, otherwise defaults"),
    Options.optional,
  ),
  host: Options.text("host").pipe(
    Options.withDescription("Address to listen on (default 127.0.0.1)"),
    Options.optional,
  ),
  port: Options.integer("port").pipe(
    Options.withDescription("Port (default 8080; 0 for any free one)"),
    Options.optional,
  ),
  db: Options.text("db").pipe(
    Options.withDescription("Log file, or :memory: (default data/ringback.db)"),
    Options.optional,
  ),
}
