import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, type Fact, givenEntries, type Stage } from "../../../test/support/given.ts"
import {
  account,
  answerOf,
  type Differently,
  form,
  get,
  messagePath,
  post,
  started,
  templates,
  twilio,
} from "../../../test/support/twilio.ts"
import { nextTimer, timersMachine } from "../../clock/timers.machine.ts"
import { sid as sidOf, token } from "../../core/chance.ts"
import {
  dataCleared,
  type OutboundRequested,
  outboundRequested,
  runResumed,
  settingsChanged,
  timerFired,
} from "../../core/entries.ts"
import { messageStatusChanged } from "../delivery/entries.ts"
import { twilioMachine } from "./twilio.machine.ts"

const sid = sidOf("SM", 1, 0)
const callback = "https://app.test/status"
const send = post(form({ StatusCallback: callback }))
const fires: Fact = timerFired.draft(sid, { key: `message ${sid}` })
const sent = (settings?: Differently, request = send) => twilio(settings).when(at(1_000, request))

const types = ({ made }: Stage) => made.slice(1).map(({ entry }) => entry.type)
const statuses = ({ made }: Stage) =>
  made.map(({ entry }) => entry).flatMap((entry) => (messageStatusChanged.is(entry) ? [entry.data] : []))
const callbacks = ({ made }: Stage): ReadonlyArray<OutboundRequested> =>
  made.map(({ entry }) => entry).flatMap((entry) => (outboundRequested.is(entry) ? [entry.data] : []))
const due = ({ world }: Stage) => nextTimer(world.slice(timersMachine))?.due
const told = (stage: Stage) => callbacks(stage).map(({ params }) => Object.fromEntries(params))

describe("a message that will be delivered", () => {
  const queued = sent()
  const handed = sent().when(at(3_000, fires))
  const landed = sent().when(at(3_000, fires)).when(at(5_000, fires))

  it("waits its delay before it is sent", () => strictEqual(due(queued), 3_000))

  it("is sent, tells so, and waits its delay again", () => {
    deepStrictEqual(types(handed), [
      "message.status-changed",
      "message.status-changed",
      "outbound.requested",
      "timer.set",
    ])
    deepStrictEqual(statuses(handed), [{ status: "sending" }, { status: "sent" }])
    strictEqual(due(handed), 5_000)
  })

  it("is delivered, tells so, and then nothing more happens", () => {
    deepStrictEqual(types(landed), ["message.status-changed", "outbound.requested"])
    deepStrictEqual(statuses(landed), [{ status: "delivered" }])
    strictEqual(due(landed), undefined)
    const after = sent().when(at(3_000, fires)).when(at(5_000, fires)).when(at(7_000, fires))
    after.then()
  })

  it("tells of a status with what the template says", () => {
    const [request] = callbacks(handed)
    deepStrictEqual(request, {
      attempt: 1,
      method: "POST",
      params: [
        ["SmsSid", sid],
        ["SmsStatus", "sent"],
        ["MessageStatus", "sent"],
        ["To", "+15551234567"],
        ["MessageSid", sid],
        ["AccountSid", account],
        ["From", "+15550000001"],
        ["ApiVersion", "2010-04-01"],
      ],
      purpose: "callback",
      retry: { attempts: 3, gap_ms: 5_000 },
      sign: "twilio",
      timeout_ms: 15_000,
      token: token(1, "callback sent", sid),
      url: callback,
      via: "wire",
    })
    deepStrictEqual(
      told(landed).map(({ MessageStatus }) => MessageStatus),
      ["delivered"],
    )
    assertTrue(callbacks(landed)[0]?.token !== request?.token)
  })

  it("whose URL names a retry policy that is none has an alert for each report", () => {
    const wrong = post(form({ StatusCallback: `${callback}#rp=x` }))
    const stage = sent(undefined, wrong).when(at(3_000, fires))
    const alerts = stage.made.filter(({ entry }) => entry.type === "alert.raised").map(({ entry }) => entry)
    deepStrictEqual(
      alerts.map(({ data, subject }) => {
        const { account_sid, error_code } = data as { account_sid: string; error_code: number }
        return [error_code, subject, account_sid]
      }),
      [[11243, sid, account]],
    )
  })

  it("tells when the carrier's receipt came, to the minute", () => {
    deepStrictEqual([told(handed)[0]?.RawDlrDoneDate, told(landed)[0]?.RawDlrDoneDate], [undefined, "7001010000"])
    strictEqual("RawDlrDoneDate" in (told(handed)[0] ?? {}), false)
  })

  it("never tells of a status before it has it", () => {
    for (const { made } of [handed, landed])
      for (const [i, { entry }] of made.entries()) {
        if (!outboundRequested.is(entry)) continue
        const status = Object.fromEntries(entry.data.params).MessageStatus
        const cause = made.findIndex((one) => one.entry.seq === entry.cause)
        assertTrue(cause > 0 && cause < i)
        deepStrictEqual(made[cause]?.entry.data, { status })
      }
  })

  it("shows where it stands when it is fetched", () => {
    const show = (stage: Stage) => {
      const { date_sent, error_code, status } = answerOf(stage.when(get(messagePath(sid)))).body
      return [status, date_sent, error_code]
    }
    const stage = sent()
    deepStrictEqual(show(stage), ["queued", null, null])
    const handed = stage.when(at(3_000, fires))
    deepStrictEqual(show(handed), ["sent", "Thu, 01 Jan 1970 00:00:03 +0000", null])
    deepStrictEqual(show(handed.when(at(5_000, fires))), ["delivered", "Thu, 01 Jan 1970 00:00:03 +0000", null])
  })
})

