import type { Entry } from "../../../core/Entry.ts"
import { addItem, type Collection, itemOf } from "../collection.ts"
import type { ApplicationConfig, ApplicationCreated, ApplicationUpdated } from "./entries.ts"

/** A TwiML application: where calls and messages that it handles are told. Instants in virtual ms. */
export interface Application {
  readonly sid: string
  readonly accountSid: string
  readonly created: number
  config: ApplicationConfig
  updated: number
}

/** All applications of a run; SIDs count from how many there ever were. */
export type Applications = Collection<Application>

export const newApplication = (sid: string, at: number, data: ApplicationCreated): Application => ({
  sid,
  accountSid: data.account_sid,
  created: at,
  config: data.config,
  updated: at,
})

export const createApplication = (applications: Applications, { at, data, subject }: Entry<ApplicationCreated>): void =>
  addItem(applications, newApplication(subject, at, data))

export const updateApplication = (
  applications: Applications,
  { at, data, subject }: Entry<ApplicationUpdated>,
): void => {
  const application = itemOf(applications, subject)
  if (application === undefined) return
  application.config = { ...application.config, ...data.config }
  application.updated = at
}

/** An account's application with this SID. */
export const applicationOf = (applications: Applications, accountSid: string, sid: string): Application | undefined => {
  const application = itemOf(applications, sid)
  return application?.accountSid === accountSid ? application : undefined
}

/**
 * Whether an account may name this application, whose SID has the right form. As long as none was ever made every one is taken, so that what has
 * a fixed SID in its settings runs as it is.
 */
export const mayName = (applications: Applications, accountSid: string, sid: string): boolean =>
  applications.all.length === 0 || applicationOf(applications, accountSid, sid) !== undefined
