import { stepText } from "../carriers/twilio/calls/scriptText.ts"
import type { TwilioSettings } from "../carriers/twilio/settings.ts"
import type { AimedFault, CallbackFaults } from "../network/settings.ts"
import { writtenConversations } from "./conversationSettings.ts"
import { writtenGateway } from "./gatewaySettings.ts"
import type { Settings } from "./settings.ts"
import type { SettingsFile } from "./settingsFile.ts"
import { writtenDuration, writtenPercent, writtenPrice } from "./settingsParts.ts"

/* The way back from settings as the log keeps them to those a settings file would say: what settle makes of one is the other. */

type Written = Required<SettingsFile>
type WrittenTwilio = Written["twilio"]
type WrittenCarriers = NonNullable<WrittenTwilio["carriers"]>
type WrittenFaults = NonNullable<WrittenTwilio["faults"]>

const seconds = (ms: number): number => ms / 1000

/** A group without the keys nothing is said for. */
const said = <Group extends object>(group: Group): { [Key in keyof Group]?: Exclude<Group[Key], undefined> } =>
  Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined)) as never

/** What a settings file would say to have these settings; nothing of the account's own SID and secrets. */
export const writtenOf = ({ callbacks, conversations, endpoints, gateway, twilio }: Settings["run"]): SettingsFile => ({
  ...(conversations === undefined ? {} : { conversations: writtenConversations(conversations) }),
  ...(gateway === undefined ? {} : { gateway: writtenGateway(gateway) }),
  twilio: twilioOf(twilio) as WrittenTwilio,
  callbacks: said({
    aimed: callbacks.aimed?.map(aimedOf),
    allow: callbacks.allow,
    faults: callbacks.faults === undefined ? undefined : callbackFaultsOf(callbacks.faults),
    in_flight: callbacks.in_flight,
    quiet_ms: callbacks.quiet_ms,
    rewrite: callbacks.rewrite,
  }) as Written["callbacks"],
  endpoints: endpoints.map(({ answers, fail_bp, url }) => ({
    answers: answers.map(({ when, ...answer }) => ({
      ...answer,
      ...(when === undefined ? {} : { when: Object.fromEntries(when) }),
    })) as unknown as WrittenAnswers,
    fail_percent: writtenPercent(fail_bp),
    url,
  })),
})

/** A list that is not empty, as every endpoint's is. */
type WrittenAnswers = NonNullable<NonNullable<Written["endpoints"]>[number]["answers"]>

const twilioOf = (twilio: TwilioSettings) =>
  said({
    ...messagingOf(twilio),
    validation: twilio.validation,
    missing_parameter_code: twilio.missing_parameter_code as WrittenTwilio["missing_parameter_code"],
    from_not_owned_code: twilio.from_not_owned_code,
    default_behavior: twilio.default_behavior,
    failure_error_code: twilio.failure_error_code,
    registered_numbers: twilio.registered_numbers,
    allowed_from_numbers: twilio.allowed_from_numbers,
    failure_numbers: twilio.failure_numbers,
    numbers: numbersOf(twilio),
    messages:
      twilio.message_behaviors === undefined
        ? undefined
        : Object.fromEntries(twilio.message_behaviors.map(({ sid, ...fate }) => [sid, fateOf(fate)])),
    calls: callsOf(twilio.calls),
    carriers: twilio.carriers === undefined ? undefined : carriersOf(twilio.carriers),
    faults: twilio.faults === undefined ? undefined : faultsOf(twilio.faults),
    lookups: twilio.lookups,
    verify:
      twilio.verify === undefined
        ? undefined
        : said({
            from: twilio.verify.from,
            expires_seconds: twilio.verify.expires_ms === undefined ? undefined : seconds(twilio.verify.expires_ms),
          }),
    callbacks: said({
      enabled: twilio.callbacks.enabled,
      delay_seconds: seconds(twilio.callbacks.delay_ms),
      retry_attempts: twilio.callbacks.retry_attempts,
      retry_delay_seconds: seconds(twilio.callbacks.retry_delay_ms),
      retry_on: twilio.callbacks.retry_on,
    }),
  })

const messagingOf = ({
  api,
  balance_micros,
  media,
  media_auth,
  opt_out,
  price_micros,
  rate,
  scheduling,
}: TwilioSettings) => ({
  balance: balance_micros === undefined ? undefined : writtenPrice(balance_micros),
  media,
  media_auth,
  price_per_segment: price_micros === undefined ? undefined : writtenPrice(price_micros),
  api: api === undefined ? undefined : { latency_seconds: seconds(api.latency_ms), concurrency: api.concurrency_max },
  rate:
    rate === undefined
      ? undefined
      : { segments_per_second: rate.segments_per_second, queue_seconds: seconds(rate.queue_ms) },
  opt_out,
  scheduling:
    scheduling === undefined
      ? undefined
      : {
          min_seconds: seconds(scheduling.min_ms),
          max_seconds: seconds(scheduling.max_ms),
          messages: scheduling.messages_max,
        },
})

