import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Stage } from "../../../../test/support/given.ts"
import { account, answerOf, auth, call, fine, ranUntil, templates, twilio } from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { type ApiRequested, outboundRequested, runResumed } from "../../../core/entries.ts"
import { limits } from "../../../core/limits.ts"
import { apiKeySecret, subaccountTokenSecret } from "../settings.ts"
import { accountCreated, accountUpdated, apiKeyCreated, apiKeyDeleted, apiKeyUpdated } from "./entries.ts"

const accounts = "/2010-04-01/Accounts.json"
const pathOf = (sid: string) => `/2010-04-01/Accounts/${sid}.json`
const keysOf = (sid: string) => `/2010-04-01/Accounts/${sid}/Keys.json`
const messagesOf = (sid: string) => `/2010-04-01/Accounts/${sid}/Messages.json`
const sub = sidOf("AC", 1, 0)
const other = sidOf("AC", 1, 1)
const key = sidOf("SK", 1, 0)

type Auth = ApiRequested["auth"]
const tokenOf = (sid: string): Auth => ({ password: { secret: subaccountTokenSecret(sid) }, user: sid })
const keyAuth: Auth = { password: { secret: apiKeySecret(key) }, user: key }

const withSub = (): Stage => twilio().when(call("POST", accounts, { FriendlyName: "Branch" }))
const withKey = (): Stage => twilio().when(call("POST", keysOf(account), { FriendlyName: "CI" }))
const answers = (stage: Stage) => {
  const { body, status } = answerOf(stage)
  return [status, body?.code]
}
const send = (shown: Auth, sid: string) => call("POST", messagesOf(sid), Object.fromEntries(fine), shown)

describe("a subaccount", () => {
  it("is made with a SID of its own and a token that is only named", () => {
    const stage = withSub()
    const data = {
      auth_token: { secret: subaccountTokenSecret(sub) },
      friendly_name: "Branch",
      owner_account_sid: account,
    }
    strictEqual(stage.made[1]?.entry.type, accountCreated.type)
    deepStrictEqual([stage.made[1]?.entry.subject, stage.made[1]?.entry.data], [sub, data])
    const { body, status } = answerOf(stage)
    strictEqual(status, 201)
    deepStrictEqual(
      [body.sid, body.owner_account_sid, body.status, body.type, body.auth_token],
      [sub, account, "active", "Full", data.auth_token],
    )
    strictEqual((stage.made.at(-1)!.entry.data as { holes?: true }).holes, true)
    deepStrictEqual(answerOf(stage.when(call("GET", pathOf(sub)))).body, body)
  })

  it("without a name is named after its instant", () =>
    strictEqual(
      answerOf(twilio().when(call("POST", accounts))).body.friendly_name,
      "SubAccount Created at 1970-01-01 12:00 am",
    ))

  it("sends with its own token, and its account above with the own one", () => {
    for (const shown of [tokenOf(sub), auth]) {
      const { body, status } = answerOf(withSub().when(send(shown, sub)))
      deepStrictEqual([status, body.account_sid], [201, sub])
    }
  })

  it("reaches neither the account above nor another one", () => {
    const stage = withSub().when(call("POST", accounts))
    for (const sid of [account, other]) deepStrictEqual(answers(stage.when(send(tokenOf(sub), sid))), [401, 20003])
    deepStrictEqual(answers(stage.when(call("GET", pathOf(other), {}, tokenOf(sub)))), [401, 20003])
  })

  it("with the token of another is refused", () => {
    const stage = withSub().when(call("POST", accounts))
    for (const secret of [subaccountTokenSecret(other), "twilio.auth_token"])
      deepStrictEqual(answers(stage.when(send({ password: { secret }, user: sub }, sub))), [401, 20003])
    deepStrictEqual(answers(stage.when(send(tokenOf(sidOf("AC", 1, 9)), sub))), [401, 20003])
  })

  it("makes no subaccounts", () =>
    deepStrictEqual(answers(withSub().when(call("POST", accounts, {}, tokenOf(sub)))), [403, 20006]))

  it("that is suspended is refused, and its account above reaches nothing but itself", () => {
    const stage = withSub().when(call("POST", pathOf(sub), { Status: "suspended" }))
    deepStrictEqual(stage.made[1]?.entry.data, { status: "suspended" })
    strictEqual(answerOf(stage).body.status, "suspended")
    deepStrictEqual(answers(stage.when(send(tokenOf(sub), sub))), [401, 20003])
    deepStrictEqual(answers(stage.when(send(auth, sub))), [403, 20005])
    strictEqual(answerOf(stage.when(call("GET", pathOf(sub)))).body.status, "suspended")
    const again = stage.when(call("POST", pathOf(sub), { Status: "active", FriendlyName: "Back" }))
    deepStrictEqual(again.made[1]?.entry.data, { friendly_name: "Back", status: "active" })
    strictEqual(again.made[1]?.entry.type, accountUpdated.type)
    strictEqual(answerOf(again.when(send(tokenOf(sub), sub))).status, 201)
  })

  it("that is closed stays closed", () => {
    const stage = withSub().when(call("POST", pathOf(sub), { Status: "closed" }))
    deepStrictEqual(answers(stage.when(call("POST", pathOf(sub), { Status: "active" }))), [403, 20006])
    strictEqual(answerOf(stage.when(call("POST", pathOf(sub), { Status: "closed" }))).status, 200)
  })

  it.each([
    [{ Status: "asleep" }, 400, 20400],
    [{ FriendlyName: "x".repeat(65) }, 400, 20002],
  ] as const)("refuses %j", (fields, status, code) =>
    deepStrictEqual(answers(withSub().when(call("POST", pathOf(sub), fields))), [status, code]),
  )

  it(`is one of at most ${limits.subaccountsMax}`, () => {
    const stage = twilio()
    for (let n = 0; n < limits.subaccountsMax; n++)
      stage.world.evolve({
        seq: n + 2,
        at: 0,
        cause: 0,
        kind: "outcome",
        type: accountCreated.type,
        subject: sidOf("AC", 1, n),
        data: { auth_token: { secret: "x" }, friendly_name: "", owner_account_sid: account },
      })
    deepStrictEqual(answers(stage.when(call("POST", accounts))), [403, 20403])
  })
})

