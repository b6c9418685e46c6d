import { assertTrue } from "@effect/vitest/utils"
import twilio from "twilio"

/** Whose server it is, and whose credentials are shown. */
interface Target {
  readonly address: string
  readonly accountSid: string
  readonly authToken: string
}

/** Twilio's SDK, all of whose hosts are a server of ours; with an account's credentials unless it is given others. */
export const clientOf = (
  { accountSid, address, authToken }: Target,
  [user = accountSid, password = authToken, options]: Partial<Parameters<typeof twilio>> = [],
) => {
  const client = twilio(user, password, options)
  for (const domain of [client.api, client.messaging, client.lookups, client.verify]) domain.baseUrl = address
  return client
}
export type Client = ReturnType<typeof clientOf>

/** The RestException a call ends with. */
export const refused = async (call: Promise<unknown>): Promise<InstanceType<typeof twilio.RestException>> => {
  try {
    await call
  } catch (error) {
    assertTrue(error instanceof twilio.RestException)
    return error
  }
  throw new Error("the call was not refused")
}

/** Its HTTP status and code. */
export const refusal = async (call: Promise<unknown>): Promise<readonly [status: number, code: number | undefined]> => {
  const { code, status } = await refused(call)
  return [status, code]
}
