import type { Run } from "../engine/Run.ts"
import { gatewayDoor } from "../gateway/door.ts"
import { providersDoor } from "../gateway/providers/door.ts"
import { providerApi } from "../gateway/providers/simulated.ts"
import type { Keys } from "../log/Keys.ts"
import { conversationsApi, gatewayApi } from "../network/apis.ts"
import type { ApiDoor } from "../server/Exchange.ts"
import { conversationsDoor } from "./conversationsDoor.ts"

/** How requests to the APIs of a run come in, by the name of the API; the carrier's own is apart. */
export const apiDoors = (run: Run, keys: Keys, publicUrl: string | undefined): ReadonlyMap<string, ApiDoor> =>
  new Map<string, ApiDoor>([
    [gatewayApi, gatewayDoor(keys)],
    [providerApi, providersDoor(keys)],
    [conversationsApi, conversationsDoor(run, keys, publicUrl)],
  ])
