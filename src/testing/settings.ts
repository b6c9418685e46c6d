// biome-ignore-all format: generated
// size: generated from the schema of the settings file by test/testing/settingsType.test.ts; `npx vitest run -u` with that file makes it anew

/** The settings of a run, as a settings file has them (docs/settings.md). Everything is optional. */
export interface Settings {
  readonly profile?: "development" | "staging" | "production" | undefined
  readonly logging?: {
    readonly format?: "text" | "json" | undefined
  } | undefined
  readonly tracing?: {
    /** A URL that begins with http:// or https://. */
    readonly endpoint?: string | undefined
    /** A text. */
    readonly service?: string | undefined
  } | undefined
  readonly server?: {
    /** A text that is not empty. */
    readonly admin_token?: string | undefined
    readonly allowed_hosts?: ReadonlyArray<string> | undefined
    /** A host name or address. */
    readonly host?: string | undefined
    /** A port, 0 to 65535. */
    readonly port?: number | undefined
    /** A URL that begins with http:// or https://. */
    readonly public_url?: string | undefined
  } | undefined
  readonly provider?: "twilio" | undefined
  readonly twilio?: {
    /** An account SID: AC and 32 letters or digits. */
    readonly account_sid?: string | undefined
    /** A text that is not empty. */
    readonly auth_token?: string | undefined
    readonly test_credentials?: {
      /** An account SID: AC and 32 letters or digits. */
      readonly account_sid: string
      /** A text that is not empty. */
      readonly auth_token: string
    } | undefined
    readonly validation?: {
      readonly require_auth?: boolean | undefined
      readonly validate_phone_format?: boolean | undefined
      readonly check_from_numbers?: boolean | undefined
      readonly require_parameters?: boolean | undefined
    } | undefined
    readonly missing_parameter_code?: 21602 | 21603 | 21604 | undefined
    readonly from_not_owned_code?: 21606 | 21659 | 21660 | undefined
    readonly default_behavior?: "success" | "failure" | undefined
    /** An error code of five digits. */
    readonly failure_error_code?: number | undefined
    readonly registered_numbers?: ReadonlyArray<string> | undefined
    readonly allowed_from_numbers?: ReadonlyArray<string> | undefined
    readonly failure_numbers?: ReadonlyArray<string> | undefined
    readonly numbers?: {
      /** The key: A phone number in E.164 form or a short code. */
      readonly [key: string]: {
        readonly outcome?: "delivered" | "undelivered" | "failed" | "sent" | undefined
        /** An error code of five digits. */
        readonly error_code?: number | undefined
        readonly delays?: {
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly sent?: number | string | undefined
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly failed?: number | string | undefined
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly delivered?: number | string | undefined
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly undelivered?: number | string | undefined
        } | undefined
        readonly call?: {
          readonly outcome?: "answered" | "busy" | "no-answer" | "rejected" | "failed" | undefined
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly answers_after?: number | string | undefined
          readonly answered_by?: "human" | "machine" | "fax" | "unknown" | undefined
          /** At most 100 steps. */
          readonly then?: ReadonlyArray<string> | undefined
        } | undefined
      }
    } | undefined
    readonly calls?: {
      /** A whole number of calls a second, 1 to 1000. */
      readonly per_second?: number | undefined
      /** A price, 0 to 1000, with up to six decimal places. */
      readonly price_per_minute?: number | undefined
    } | undefined
    readonly messages?: {
      /** The key: A message's SID. */
      readonly [key: string]: {
        readonly outcome?: "delivered" | "undelivered" | "failed" | "sent" | undefined
        /** An error code of five digits. */
        readonly error_code?: number | undefined
        readonly delays?: {
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly sent?: number | string | undefined
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly failed?: number | string | undefined
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly delivered?: number | string | undefined
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly undelivered?: number | string | undefined
        } | undefined
      }
    } | undefined
    /** Carriers of different names. */
    readonly carriers?: ReadonlyArray<{
      /** A name of 1 to 64 characters. */
      readonly name: string
      readonly to?: ReadonlyArray<string> | undefined
      /** At least one of p0, p50, p90, p95, p99, p100, none less than the one before. */
      readonly latency?: {
        /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
        readonly p0?: number | string | undefined
        /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
        readonly p50?: number | string | undefined
        /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
        readonly p90?: number | string | undefined
        /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
        readonly p95?: number | string | undefined
        /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
        readonly p99?: number | string | undefined
        /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
        readonly p100?: number | string | undefined
      } | undefined
      /** A percentage, 0 to 100. */
      readonly loss_percent?: number | undefined
      /** Percentages whose sum is at most 100. */
      readonly filtering?: {
        /** A percentage, 0 to 100. */
        readonly "30003"?: number | undefined
        /** A percentage, 0 to 100. */
        readonly "30004"?: number | undefined
        /** A percentage, 0 to 100. */
        readonly "30005"?: number | undefined
        /** A percentage, 0 to 100. */
        readonly "30006"?: number | undefined
        /** A percentage, 0 to 100. */
        readonly "30007"?: number | undefined
        /** A percentage, 0 to 100. */
        readonly "30008"?: number | undefined
      } | undefined
      /** A whole number of segments a second, 1 to 1000000. */
      readonly segments_per_second?: number | undefined
    }> | undefined
    /** At most 100 faults. */
    readonly faults?: ReadonlyArray<{
      readonly method?: "GET" | "POST" | "DELETE" | "HEAD" | "PUT" | "PATCH" | undefined
      /** A path of at most 500 characters in which * stands for any text. */
      readonly path?: string | undefined
      /** A text. */
      readonly to?: string | undefined
      /** A percentage, 0 to 100. */
      readonly percent?: number | undefined
      /** An HTTP status, 400 to 599. */
      readonly status?: number | undefined
      /** An error code of five digits. */
      readonly code?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly latency?: number | string | undefined
      readonly drop?: "request" | "answer" | undefined
    }> | undefined
    readonly media?: "generate" | "fetch" | undefined
    readonly media_auth?: boolean | undefined
    /** An amount, 0 to 1000000, with up to six decimal places. */
    readonly balance?: number | undefined
    /** A price, 0 to 1000, with up to six decimal places. */
    readonly price_per_segment?: number | undefined
    readonly api?: {
      /** A number of seconds, 0 to a year, fractions allowed. */
      readonly latency_seconds?: number | undefined
      /** A whole number of requests, 1 to 1000. */
      readonly concurrency?: number | undefined
    } | undefined
    readonly rate?: {
      /** A whole number of segments a second, 1 to 1000000. */
      readonly segments_per_second: number
      /** A number of seconds, 0 to a year, fractions allowed. */
      readonly queue_seconds?: number | undefined
    } | undefined
    readonly opt_out?: {
      readonly advanced?: boolean | undefined
      readonly enabled?: boolean | undefined
      readonly repeat_replies?: boolean | undefined
      readonly yes?: boolean | undefined
    } | undefined
    readonly lookups?: {
      readonly strict?: boolean | undefined
      readonly numbers?: ReadonlyArray<{
        /** A phone number as a text ("+15551234567"). */
        readonly number: string
        readonly valid?: boolean | undefined
        readonly type?: "landline" | "mobile" | "fixedVoip" | "nonFixedVoip" | "personal" | "tollFree" | "premium" | "sharedCost" | "uan" | "voicemail" | "pager" | "unknown" | undefined
        /** A text. */
        readonly carrier_name?: string | undefined
        /** A text of digits; quote it. */
        readonly mobile_country_code?: string | undefined
        /** A text of digits; quote it. */
        readonly mobile_network_code?: string | undefined
        /** A text. */
        readonly caller_name?: string | undefined
        readonly caller_type?: "BUSINESS" | "CONSUMER" | "UNDETERMINED" | undefined
      }> | undefined
    } | undefined
    readonly verify?: {
      /** A number, short code or name, as a text. */
      readonly from?: string | undefined
      /** A number of seconds, 0 to a year, fractions allowed. */
      readonly expires_seconds?: number | undefined
    } | undefined
    readonly scheduling?: {
      /** A number of seconds, 0 to a year, fractions allowed. */
      readonly min_seconds?: number | undefined
      /** A number of seconds, 0 to a year, fractions allowed. */
      readonly max_seconds?: number | undefined
      /** A whole number of messages, 0 to 500000. */
      readonly messages?: number | undefined
    } | undefined
    readonly callbacks?: {
      readonly enabled?: boolean | undefined
      /** A number of seconds, 0 to a year, fractions allowed. */
      readonly delay_seconds?: number | undefined
      /** A whole number of attempts in all, 1 to 20. */
      readonly retry_attempts?: number | undefined
      /** A number of seconds, 0 to a year, fractions allowed. */
      readonly retry_delay_seconds?: number | undefined
      readonly retry_on?: ReadonlyArray<"4xx" | "5xx" | "ct" | "rt" | "all"> | undefined
    } | undefined
  } | undefined
  readonly proxy?: {
    readonly others?: "pass" | "refuse" | undefined
    /** A folder. */
    readonly ca_path?: string | undefined
    /** A port, 0 to 65535. */
    readonly tls_port?: number | undefined
  } | undefined
  readonly database?: {
    /** A file, or :memory:. */
    readonly path?: string | undefined
  } | undefined
  readonly templates?: {
    /** A folder. */
    readonly path?: string | undefined
  } | undefined
  readonly callbacks?: {
    /** At most 1000 faults. */
    readonly aimed?: ReadonlyArray<{
      /** A text. */
      readonly subject?: string | undefined
      /** A text. */
      readonly event?: string | undefined
      /** True. */
      readonly lost?: true | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly late?: number | string | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly out_of_order?: number | string | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly duplicated?: number | string | undefined
      /** True. */
      readonly unanswered?: true | undefined
    }> | undefined
    readonly allow?: ReadonlyArray<string> | undefined
    readonly faults?: {
      /** A percentage, 0 to 100. */
      readonly lost_percent?: number | undefined
      /** A percentage, 0 to 100. */
      readonly duplicated_percent?: number | undefined
      /** A percentage, 0 to 100. */
      readonly late_percent?: number | undefined
      /** A percentage, 0 to 100. */
      readonly out_of_order_percent?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly late?: number | string | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly latency?: number | string | undefined
      /** A percentage, 0 to 100. */
      readonly unanswered_percent?: number | undefined
    } | undefined
    /** A whole number, 1 to 256. */
    readonly in_flight?: number | undefined
    /** A whole number of milliseconds. */
    readonly quiet_ms?: number | undefined
    readonly rewrite?: ReadonlyArray<{
      /** A URL that begins with http:// or https://. */
      readonly from: string
      /** A URL that begins with http:// or https://. */
      readonly to: string
    }> | undefined
  } | undefined
  readonly endpoints?: ReadonlyArray<{
    /** A URL that begins with http:// or https://. */
    readonly url: string
    readonly answers?: readonly [{
      /** A whole number of milliseconds. */
      readonly after_ms?: number | undefined
      /** A text. */
      readonly body?: string | undefined
      /** A text. */
      readonly content_type?: string | undefined
      readonly drop?: "connect" | "reset" | "timeout" | undefined
      /** An HTTP status, 100 to 599. */
      readonly status?: number | undefined
      readonly when?: {
        readonly [key: string]: string
      } | undefined
    }, ...ReadonlyArray<{
      /** A whole number of milliseconds. */
      readonly after_ms?: number | undefined
      /** A text. */
      readonly body?: string | undefined
      /** A text. */
      readonly content_type?: string | undefined
      readonly drop?: "connect" | "reset" | "timeout" | undefined
      /** An HTTP status, 100 to 599. */
      readonly status?: number | undefined
      readonly when?: {
        readonly [key: string]: string
      } | undefined
    }>] | undefined
    /** A percentage, 0 to 100. */
    readonly fail_percent?: number | undefined
  }> | undefined
  readonly conversations?: {
    /** A URL that begins with http:// or https://. */
    readonly url?: string | undefined
    /** A number, short code, sender's name or messaging service, as a text. */
    readonly from?: string | undefined
    /** A text of 1 to 1600 characters. */
    readonly reply?: string | undefined
    readonly signatures?: "required" | "off" | undefined
    readonly allow?: ReadonlyArray<string> | undefined
    readonly carrier?: {
      /** An account SID: AC and 32 letters or digits. */
      readonly account_sid: string
      /** A text that is not empty. */
      readonly auth_token: string
      /** A URL that begins with http:// or https://. */
      readonly url?: string | undefined
    } | undefined
    readonly sending?: {
      /** A whole number of attempts in all, 1 to 10. */
      readonly attempts?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly timeout?: number | string | undefined
    } | undefined
    readonly monitor?: {
      /** A URL that begins with http:// or https://. */
      readonly url?: string | undefined
      /** A path such as /tenants. */
      readonly path?: string | undefined
      /** A whole number of attempts in all, 1 to 10. */
      readonly attempts?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly timeout?: number | string | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
      readonly recheck?: number | string | undefined
      readonly simulated?: {
        readonly tenants?: {
          readonly [key: string]: string
        } | undefined
        /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
        readonly latency?: number | string | undefined
        readonly outages?: ReadonlyArray<{
          /** An instant such as 2026-01-01T12:00:00Z. */
          readonly from: string
          /** An instant such as 2026-01-01T12:00:00Z. */
          readonly to: string
          readonly how?: "503" | "connect" | "timeout" | undefined
        }> | undefined
      } | undefined
    } | undefined
    /** A text that is not empty. */
    readonly monitor_token?: string | undefined
  } | undefined
  readonly gateway?: {
    /** A country by its two letters (ISO 3166-1), such as BD. */
    readonly country?: string | undefined
    /** 1 to 50 providers of different ids. */
    readonly providers?: ReadonlyArray<{
      /** A name of small letters, digits and hyphens, at most 40, that is none of send, rate-limits, health, distribution-stats, requests, dead-letters, providers. */
      readonly id: string
      /** A URL that begins with http:// or https://. */
      readonly url?: string | undefined
      readonly dialect?: "generic" | "plivo" | "twilio" | undefined
      /** A whole number of parts, 0 to 10000. */
      readonly weight?: number | undefined
      /** A whole number of requests in a window, 1 to 1000000. */
      readonly rate_limit?: number | undefined
      /** A whole number of requests on their way, 1 to 10000. */
      readonly in_flight?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
      readonly timeout?: number | string | undefined
      /** A price, 0 to 1000, with up to six decimal places. */
      readonly price?: number | undefined
      /** A currency such as USD. */
      readonly currency?: string | undefined
      /** A number, short code, sender's name or messaging service, as a text. */
      readonly from?: string | undefined
      /** A text. */
      readonly account?: string | undefined
      /** A URL that begins with http:// or https://, without a password. */
      readonly receipt_url?: string | undefined
      readonly profile?: {
        /** Min no longer than max. */
        readonly latency?: {
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly min: number | string
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly max: number | string
        } | undefined
        /** Min no longer than max. */
        readonly receipt?: {
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly min: number | string
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly max: number | string
        } | undefined
        /** A whole number of requests a second, 1 to 1000000. */
        readonly limit_per_second?: number | undefined
        /** A percentage, 0 to 100. */
        readonly lost_percent?: number | undefined
        /** A percentage, 0 to 100. */
        readonly failing_percent?: number | undefined
        /** A percentage, 0 to 100. */
        readonly refused_percent?: number | undefined
        /** A percentage, 0 to 100. */
        readonly unanswered_percent?: number | undefined
        /** A percentage, 0 to 100. */
        readonly undelivered_percent?: number | undefined
        /** A percentage, 0 to 100. */
        readonly silent_percent?: number | undefined
        /** A percentage, 0 to 100. */
        readonly contradicting_percent?: number | undefined
        /** At most 100 outages. */
        readonly outages?: ReadonlyArray<{
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year. */
          readonly from: number | string
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
          readonly for: number | string
          /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
          readonly every?: number | string | undefined
          readonly how?: "503" | "connect" | "timeout" | undefined
        }> | undefined
      } | undefined
    }> | undefined
    readonly tokens?: {
      readonly [key: string]: string
    } | undefined
    readonly limits?: {
      /** A whole number of requests in a window, 1 to 1000000. */
      readonly total?: number | undefined
      /** A whole number of requests in a window, 1 to 1000000. */
      readonly provider?: number | undefined
      /** A whole number of requests in a window (0: no limit), 0 to 1000000. */
      readonly intake?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
      readonly window?: number | string | undefined
      readonly algorithm?: "fixed-window" | "token-bucket" | undefined
      /** A whole number of requests, 1 to 1000000. */
      readonly burst?: number | undefined
    } | undefined
    readonly health?: {
      /** A percentage, more than 0 and at most 100. */
      readonly failure_percent?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
      readonly window?: number | string | undefined
      /** A whole number of outcomes, 1 to 1000000. */
      readonly min_samples?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
      readonly probe_after?: number | string | undefined
    } | undefined
    readonly failover?: {
      /** A whole number of attempts in all, 1 to 100. */
      readonly attempts?: number | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
      readonly pause?: number | string | undefined
      /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
      readonly pause_max?: number | string | undefined
      readonly unknown?: "failover" | "hold" | undefined
    } | undefined
    /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
    readonly idempotency?: number | string | undefined
    /** A whole number of requests, 1 to 10000000. */
    readonly queue?: number | undefined
    /** A number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year. */
    readonly valid_for?: number | string | undefined
  } | undefined
}
