import * as OpenApi from "@effect/platform/OpenApi"
import { ControlApi } from "./controlApi.ts"
import { ConversationsApi } from "./conversationsApi.ts"
import { GatewayApi } from "./gatewayApi.ts"

/* What /openapi.json and /docs describe: the control API, and the APIs beside the carrier's, whose rules answer elsewhere. */

type Described = Pick<OpenApi.OpenAPISpec, "components" | "paths" | "tags">

/** APIs that are described beside the control API. Their schemas have names of their own. */
const others = () => [OpenApi.fromApi(GatewayApi), OpenApi.fromApi(ConversationsApi)]

const withOthers = (spec: Described): Described => {
  const described = others()
  return {
    ...spec,
    paths: Object.assign({}, spec.paths, ...described.map(({ paths }) => paths)),
    components: {
      ...spec.components,
      schemas: Object.assign({}, spec.components.schemas, ...described.map(({ components }) => components.schemas)),
    },
    tags: [...spec.tags, ...described.flatMap(({ tags }) => tags)],
  }
}

export const DescribedApi = ControlApi.annotate(OpenApi.Transform, (spec) => withOthers(spec as unknown as Described))
