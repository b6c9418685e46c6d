/* Secrets in everything that is said about phones and calls. */

export const phoneMarks = [
  "phoneMedia",
  "phoneAddress",
  "optOut",
  "callUrl",
  "applicationUrl",
  "callFallback",
  "callTwiml",
  "callStatus",
  "calledFrom",
  "calledThen",
] as const

const phone = "+15557654321"

type Fields = Readonly<Record<string, string>>

/** How calls are asked for and ordered. */
interface Ways {
  readonly call: (form: Fields) => Promise<void>
  readonly application: (form: Fields) => Promise<void>
  readonly order: (path: string, data: object) => Promise<void>
}

/** Gives secrets away in calls, and in what phones do. */
export const plantInPhones = async (
  marks: Readonly<Record<(typeof phoneMarks)[number], string>>,
  { application, call, order }: Ways,
): Promise<void> => {
  const at = (mark: keyof typeof marks) => `http://u:${marks[mark]}@127.0.0.1:1/x`
  const Twiml = `<Response><Redirect>${at("callTwiml")}</Redirect></Response>`
  await call({ Twiml, StatusCallback: at("callStatus") })
  await call({ Url: at("callUrl"), FallbackUrl: at("callFallback") })
  await application({ VoiceUrl: at("applicationUrl"), MessageStatusCallback: at("applicationUrl") })
  const to = "+15550000001"
  const message = { from: phone, to, body: "Hello" }
  await order("/admin/inbound", { ...message, media: [at("phoneMedia")] })
  await order("/admin/inbound", { ...message, from: at("phoneAddress") })
  await order("/admin/opt-outs", { recipient: phone, sender: `u:${marks.optOut}@127.0.0.1` })
  await order("/admin/calls", { from: at("calledFrom"), to })
  const steps = [`jump ${at("calledThen")}`]
  await order("/admin/calls", { from: phone, to, ...JSON.parse(JSON.stringify({ steps }).replace("steps", "then")) })
}
