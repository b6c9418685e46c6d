import { dataCleared } from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import type { Twilio } from "../state.ts"
import {
  changeConference,
  clearConferences,
  createConference,
  joinConference,
  leaveConference,
  updateParticipant,
} from "./conferences.ts"
import {
  conferenceCreated,
  conferenceStatusChanged,
  participantJoined,
  participantLeft,
  participantUpdated,
} from "./entries.ts"

/** How entries change conferences. */
export const changesOfConferences: Machine<Twilio>["evolve"] = [
  evolves(conferenceCreated, ({ conferences }, entry) => createConference(conferences, entry)),
  evolves(conferenceStatusChanged, ({ conferences }, entry) => changeConference(conferences, entry)),
  evolves(participantJoined, ({ conferences }, entry) => joinConference(conferences, entry)),
  evolves(participantUpdated, ({ conferences }, entry) => updateParticipant(conferences, entry)),
  evolves(participantLeft, ({ conferences }, entry) => leaveConference(conferences, entry)),
  evolves(dataCleared, ({ conferences }, { data: { what } }) => {
    if (what === "calls" || what === "all") clearConferences(conferences)
  }),
]
