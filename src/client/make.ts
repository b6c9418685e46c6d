import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { makeCircuitBreaker, noCircuitBreaker } from "./CircuitBreaker.ts"
import { Http } from "./Http.ts"
import { makeMessages } from "./messages.ts"
import { layerNodeHttp } from "./nodeHttp.ts"
import { type ClientOptions, checkOptions, type OptionError } from "./options.ts"
import { makeOptOuts } from "./optOuts.ts"
import { makeSeen } from "./Seen.ts"
import { TwilioClient } from "./TwilioClient.ts"
import { makeTemplates } from "./templates.ts"

/** A client of an account, over whatever `Http` it is given. Its limits, breaker and templates are its own. */
export const makeClient = (options: ClientOptions): Effect.Effect<TwilioClient, OptionError, Http> =>
  Effect.flatMap(Http, (http) => clientOver(http, options))

/** The same over a given way. */
export const clientOver = (http: Http, options: ClientOptions): Either.Either<TwilioClient, OptionError> =>
  Either.map(checkOptions(options), (checked) => {
    const seen = makeSeen(checked)
    const breaker =
      checked.circuit === undefined
        ? noCircuitBreaker
        : makeCircuitBreaker(checked.circuit, (from, to) => seen.tell({ _tag: "CircuitChanged", from, to }))
    const optOuts = options.optOuts ?? makeOptOuts()
    const templates = makeTemplates()
    return {
      messages: makeMessages({ options: checked, http, breaker, seen, optOuts, templates }),
      templates,
      optOuts,
      circuit: breaker.state,
    }
  })

/** A client over node's own `https`. */
export const layerClient = (options: ClientOptions): Layer.Layer<TwilioClient, OptionError> =>
  Layer.provide(Layer.effect(TwilioClient, makeClient(options)), layerNodeHttp())
