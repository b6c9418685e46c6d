import * as Cause from "effect/Cause"
import { saidBy } from "../log/driverError.ts"

/** Why an effect on another thread came to nothing, for the one line that is told of it. */
export const causeSaid = (cause: Cause.Cause<unknown>): string => saidBy(Cause.squash(cause)).split("\n", 1)[0] ?? ""
