import { voiceCodes } from "./voiceCodes.ts"

/**
 * Twilio's debugger codes: what goes wrong with webhooks and TwiML is told to nobody's request, but to the account.
 *
 * Source  error dictionary, 2023 and 2025
 */
export interface DebuggerCode {
  readonly level: "error" | "warning"
  readonly text: string
}

export const debuggerCodes = {
  ...voiceCodes,
  11100: { level: "error", text: "Invalid URL format" },
  11200: { level: "error", text: "HTTP retrieval failure" },
  11201: { level: "error", text: "TCP connection timed out" },
  11202: { level: "error", text: "TCP connection refused" },
  11205: { level: "error", text: "HTTP connection failure" },
  11206: { level: "error", text: "HTTP protocol violation" },
  11210: { level: "error", text: "HTTP bad host name" },
  11215: { level: "error", text: "HTTP too many redirects" },
  11220: { level: "error", text: "SSL/TLS handshake error" },
  11243: { level: "warning", text: "Invalid retry policy in connection overrides" },
  11750: { level: "error", text: "TwiML response body too large" },
  12100: { level: "error", text: "Document parse failure" },
  12101: { level: "error", text: "Invalid TwiML version attribute" },
  12102: { level: "error", text: "Document does not have a Response as its root" },
  12200: { level: "warning", text: "Schema validation warning" },
  12300: { level: "error", text: "Invalid Content-Type" },
  14101: { level: "warning", text: 'Invalid "To" attribute' },
  14102: { level: "warning", text: 'Invalid "From" attribute' },
  14103: { level: "warning", text: "Invalid Body" },
  14104: { level: "warning", text: 'Invalid "method" attribute' },
  14105: { level: "warning", text: 'Invalid "statusCallback" attribute' },
  14107: { level: "error", text: "Reply rate limit exceeded between two numbers" },
  14108: { level: "error", text: "From number is not SMS capable" },
  14109: { level: "error", text: "Reply message limit exceeded" },
  14110: { level: "warning", text: "Invalid verb for an SMS reply" },
  21610: { level: "warning", text: "Attempt to send to unsubscribed recipient" },
  21611: { level: "error", text: "SMS queue is full" },
  21620: { level: "warning", text: "Invalid media URL" },
  21623: { level: "warning", text: "Number of media files exceeds allowed limit" },
  21626: { level: "warning", text: "Invalid StatusCallbackEvent" },
} as const satisfies { readonly [code: number]: DebuggerCode }

export type AlertCode = keyof typeof debuggerCodes

/** What went wrong, before it is known about which request. */
export interface Problem {
  readonly code: AlertCode
  /** What exactly, for people. */
  readonly detail?: string
}
