/**
 * Every stated maximum of the exchange, in one place (design: every queue, body, loop and retry has one).
 * Reaching a limit is a named outcome with a clear answer, never a hang.
 */
export const limits = {
  /** Bytes of one entry's line; larger facts are kept as length and hash. */
  entryBytesMax: 256 * 1024,
  /** Entries of one turn; a rule that goes past it is a defect that names the machines. */
  turnEntriesMax: 10_000,
  /** Nesting of the data of one entry. */
  jsonDepthMax: 64,
  /** Bytes of a request body the carrier reads as parameters, and of an order to the control API. */
  bodyBytesMax: 64 * 1024,
  /** Bytes of a refused body that are still read, to name its length and hash, before the connection is cut. */
  bodyBytesDrainedMax: 16 * 1024 * 1024,
  /** Connections at once; fewer where the system allows the process fewer open files. */
  connectionsMax: 16_384,
  /** Host ms a caller may take for the head of a request, and for all of it; then it is answered 408. */
  headersMsMax: 20_000,
  requestMsMax: 60_000,
  /** Host ms an answer may wait without a byte of it being taken, and bytes of answers that may wait; then it is cut. */
  unreadMsMax: 30_000,
  unreadBytesMax: 128 * 1024 * 1024,
  /** Parameters of one request. */
  paramsMax: 1_000,
  /** Inputs waiting for the engine; the next one is answered 429. */
  inputsQueuedMax: 4_000,
  /** Host ms the oldest of more than `inputsQueuedLateMax` inputs may have waited; the next one is answered 429. */
  inputWaitMsMax: 1_000,
  /** Inputs that may wait however late they are: a short halt of the process is no overload. */
  inputsQueuedLateMax: 500,
  /** Host ms of turns after which the engine commits, and after which it lets input and output go on. */
  engineShareMsMax: 100,
  /** Entries the engine commits in one transaction before it lets input and output go on. More would outlive a collection of what is young. */
  commitEntriesMax: 500,
  /** Bytes of a callback answer that are read. */
  answerBytesMax: 64 * 1024,
  /** Bytes of a medium that are read. Source: OpenAPI, MediaUrl. */
  mediaBytesMax: 5 * 1024 * 1024,
  /** Bytes of media kept beside a log, or in memory where there is no file; later ones are not kept. */
  mediaKeptBytesMax: 1024 * 1024 * 1024,
  mediaInMemoryBytesMax: 64 * 1024 * 1024,
  /** Wire requests in flight at once at paces `real` and `<n>x`. */
  wireInFlightMax: 256,
  /** Of these, to one origin, so that a hanging endpoint does not delay the others. */
  wireInFlightPerOriginMax: 64,
  /** Host ms a request may wait to be sent at paces `real` and `<n>x`, because too many are on their way there. */
  wireWaitMsMax: 60_000,
  /** Host ms a connection to an origin is kept without a request. */
  wireIdleMsMax: 10_000,
  /** Distinct secrets (userinfo of callback URLs) one keys file takes. */
  secretsMax: 10_000,
  /** Subaccounts and API keys one run ever makes; each has a secret in the keys file beside those. */
  subaccountsMax: 1_000,
  apiKeysMax: 1_000,
  /** Replies that the TwiML about one inbound message makes. Source: error 14109. */
  repliesMax: 10,
  /** Redirects and actions that the TwiML about one inbound message leads through. */
  redirectsMax: 10,
  /** Documents of one call, and of these so many without anything heard in between; then it ends with 11215. */
  callDocumentsMax: 1_000,
  callRedirectsMax: 20,
  /** Numbers of the exchange whose instructions one after the other lead to a call; the next one fails. */
  callLegsMax: 5,
  /** Verbs of one call, and of these so many that take no time. */
  callVerbsMax: 10_000,
  callVerbsAtOnceMax: 100,
  /** Bytes of the WAV of a recording; a longer one has fewer samples a second. */
  soundBytesMax: 16 * 1024 * 1024,
  /** Bytes that one step of a call's instructions takes in the log; a document that would take more ends its call (11750). */
  callStepBytesMax: 192 * 1024,
  /** Alerts that are kept to be read; the log has all. */
  alertsMax: 10_000,
  /** Requests to /callback-test that are kept for looking at; up to twice as many are in memory. */
  callbackTestsKeptMax: 100,
  /** Messages one look of a test reads, newest first; a page says where the next one goes on. */
  messagesSearchedMax: 100_000,
  /** Tests that wait for a message at once, and host ms each of them may wait. */
  waitersMax: 64,
  waitedMsMax: 60_000,
  /** Host ms that one regular expression of somebody's may take with one text. */
  expressionMsMax: 1_000,
  /** Expectations of one order, and messages that its answer names for each. */
  expectationsMax: 20,
  expectedNamedMax: 20,
  /** Messages that simulated providers can be asked for by their reference; the oldest are forgotten. */
  providerMessagesKeptMax: 10_000,
  /** Senders in the pool of one messaging service. */
  poolSendersMax: 400,
  /** Entries one read of a log brings into memory. */
  readEntriesMax: 1_000,
  /** Entries one page of callbacks looks through for them. */
  callbackScanEntriesMax: 20_000,
  /** Entries one page of the dashboard looks through for what fits its search. */
  listScanEntriesMax: 5_000,
  /** Messages or calls one page of the dashboard looks through for what fits its search, and its pictures look at. */
  listScanMessagesMax: 200_000,
  figuredMessagesMax: 20_000,
  /** Host ms a page looks for what fits its search; then it shows what it has found, and goes on when it is asked to. */
  listSearchMsMax: 15,
  /** Browsers that are told at once of what is new; one more asks every few seconds. */
  liveStreamsMax: 64,
  /** Entries one timeline holds, and one trace file. */
  timelineEntriesMax: 5_000,
  /** Entries of a recording that is looked into without being made a log first. */
  recordingEntriesMax: 500_000,
  /** Entries behind the place where two logs part that are compared subject by subject. */
  comparedEntriesMax: 200_000,
  /** Forks that one server makes of its run, and breakpoints that are set at once. */
  forksMax: 100,
  breakpointsMax: 20,
  /** Entries a fork makes after its cut. */
  forkEntriesMax: 1_000_000,
  /** Entries a subscriber of the log is handed at once: what one that never reads keeps in memory. */
  streamEntriesMax: 100,
  /** MiB of a helping thread's young generation: what it makes dies at once, and what V8 would take for it is several times as much. */
  threadYoungMb: 12,
  /** Entries after which a snapshot is worth its while. */
  snapshotEntriesMin: 100_000,
  /** Of a larger log, the part that may have come after its snapshot: one in so many entries. */
  snapshotShare: 8,
  /** Bytes of a body that a traffic recording keeps; of a larger one it keeps length and hash. */
  trafficBodyBytesMax: 2 * 1024 * 1024,
  /** Bytes of a line of one: two bodies in which every byte is escaped, with their addresses and headers. */
  trafficLineBytesMax: 32 * 1024 * 1024,
  /** Exchanges of one that is played back, which has to have them all at once. */
  trafficExchangesMax: 1_000_000,
  /** Requests a recorder forwards at once; others wait. Each may hold two bodies of what a recording keeps. */
  trafficForwardsMax: 128,
  /** Secrets that a recorder has seen and looks for everywhere; the oldest is forgotten. */
  trafficSecretsMax: 64,
  /** Texts of requests that played answers repeat; the oldest are forgotten. */
  trafficTextsMax: 100_000,
  /** Names whose certificates the proxy keeps; the one that was made first is made again. */
  proxyNamesMax: 256,
  /** Connections to other hosts that it keeps open at once, and host ms one may be silent. */
  proxyTunnelsMax: 1_024,
  proxyTunnelSilentMsMax: 600_000,
  /** Host ms another host has to take a connection. */
  proxyConnectMsMax: 30_000,
  /** Other hosts that it counts by name; further ones count as one. */
  proxyHostsMax: 200,
  /** Hosts' longest single wait in ms: Node and Effect both mishandle waits over 2^31 ms. */
  waitMsMax: 24 * 60 * 60 * 1000,
  /** Longest virtual gap between two attempts of a callback; a doubled gap stops growing here. */
  retryGapMsMax: 366 * 24 * 60 * 60 * 1000,
  /** Bytes of one template file. */
  templateBytesMax: 16 * 1024,
  /** Longest `advance`, about 100 years. */
  advanceMsMax: 100 * 366 * 24 * 60 * 60 * 1000,
} as const
