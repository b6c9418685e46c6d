/**
 * How far a message has come with each of Twilio's statuses.
 *
 * Source  "Outbound message status in status callbacks"; callbacks may arrive out of order (same page)
 */
export const messageProgress = {
  accepted: 0,
  scheduled: 1,
  receiving: 1,
  queued: 2,
  sending: 3,
  sent: 4,
  partially_delivered: 5,
  delivered: 6,
  undelivered: 6,
  failed: 6,
  canceled: 6,
  received: 6,
  read: 7,
} as const
