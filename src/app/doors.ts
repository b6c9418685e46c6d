import type { Run } from "../engine/Run.ts"
import { gatewayDoor } from "../gateway/door.ts"
import { providersDoor } from "../gateway/providers/door.ts"
import { providerApi } from "../gateway/providers/simulated.ts"
import type { Keys } from "../log/Keys.ts"
import { conversationsApi, gatewayApi } from "../network/apis.ts"
import type { ApiDoor } from "../server/Exchange.ts"
import { conversationsDoor } from "./conversationsDoor.ts"

/** The doors of the APIs beside the carrier's, by the `api` of their requests. */
export const doorsOf = (run: Run, keys: Keys, publicUrl: string | undefined): ReadonlyMap<string, ApiDoor> =>
  new Map<string, ApiDoor>([
    [gatewayApi, gatewayDoor(keys)],
    [providerApi, providersDoor(keys)],
    [conversationsApi, conversationsDoor(run, keys, publicUrl)],
  ])
