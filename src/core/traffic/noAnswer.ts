/** Why a request that was sent on had no answer, as recordings say it. What is none of these is told in the system's own word. */
export const noAnswer = {
  refused: "connection refused",
  closed: "connection closed without an answer",
  noHost: "no such host",
  late: "no answer in time",
  untrusted: "the certificate is not trusted",
} as const