describe("the run's own account", () => {
  it("is there from the start, its token named", () => {
    const { body } = answerOf(twilio().when(call("GET", pathOf(account))))
    deepStrictEqual(
      [body.sid, body.owner_account_sid, body.auth_token, body.date_created],
      [account, account, { secret: "twilio.auth_token" }, "Thu, 01 Jan 1970 00:00:00 +0000"],
    )
    strictEqual(body.subresource_uris.short_codes, `/2010-04-01/Accounts/${account}/SMS/ShortCodes.json`)
  })

  it("can be renamed, and neither suspended nor closed", () => {
    strictEqual(answerOf(twilio().when(call("POST", pathOf(account), { FriendlyName: "HQ" }))).body.friendly_name, "HQ")
    for (const Status of ["suspended", "closed"])
      deepStrictEqual(answers(twilio().when(call("POST", pathOf(account), { Status }))), [403, 20006])
  })

  it("is listed with its subaccounts, newest first, by name and status", () => {
    const stage = withSub()
      .when(call("POST", accounts, { FriendlyName: "Second" }))
      .when(call("POST", pathOf(sub), { Status: "closed" }))
    const listed = (fields: Record<string, string>, shown: Auth = auth) =>
      answerOf(stage.when(call("GET", accounts, fields, shown))).body.accounts.map(({ sid }: { sid: string }) => sid)
    deepStrictEqual(listed({}), [other, sub, account])
    deepStrictEqual(listed({ Status: "active" }), [other, account])
    deepStrictEqual(listed({ FriendlyName: "Branch" }), [sub])
    deepStrictEqual(listed({}, tokenOf(other)), [other])
  })

  it("that settings name no longer has no token any more", () => {
    const { settings } = twilio().world
    const elsewhere = { ...(settings.twilio as object), account_sid: other }
    const stage = withSub().when(
      runResumed.draft("", {
        flags: [],
        rules: 1,
        settings: { ...settings, twilio: elsewhere } as never,
        templates,
      }),
    )
    deepStrictEqual(answers(stage.when(call("GET", pathOf(account)))), [401, 20003])
    strictEqual(answerOf(stage.when(send(tokenOf(sub), sub))).status, 201)
  })
})

describe("an API key", () => {
  it("is made with a secret that is only named, and told once", () => {
    const stage = withKey()
    const { body, status } = answerOf(stage)
    const secret = { secret: apiKeySecret(key) }
    deepStrictEqual([status, body.sid, body.friendly_name, body.secret], [201, key, "CI", secret])
    strictEqual(stage.made[1]?.entry.type, apiKeyCreated.type)
    deepStrictEqual(stage.made[1]?.entry.data, { account_sid: account, friendly_name: "CI", secret })
    const path = keysOf(account).replace(".json", `/${key}.json`)
    strictEqual(answerOf(stage.when(call("GET", path))).body.secret, undefined)
    deepStrictEqual(answerOf(stage.when(call("GET", keysOf(account)))).body.keys, [
      answerOf(stage.when(call("GET", path))).body,
    ])
  })

  it("sends for its account and the subaccounts of it, but reaches neither accounts nor keys", () => {
    const stage = withKey().when(call("POST", accounts))
    for (const sid of [account, sub]) strictEqual(answerOf(stage.when(send(keyAuth, sid))).status, 201)
    for (const [method, path] of [
      ["GET", accounts],
      ["POST", accounts],
      ["GET", pathOf(account)],
      ["POST", pathOf(sub)],
      ["GET", keysOf(account)],
      ["POST", keysOf(account)],
      ["DELETE", keysOf(account).replace(".json", `/${key}.json`)],
    ] as const)
      deepStrictEqual(answers(stage.when(call(method, path, {}, keyAuth))), [401, 20003])
  })

  it("with another secret is refused", () => {
    for (const secret of ["twilio.auth_token", apiKeySecret(sidOf("SK", 1, 1))])
      deepStrictEqual(answers(withKey().when(send({ password: { secret }, user: key }, account))), [401, 20003])
  })

  it("can be renamed and deleted, after which it is none", () => {
    const path = keysOf(account).replace(".json", `/${key}.json`)
    const renamed = withKey().when(call("POST", path, { FriendlyName: "New" }))
    deepStrictEqual(
      [renamed.made[1]?.entry.type, renamed.made[1]?.entry.data],
      [apiKeyUpdated.type, { friendly_name: "New" }],
    )
    const deleted = renamed.when(call("DELETE", path))
    strictEqual(deleted.made[1]?.entry.type, apiKeyDeleted.type)
    strictEqual(answerOf(deleted).status, 204)
    for (const method of ["GET", "POST", "DELETE"])
      deepStrictEqual(answers(deleted.when(call(method, path))), [404, 20404])
    deepStrictEqual(answers(deleted.when(send(keyAuth, account))), [401, 20003])
    strictEqual(answerOf(deleted.when(call("POST", keysOf(account)))).body.sid, sidOf("SK", 1, 1))
  })

  it("belongs to one account's list alone", () => {
    const stage = withKey().when(call("POST", accounts))
    deepStrictEqual(answerOf(stage.when(call("GET", keysOf(sub)))).body.keys, [])
    const path = keysOf(sub).replace(".json", `/${key}.json`)
    deepStrictEqual(answers(stage.when(call("GET", path))), [404, 20404])
  })
})

