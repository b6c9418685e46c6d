import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { authTokenSecret } from "../carriers/twilio/settings.ts"
import type { LogOpenError } from "../log/EventLog.ts"
import { peekSecret } from "../log/Keys.ts"
import { type CaUnusable, openLocalCa } from "../proxy/LocalCa.ts"
import { type TrustFiles, writeTrustFiles } from "../proxy/trustFiles.ts"
import type { Environment, Reach } from "../proxy/variables.ts"
import type { Settings } from "./settings.ts"

/** The environment of this process. */
export const environment = (): Environment => process.env

/** The files that make programs trust the local CA, which is made where there is none. */
export const trustFilesOf = ({ proxy }: Pick<Settings, "proxy">): Effect.Effect<TrustFiles, CaUnusable> =>
  Effect.flatMap(openLocalCa(proxy.caPath), ({ certificate }) => writeTrustFiles(proxy.caPath, certificate))

/** How applications reach the exchange of some settings where it listens. */
export const reachOf = (
  settings: Settings,
  address: string,
  authToken: Redacted.Redacted<string> | undefined,
): Effect.Effect<Reach, CaUnusable> =>
  Effect.map(trustFilesOf(settings), (files) => ({
    address,
    accountSid: settings.run.twilio.account_sid,
    authToken: authToken === undefined ? undefined : Redacted.value(authToken),
    phoneNumber: settings.run.twilio.allowed_from_numbers[0],
    caPath: settings.proxy.caPath,
    files,
  }))

/**
 * The token of the account of a server: that of the settings, or of the keys file beside its log, which the server may have open.
 * Undefined where neither is there.
 */
export const runningToken = ({
  authToken,
  db,
}: Settings): Effect.Effect<Redacted.Redacted<string> | undefined, LogOpenError> =>
  authToken !== undefined || db === ":memory:" ? Effect.succeed(authToken) : peekSecret(db, authTokenSecret)
