import type { Resource } from "../resource.ts"
import { deleteCall, updateCall } from "./changeCall.ts"
import { createCall } from "./createCall.ts"
import { fetchCall, listCalls } from "./readCalls.ts"

export const callsResources: ReadonlyArray<Resource> = [
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Calls\.json$/,
    methods: { GET: listCalls, POST: createCall },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Calls\/([^/]+)\.json$/,
    methods: { GET: fetchCall, POST: updateCall, DELETE: deleteCall },
  },
]
