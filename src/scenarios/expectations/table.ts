import { call } from "./call.ts"
import { callback, request } from "./callback.ts"
import type { ExpectationKind } from "./ExpectationKind.ts"
import { logEntry } from "./logEntry.ts"
import { message } from "./message.ts"

/** Everything that expectations may be about, but for `value` and `digest`. */
export const expectationKinds: ReadonlyArray<ExpectationKind> = [message, call, callback, request, logEntry]
