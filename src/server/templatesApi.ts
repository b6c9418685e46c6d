import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { Failed, Unavailable } from "./controlErrors.ts"
import { BadSettingsChange } from "./settingsApi.ts"

/** Templates of answers and callbacks: the contract; handlers are in templatesHandlers.ts. */

const Template = Schema.Struct({
  name: Schema.String,
  text: Schema.String,
  edited: Schema.Boolean.annotations({ description: "Another one than the run was started with" }),
  known: Schema.Array(Schema.String).annotations({ description: "The first names of the paths it can name" }),
}).annotations({ identifier: "Template" })

export const Templates = Schema.Struct({ templates: Schema.Array(Template) }).annotations({ identifier: "Templates" })

export const TemplatesPreview = Schema.Struct({
  yields: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      of: Schema.String.annotations({ description: "What it was filled with: a message, a call, an error" }),
      body: Schema.String,
    }),
  ),
  preview: Schema.String.annotations({ description: "The same for people" }),
}).annotations({ identifier: "TemplatesPreview" })

/** Checked by the door, which names each fault with its line. */
const Texts = Schema.Unknown.annotations({
  description: "Texts by their templates' names; null: as the run was started",
})

export class TemplatesGroup extends HttpApiGroup.make("templates")
  .add(HttpApiEndpoint.get("read", "/").addSuccess(Templates).annotate(OpenApi.Description, "The templates in force."))
  .add(
    HttpApiEndpoint.patch("change", "/")
      .setPayload(Texts)
      .addSuccess(Templates)
      .addError(BadSettingsChange)
      .addError(Unavailable)
      .addError(Failed)
      .annotate(
        OpenApi.Description,
        "Edits templates. In force from its entry settings.changed until the next start reads the files again.",
      ),
  )
  .add(
    HttpApiEndpoint.post("preview", "/check")
      .setPayload(Texts)
      .addSuccess(TemplatesPreview)
      .addError(BadSettingsChange)
      .annotate(
        OpenApi.Description,
        "What such templates would yield of the newest message or call, or what is wrong with them. Nothing is changed.",
      ),
  )
  .prefix("/admin/templates") {}
