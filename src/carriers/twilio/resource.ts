import type { Reply, Request } from "./request.ts"
import type { TwilioSettings } from "./settings.ts"

/**
 * Answers a request of a resource. `sid` names what the path is about, `inner` what stands below that (a message's medium, a
 * service's number); each is empty where the path has none.
 */
export type Handler = (request: Request, sid: string, inner: string) => Reply

/** A path of the API and what answers on it. */
export interface Resource {
  /** Groups: the account SID, then the resource's own SID if the path names one, then the inner one. */
  readonly path: RegExp
  /** Whether it is answered without credentials; absent: it is not. */
  readonly open?: (settings: TwilioSettings) => boolean
  readonly methods: { readonly GET?: Handler; readonly POST?: Handler; readonly DELETE?: Handler }
}
