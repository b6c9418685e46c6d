import type { Resource } from "../resource.ts"
import { createMessage } from "./createMessage.ts"
import { fetchMessage, listMessages } from "./readMessages.ts"

export const messagesResources: ReadonlyArray<Resource> = [
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\.json$/,
    methods: { GET: listMessages, POST: createMessage },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\.json$/,
    methods: { GET: fetchMessage },
  },
]
