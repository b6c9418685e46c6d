import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { Failed, Unavailable } from "./controlErrors.ts"

/** Settings of the run: the contract; handlers are in settingsHandlers.ts. */

const Group = Schema.Record({ key: Schema.String, value: Schema.Unknown })

export const LiveSettings = Schema.Struct({
  settings: Group.annotations({ description: "What differs from the defaults, in the form of the settings file" }),
  in_force: Group.annotations({ description: "All of it as the rules read it and the log keeps it" }),
}).annotations({ identifier: "Settings" })

export const SettingsPreview = Schema.Struct({
  changes: Schema.Array(Schema.Struct({ path: Schema.String, from: Schema.Unknown, to: Schema.Unknown })).annotations({
    description: "Where the settings in force would differ; what is not there is absent",
  }),
  preview: Schema.String.annotations({ description: "The same for people" }),
}).annotations({ identifier: "SettingsPreview" })

export class BadSettingsChange extends Schema.TaggedError<BadSettingsChange>()(
  "BadSettingsChange",
  {
    message: Schema.String,
    problems: Schema.Array(Schema.Struct({ path: Schema.String, expected: Schema.String, found: Schema.String })),
  },
  HttpApiSchema.annotations({ status: 400 }),
) {}

export class SettingsGroup extends HttpApiGroup.make("settings")
  .add(
    HttpApiEndpoint.get("read", "/")
      .addSuccess(LiveSettings)
      .annotate(OpenApi.Description, "The settings in force, as far as they can change while the exchange runs."),
  )
  .add(
    HttpApiEndpoint.patch("change", "/")
      .setPayload(Schema.Unknown.annotations({ description: "A part of a settings file, as JSON" }))
      .addSuccess(LiveSettings)
      .addError(BadSettingsChange)
      .addError(Unavailable)
      .addError(Failed)
      .annotate(
        OpenApi.Description,
        "Merges a part of a settings file into the settings (JSON merge patch: null takes a key away, a list replaces the " +
          "one before). In force from its entry settings.changed until the next start reads the file again.",
      ),
  )
  .add(
    HttpApiEndpoint.post("preview", "/check")
      .setPayload(Schema.Unknown.annotations({ description: "A part of a settings file, as JSON" }))
      .addSuccess(SettingsPreview)
      .addError(BadSettingsChange)
      .annotate(OpenApi.Description, "What such a change would come to. Nothing is changed."),
  )
  .prefix("/admin/settings") {}