describe("requests about a subaccount's messages", () => {
  it("for their media are signed with its own token", () => {
    for (const [sid, sign] of [
      [sub, `twilio ${sub}`],
      [account, "twilio"],
    ] as const) {
      const stage = twilio({ media: "fetch" }).when(call("POST", accounts))
      const sent = stage.when(
        call("POST", messagesOf(sid), { ...Object.fromEntries(fine), MediaUrl: "https://a.test/1.png" }),
      )
      const asked = sent.made.map(({ entry }) => entry).find(outboundRequested.is)
      deepStrictEqual([asked?.data.purpose, asked?.data.sign], ["media", sign])
    }
  })

  it("that tell their status are signed with its own token", () => {
    const fields = { ...Object.fromEntries(fine), StatusCallback: "http://app.test/" }
    for (const [sid, sign] of [
      [account, "twilio"],
      [sub, `twilio ${sub}`],
    ] as const) {
      const sent = withSub().when(call("POST", messagesOf(sid), fields))
      const message = answerOf(sent).body.sid
      const fired = sent.when({ at: 2_000, type: "timer.fired", subject: message, data: { key: `message ${message}` } })
      const out = fired.made.find(({ entry }) => entry.type === "outbound.requested")?.entry.data as { sign: string }
      strictEqual(out.sign, sign)
    }
  })
})

describe("messages under way of a subaccount", () => {
  const fields = { ...Object.fromEntries(fine), StatusCallback: "http://app.test/" }
  const fate = ({ made }: Stage) =>
    made.flatMap(({ entry }) =>
      entry.type === "message.status-changed" ? [entry.data as { status: string; error_code?: number }] : [],
    )
  const update = (sid: string, Status: string) => call("POST", pathOf(sid), { Status })

  it.each(["suspended", "closed"])("that is %s fail with 30002, and say so", (status) => {
    const ran = ranUntil(
      withSub()
        .when(call("POST", messagesOf(sub), fields))
        .when(update(sub, status)),
    )
    deepStrictEqual(fate(ran), [{ error_code: 30002, status: "failed" }])
    const told = ran.made.map(({ entry }) => entry).find(outboundRequested.is)
    strictEqual(new Map(told?.data.params).get("ErrorCode"), "30002")
  })

  it("that is active again by then are sent; those its carrier has are delivered", () => {
    const stage = withSub()
      .when(call("POST", messagesOf(sub), fields))
      .when(update(sub, "suspended"))
    deepStrictEqual(fate(ranUntil(stage.when(update(sub, "active")))).at(-1), { status: "delivered" })
    const sent = ranUntil(withSub().when(call("POST", messagesOf(sub), fields)), 2_000)
    deepStrictEqual(fate(ranUntil(sent.when({ ...update(sub, "closed"), at: 2_500 }))).at(-1), { status: "delivered" })
  })

  it("that is suspended cost the account above nothing", () => {
    const stage = withSub()
      .when(call("POST", messagesOf(account), fields))
      .when(update(sub, "suspended"))
    deepStrictEqual(fate(ranUntil(stage)).at(-1), { status: "delivered" })
  })
})

describe("where no credentials are asked for", () => {
  it("a path without an account means the run's own, or the one that is shown", () => {
    const stage = twilio({ validation: { require_auth: false } }).when(call("POST", accounts))
    const first = (shown: Auth | "none") =>
      answerOf(stage.when(call("GET", accounts, { FriendlyName: "Ringback" }, shown))).body.accounts.length
    strictEqual(first("none"), 1)
    strictEqual(first(tokenOf(sub)), 0)
  })
})