const callsOf = (calls: TwilioSettings["calls"]) =>
  calls === undefined
    ? undefined
    : said({
        per_second: calls.per_second,
        price_per_minute: calls.price_micros === undefined ? undefined : writtenPrice(calls.price_micros),
      })

/** Each number's fate of messages and of calls. */
const numbersOf = ({ behaviors, calls }: TwilioSettings): WrittenTwilio["numbers"] | undefined => {
  if (behaviors === undefined && calls?.callees === undefined) return undefined
  const numbers = new Map(Object.entries(behaviors === undefined ? {} : fatesOf(behaviors)))
  for (const { answered_by, number, outcome, rings_ms, script } of calls?.callees ?? [])
    numbers.set(number, {
      ...numbers.get(number),
      call: said({
        outcome,
        answered_by,
        answers_after: rings_ms === undefined ? undefined : writtenDuration(rings_ms),
        // biome-ignore lint/suspicious/noThenProperty: the word of the settings file; nothing awaits it
        then: script?.map(stepText),
      }) as NonNullable<Fate["call"]>,
    })
  return Object.fromEntries(numbers)
}

type Fate = NonNullable<WrittenTwilio["numbers"]>[string]

const fatesOf = (behaviors: NonNullable<TwilioSettings["behaviors"]>): NonNullable<WrittenTwilio["numbers"]> =>
  Object.fromEntries(behaviors.map(({ number, ...fate }) => [number, fateOf(fate)]))

const fateOf = ({
  error_code,
  landing_ms,
  outcome,
  sending_ms,
}: Omit<NonNullable<TwilioSettings["behaviors"]>[number], "number">) =>
  said({
    outcome,
    error_code,
    delays: said({
      [outcome === "failed" ? "failed" : "sent"]: sending_ms === undefined ? undefined : writtenDuration(sending_ms),
      delivered: landing_ms === undefined ? undefined : writtenDuration(landing_ms),
    }),
  }) as Fate

/** The names of a latency's points by their basis points. */
const pointNames: ReadonlyMap<number, string> = new Map([
  [0, "p0"],
  [5_000, "p50"],
  [9_000, "p90"],
  [9_500, "p95"],
  [9_900, "p99"],
  [9_999, "p100"],
])

const carriersOf = (carriers: NonNullable<TwilioSettings["carriers"]>): WrittenCarriers =>
  carriers.map(({ filters, latency, loss_bp, name, segments_per_second, to }) =>
    said({
      name,
      to,
      latency:
        latency === undefined
          ? undefined
          : Object.fromEntries(latency.map(({ bp, ms }) => [pointNames.get(bp) ?? String(bp), writtenDuration(ms)])),
      loss_percent: writtenPercent(loss_bp),
      filtering: Object.fromEntries(filters.map(({ bp, error_code }) => [String(error_code), writtenPercent(bp)])),
      segments_per_second,
    }),
  ) as unknown as WrittenCarriers

const faultsOf = (faults: NonNullable<TwilioSettings["faults"]>): WrittenFaults =>
  faults.map(({ action, bp, method, path, to }) =>
    said({
      method,
      path,
      to,
      percent: writtenPercent(bp),
      ...("latency_ms" in action ? { latency: writtenDuration(action.latency_ms) } : action),
    }),
  ) as unknown as WrittenFaults

const callbackFaultsOf = (faults: CallbackFaults): NonNullable<Written["callbacks"]["faults"]> => ({
  lost_percent: writtenPercent(faults.lost_bp),
  duplicated_percent: writtenPercent(faults.duplicated_bp),
  late_percent: writtenPercent(faults.late_bp),
  out_of_order_percent: writtenPercent(faults.out_of_order_bp),
  late: writtenDuration(faults.late_ms),
  ...(faults.latency_ms === undefined ? {} : { latency: writtenDuration(faults.latency_ms) }),
  ...(faults.unanswered_bp === undefined ? {} : { unanswered_percent: writtenPercent(faults.unanswered_bp) }),
})

const aimedOf = ({ action, ...at }: AimedFault): NonNullable<Written["callbacks"]["aimed"]>[number] => {
  if ("lost" in action || "unanswered" in action) return { ...at, ...action }
  if ("late_ms" in action) return { ...at, late: writtenDuration(action.late_ms) }
  return "copy_ms" in action
    ? { ...at, duplicated: writtenDuration(action.copy_ms) }
    : { ...at, out_of_order: writtenDuration(action.behind_ms) }
}
