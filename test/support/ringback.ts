import { atEndOfFile } from "./endOfFile.ts"
import { newFolder } from "./folder.ts"
import * as program from "./program.ts"

export type { Ended, Form, Process, Reply, Server } from "./program.ts"

/** In a new empty folder unless it says otherwise. */
type Anywhere<Options extends program.SpawnOptions> = Omit<Options, "cwd"> & { readonly cwd?: string }

export type ServeOptions = Anywhere<program.ServeOptions>

const somewhere = <Options extends program.SpawnOptions>(options: Anywhere<Options>): Options => {
  const cwd = options.cwd ?? newFolder()
  atEndOfFile(program.endAll)
  return { ...options, cwd } as Options
}

/** Starts the program. */
export const start = (args: ReadonlyArray<string>, options: Anywhere<program.SpawnOptions> = {}): program.Process =>
  program.start(args, somewhere(options))

/** Runs the program to its end. */
export const ringback = (
  args: ReadonlyArray<string>,
  options: Anywhere<program.SpawnOptions> = {},
): Promise<program.Ended> => program.ringback(args, somewhere(options))

/** Starts a server on a free port and waits until it listens. */
export const serve = (options: ServeOptions = {}): Promise<program.Server> => program.serve(somewhere(options))
