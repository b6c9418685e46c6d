/* The SMS client library, `ringback/client`. What it exports is what is shipped. */
export {
  layerOptOuts,
  makeOptOuts,
  type OptOut,
  type OptOutOptions,
  type OptOutPair,
  OptOuts,
  type OptOutSource,
  optOutDefaults,
} from "./optOuts.ts"
export { type Redaction, redactionFor, redactPhone, redactPhones } from "./redact.ts"
