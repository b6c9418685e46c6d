import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as Effect from "effect/Effect"
import { ControlApi } from "./controlApi.ts"
import { BadOrder, Unavailable } from "./controlErrors.ts"
import { Exchange } from "./Exchange.ts"
import { NoSuchNumber, type NumberOrder } from "./numbersApi.ts"

/** Parameters of the carrier's API by the fields of an order. */
const parameters = {
  friendly_name: "FriendlyName",
  sms_fallback_url: "SmsFallbackUrl",
  sms_method: "SmsMethod",
  sms_url: "SmsUrl",
  status_callback: "StatusCallback",
  voice_fallback_url: "VoiceFallbackUrl",
  voice_method: "VoiceMethod",
  voice_url: "VoiceUrl",
} as const satisfies Record<keyof typeof NumberOrder.Type, string>

export const NumbersLive = HttpApiBuilder.group(ControlApi, "numbers", (handlers) =>
  Effect.gen(function* () {
    const { numbers } = yield* Exchange
    return handlers.handle("change", ({ path: { sid }, payload }) =>
      Effect.gen(function* () {
        const params = Object.entries(payload).map(
          ([field, value]) => [parameters[field as keyof typeof parameters], value] as const,
        )
        const answer = yield* Effect.mapError(numbers.change(sid, params), ({ _tag, message }) =>
          _tag === "AskedInVain" ? new BadOrder({ message }) : new Unavailable({ message }),
        )
        if (answer === undefined)
          return yield* new NoSuchNumber({ message: `no account has the number ${JSON.stringify(sid.slice(0, 40))}` })
        const told: unknown = JSON.parse(answer.body)
        if (answer.status < 400) return told
        return yield* new BadOrder({ message: (told as { readonly message?: string }).message ?? answer.body })
      }),
    )
  }),
)
