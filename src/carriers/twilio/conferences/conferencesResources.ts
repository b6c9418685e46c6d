import type { Resource } from "../resource.ts"
import {
  addParticipant,
  changeParticipant,
  endConference,
  fetchParticipant,
  kickParticipant,
  listParticipants,
} from "./participants.ts"
import { fetchConference, listConferences } from "./readConferences.ts"

export const conferencesResources: ReadonlyArray<Resource> = [
  { path: /^\/2010-04-01\/Accounts\/([^/]+)\/Conferences\.json$/, methods: { GET: listConferences } },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Conferences\/([^/]+)\.json$/,
    methods: { GET: fetchConference, POST: endConference },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Conferences\/([^/]+)\/Participants\.json$/,
    methods: { GET: listParticipants, POST: addParticipant },
  },
  {
    path: /^\/2010-04-01\/Accounts\/([^/]+)\/Conferences\/([^/]+)\/Participants\/([^/]+)\.json$/,
    methods: { GET: fetchParticipant, POST: changeParticipant, DELETE: kickParticipant },
  },
]
