import { assertTrue } from "@effect/vitest/utils"
import twilio from "twilio"
import { onTestFinished } from "vitest"
import { RingbackError, type StartOptions, start } from "../../src/testing/testing.ts"

/* What tests of the library for tests share. */

/** An exchange that ends with its test, and Twilio's SDK in front of it. */
export const begin = async (options?: StartOptions) => {
  const ringback = await start(options)
  onTestFinished(() => ringback.stop())
  return { ringback, client: ringback.connect(twilio(ringback.accountSid, ringback.authToken)) }
}

/** The error that something ends with, which is one for people. */
export const refused = async (call: () => unknown): Promise<RingbackError> => {
  try {
    await call()
  } catch (error) {
    assertTrue(error instanceof RingbackError, String(error))
    return error
  }
  throw new Error("it was not refused")
}
