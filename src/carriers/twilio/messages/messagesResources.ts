import type { Resource } from "../resource.ts"
import { deleteMessage, giveFeedback, updateMessage } from "./changeMessage.ts"
import { createMessage } from "./createMessage.ts"
import { deleteMedium, fetchMedium, listMedia, mediumBytes } from "./mediaOfMessages.ts"
import { fetchMessage, listMessages } from "./readMessages.ts"

export const messagesResources: ReadonlyArray<Resource> = [
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\.json$/,
    methods: { GET: listMessages, POST: createMessage },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\.json$/,
    methods: { GET: fetchMessage, POST: updateMessage, DELETE: deleteMessage },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Feedback\.json$/,
    methods: { POST: giveFeedback },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Media\.json$/,
    methods: { GET: listMedia },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Media\/([^/]+)\.json$/,
    methods: { GET: fetchMedium, DELETE: deleteMedium },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Media\/([^/.]+)$/,
    // Source: "Media resource": whoever knows the URL may fetch the bytes, until an account asks for credentials.
    open: ({ media_auth }) => media_auth !== true,
    methods: { GET: mediumBytes },
  },
]
