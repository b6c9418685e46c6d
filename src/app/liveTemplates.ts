import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Twilio } from "../carriers/twilio/state.ts"
import { namesKnownTo, templateNames } from "../carriers/twilio/template.ts"
import { editTemplates, type TemplateTexts } from "../carriers/twilio/templateEdits.ts"
import { yieldOf } from "../carriers/twilio/templatePreview.ts"
import { canonical } from "../core/canonical.ts"
import { settingsChanged } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import { BadChange, type TemplatesDoor } from "../server/Exchange.ts"

export interface TemplatesOptions {
  /** Changes of settings and of templates are made one after the other: each is an entry that tells the other's, too. */
  readonly turns: Effect.Semaphore
  readonly twilio: () => Twilio
  /** What the run was started with, and goes back to. */
  readonly base: TemplateTexts
}

/** The door to a run's templates. A change is in force from its entry on, until the next start reads the files again. */
export const liveTemplates = (run: Run, { base, turns, twilio }: TemplatesOptions): TemplatesDoor => {
  const texts = (): TemplateTexts => {
    const { templates } = twilio()
    return Object.fromEntries(templateNames.map((name) => [name, templates[name].text])) as TemplateTexts
  }
  const edited = (patch: unknown) =>
    Either.mapLeft(editTemplates(texts(), base, patch), ({ problems }) => new BadChange({ problems }))
  const change = (patch: unknown) =>
    Effect.gen(function* () {
      const before = texts()
      const templates = yield* edited(patch)
      if (templateNames.every((name) => templates[name] === before[name])) return
      const data = { settings: run.engine.world.settings, templates }
      const bytes = Buffer.byteLength(canonical(data))
      if (bytes > entryBytesMax) return yield* new BadChange({ problems: [tooLong(bytes)] })
      yield* run.engine.submit(settingsChanged.draft("", data))
    })
  return {
    read: () => {
      const now = texts()
      return templateNames.map((name) => ({
        name,
        text: now[name],
        edited: now[name] !== base[name],
        known: namesKnownTo[name],
      }))
    },
    change: (patch) => turns.withPermits(1)(change(patch)),
    preview: (patch) =>
      Effect.suspend(() =>
        Either.map(edited(patch), (templates) =>
          templateNames
            .filter((name) => Object.hasOwn(patch as object, name))
            .map((name) => ({ name, ...yieldOf(twilio(), name, templates[name]) })),
        ),
      ),
  }
}

/** What is left of an entry for its data. */
const entryBytesMax = limits.entryBytesMax - 1_000

const tooLong = (bytes: number) => ({
  path: "",
  expected: `settings and templates of at most ${entryBytesMax} bytes as JSON`,
  found: `${bytes} bytes`,
})
