/**
 * Whether a parameter or a header is one that Twilio, its webhooks, TwiML, the gateway or the conversation service have. Any other name is
 * somebody's own, and may say as much as a value does.
 */
export const isKnownName = (name: string): boolean => names.has(name.replace(/\d{1,2}$/, ""))

const names: ReadonlySet<string> = new Set(
  (
    "AccountSid AddressRetention AddressSid AlphaSender Amount AnsweredBy ApiVersion ApplicationSid AreaCode AsyncAmd AsyncAmdStatusCallback " +
    "AsyncAmdStatusCallbackMethod Attempt Beep Body BundleSid CallDuration CallSid CallSidEndingConference CallSidToCoach CallStatus " +
    "CallbackSource Called CalledCity CalledCountry CalledState CalledZip Caller CallerCity CallerCountry CallerId CallerState CallerZip " +
    "Channel Code CodeLength Confidence ConferenceRecord ConferenceSid ConferenceStatus ConferenceStatusCallback " +
    "ConferenceStatusCallbackEvent ConferenceStatusCallbackMethod ConferenceTrim ContentRetention ContentSid ContentVariables CountryCode " +
    "CustomCode CustomFriendlyName DateCreated DateSent DateUpdated DialBridged DialCallDuration DialCallSid DialCallStatus Digits Direction " +
    "Duration EndConferenceOnExit EndTime ErrorCode ErrorMessage ErrorUrl FallbackMethod FallbackUrl Fields Finished ForceDelivery From " +
    "FromCity FromCountry FromState FromZip FriendlyName Hold HoldMethod HoldUrl Identity InRegion Label MachineDetection " +
    "MachineDetectionTimeout MaxParticipants MaxPrice MediaContentType MediaUrl Message MessageSid MessageStatus MessageStatusCallback " +
    "MessagingServiceSid Method Muted NumMedia NumSegments OptOutType Outcome Page PageSize PageToken ParentCallSid ParticipantLabel " +
    "PhoneNumber PhoneNumberSid ProvideFeedback QueueResult QueueSid QueueTime RawDlrDoneDate Record RecordingChannels RecordingDuration " +
    "RecordingSid RecordingStatus RecordingStatusCallback RecordingUrl ReferralNumMedia ScheduleType SendAsMms SendAt SendDigits " +
    "SequenceNumber ShortCodeSid ShortenUrls SipResponseCode SmartEncoded SmsApplicationSid SmsFallbackMethod SmsFallbackUrl SmsMessageSid " +
    "SmsMethod SmsSid SmsStatus SmsUrl SpeechResult StableSpeechResult StartTime Status StatusCallback StatusCallbackEvent " +
    "StatusCallbackMethod TimeLimit Timeout Timestamp To ToCity ToCountry ToState ToZip Trim Twiml UnstableSpeechResult Url ValidityPeriod " +
    "VerificationSid VoiceApplicationSid VoiceFallbackMethod VoiceFallbackUrl VoiceMethod VoiceUrl WaId WaitMethod WaitUrl " +
    // Headers that a rule reads, and attributes of TwiML.
    "content-type host i-twilio-idempotency-token idempotency-key x-request-id x-twilio-signature Content-Type I-Twilio-Idempotency-Token " +
    "Idempotency-Key X-Twilio-Signature action answerOnBridge beep callerId finishOnKey from hangupOnStar input language length loop " +
    "maxLength method numDigits playBeep recordingStatusCallback speechTimeout statusCallback timeLimit timeout to transcribe trim voice " +
    "waitUrl workflow_id"
  ).split(" "),
)