describe("a message that will fail", () => {
  it("fails when it is handed over, with its code, and tells so", () => {
    const failed = sent({ default_behavior: "failure", failure_error_code: 30003 }).when(at(3_000, fires))
    deepStrictEqual(types(failed), ["message.status-changed", "outbound.requested"])
    deepStrictEqual(statuses(failed), [{ error_code: 30003, status: "failed" }])
    deepStrictEqual(
      told(failed).map(({ ErrorCode, MessageStatus }) => [MessageStatus, ErrorCode]),
      [["failed", "30003"]],
    )
    strictEqual(due(failed), undefined)
    const { error_code, error_message, status } = answerOf(failed.when(get(messagePath(sid)))).body
    deepStrictEqual([status, error_code, error_message], ["failed", 30003, "Unreachable destination handset"])
  })
})

describe("callbacks", () => {
  it.each([
    ["without a URL", {}, post(form({}))],
    ["when they are switched off", { callbacks: { enabled: false } }, send],
  ] as const)("are not made %s", (_, settings, request) => {
    const stage = sent(settings as Differently, request).when(at(3_000, fires))
    deepStrictEqual(callbacks(stage), [])
    deepStrictEqual(callbacks(stage.when(at(5_000, fires))), [])
  })

  it("keep the policy that is in force when they are made", () => {
    const stage = sent({ callbacks: { retry_attempts: 7, retry_delay_ms: 10 } }).when(at(3_000, fires))
    deepStrictEqual(callbacks(stage)[0]?.retry, { attempts: 7, gap_ms: 10 })
  })
})

describe("settings", () => {
  const later = (started({ default_behavior: "failure" }).data as { settings: never }).settings
  const changes: ReadonlyArray<readonly [what: string, change: Fact]> = [
    ["changed", settingsChanged.draft("", { settings: later })],
    ["of a later start", runResumed.draft("", { flags: [], rules: 1, settings: later, templates })],
  ]

  it.each(changes)("(%s) count from there on, not for messages that were sent before", (_, change) => {
    const stage = sent().when(change)
    deepStrictEqual(statuses(stage.when(at(3_000, fires))), [{ status: "sending" }, { status: "sent" }])
    const second = sidOf("SM", 1, 1)
    const failing = stage.when(send).when(at(9_000, timerFired.draft(second, { key: `message ${second}` })))
    deepStrictEqual(statuses(failing), [{ error_code: 30008, status: "failed" }])
  })
})

describe("templates", () => {
  const { settings } = started({}).data as { settings: never }
  const edited = { ...templates, send_sms_success: '{"sid":"{{ message_sid }}"}' }

  it("that settings.changed tells are those of the answers from there on; without them they stay", () => {
    const stage = sent()
      .when(settingsChanged.draft("", { settings, templates: edited }))
      .when(send)
    deepStrictEqual(answerOf(stage).body, { sid: sidOf("SM", 1, 1) })
    const later = stage.when(settingsChanged.draft("", { settings })).when(send)
    deepStrictEqual(answerOf(later).body, { sid: sidOf("SM", 1, 2) })
    const restarted = later.when(runResumed.draft("", { flags: [], rules: 1, settings, templates })).when(send)
    deepStrictEqual((answerOf(restarted).body as { status: string }).status, "queued")
  })
})

describe("clearing", () => {
  it.each([
    ["messages", true],
    ["all", true],
    ["calls", false],
    ["callbacks", false],
  ] as const)("%s forgets messages: %s", (what, forgets) => {
    const stage = sent().when(dataCleared.draft("", { what }))
    strictEqual(answerOf(stage.when(get(messagePath(sid)))).status, forgets ? 404 : 200)
    strictEqual(due(stage), forgets ? undefined : 3_000)
    // A timer that fires all the same finds nothing to do.
    strictEqual(stage.when(at(3_000, fires)).made.length > 1, !forgets)
  })

  it("does not give a SID again", () => {
    const stage = sent()
      .when(dataCleared.draft("", { what: "all" }))
      .when(send)
    strictEqual(answerOf(stage).body.sid, sidOf("SM", 1, 1))
  })
})

describe("timers of others", () => {
  it("are none of its business", () => {
    const stage = sent()
    stage.when(at(3_000, timerFired.draft(sid, { key: "retry x" }))).then()
    stage.when(at(3_000, timerFired.draft("", { key: `message ${sid}` }))).then()
    stage.when(at(3_000, timerFired.draft("SM1", { key: "message SM1" }))).then()
  })
})

describe("templates that are not what they should be", () => {
  it("stop a run before it begins", () => {
    let message = ""
    try {
      givenEntries(twilioMachine, { ...started(), data: { ...(started().data as object), templates: {} } })
    } catch (error) {
      message = String(error)
    }
    assertTrue(message.includes("send_sms_success"), message)
  })
})
