/* The SMS client library, `ringback/client`. What it exports is what is shipped. */
export {
  layerOptOuts,
  makeOptOuts,
  type OptOut,
  type OptOutOptions,
  type OptOutPair,
  type OptOutSource,
  OptOuts,
  optOutDefaults,
} from "./optOuts.ts"
export { type Redaction, redactionFor, redactPhone, redactPhones } from "./redact.ts"
export { type AttributeValue, TwimlElement } from "./twiml/element.ts"
export type {
  ConferenceOptions,
  DialOptions,
  EnqueueOptions,
  GatherOptions,
  MessageOptions,
  MessagingVerb,
  NumberOptions,
  PlayOptions,
  RecordOptions,
  SayOptions,
  Twiml,
  VoiceVerb,
} from "./twiml/twiml.ts"
export { twiml } from "./twiml/twiml.ts"
