import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { answerOf, asked, form, twilio } from "../../../../test/support/twilio.ts"

const owned = "+15550000001"
const to = "+15551234567"
const other = "+15557654321"

const codeOf = ({ body, status }: { body: { code?: number }; status: number }) => body.code ?? status
describe("the order of checks", () => {
  const faults = {
    auth: ["ok", "bad"],
    from: ["ok", "missing", "malformed", "not owned"],
    to: ["ok", "missing", "malformed"],
    body: ["ok", "missing", "long"],
    callback: ["ok", "none", "bad"],
  } as const
  const switches = ["require_auth", "require_parameters", "validate_phone_format", "check_from_numbers"] as const
  type Case = { readonly [Name in keyof typeof faults]: (typeof faults)[Name][number] }
  type Validation = { readonly [Name in (typeof switches)[number]]: boolean }

  const values = {
    from: { ok: owned, missing: undefined, malformed: "+1", "not owned": other },
    to: { ok: to, missing: undefined, malformed: "+1234" },
    body: { ok: "Hi", missing: undefined, long: "x".repeat(1_601) },
    callback: { ok: "https://app.test/s", none: undefined, bad: "nowhere" },
  } as const

  /** What is answered: the first check that is switched on and fails. */
  const expected = (given: Case, on: Validation): number => {
    if (on.require_auth && given.auth === "bad") return 20003
    if (on.require_parameters) {
      if (given.from === "missing") return 21603
      if (given.to === "missing") return 21604
      if (given.body === "missing") return 21602
    }
    if (on.validate_phone_format) {
      if (given.to === "malformed") return 21211
      if (given.from === "malformed") return 21212
    }
    if (on.check_from_numbers && (given.from === "malformed" || given.from === "not owned")) return 21606
    if (given.body === "long") return 21617
    if (given.callback === "bad") return 21609
    return 201
  }

  const every = Object.entries(faults).reduce<ReadonlyArray<Record<string, string>>>(
    (cases, [name, options]) => cases.flatMap((one) => options.map((option) => ({ ...one, [name]: option }))),
    [{}],
  ) as unknown as ReadonlyArray<Case>
  const everySwitch = Array.from(
    { length: 2 ** switches.length },
    (_, bits) => Object.fromEntries(switches.map((name, i) => [name, (bits & (2 ** i)) > 0])) as unknown as Validation,
  )

  it.each(everySwitch)("is the same for every request with %j", (validation) => {
    let stage = twilio({ allowed_from_numbers: [owned], validation })
    for (const given of every) {
      const params = form({
        From: values.from[given.from],
        To: values.to[given.to],
        Body: values.body[given.body],
        StatusCallback: values.callback[given.callback],
      })
      stage = stage.when(asked({ params, ...(given.auth === "ok" ? {} : { auth: "none" as const }) }))
      strictEqual(codeOf(answerOf(stage)), expected(given, validation), JSON.stringify(given))
    }
  })

  it("has as many cases as it says", () => deepStrictEqual([every.length, everySwitch.length], [216, 16]))
})
