/*
 * A token bucket as one number: the instant at which it will be full again, if nobody takes more. Full buckets are alike, so one
 * that is full need not be kept.
 *
 * Units   the number is in µs, so that no arithmetic rounds; instants that come in and go out are whole ms of one clock
 */

/** So many tokens a second, and so many at once. */
export interface BucketRule {
  readonly perSecond: number
  readonly burst: number
}

/** When it will be full again, µs. */
export type Bucket = number

export const fullBucket: Bucket = Number.NEGATIVE_INFINITY

/** µs that one token takes to come. Rounded up: never more than `perSecond`. */
export const tokenUs = ({ perSecond }: BucketRule): number => Math.ceil(1_000_000 / perSecond)

/** The first ms at which there is a token. */
export const readyAt = (rule: BucketRule, bucket: Bucket): number =>
  Math.ceil((bucket + (1 - rule.burst) * tokenUs(rule)) / 1_000)

/** The bucket with a token less. Only where there is one: `readyAt` is not later than `now`. */
export const take = (rule: BucketRule, bucket: Bucket, now: number): Bucket =>
  Math.max(bucket, now * 1_000) + tokenUs(rule)

export const isFull = (bucket: Bucket, now: number): boolean => bucket <= now * 1_000

/** Whole tokens that are there. */
export const tokensIn = (rule: BucketRule, bucket: Bucket, now: number): number =>
  Math.floor(rule.burst - Math.max(0, bucket - now * 1_000) / tokenUs(rule))
