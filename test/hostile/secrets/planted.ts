import type { Listener } from "../../support/listener.ts"
import { requestText, sendRaw } from "../../support/rawSocket.ts"
import type { Server } from "../../support/ringback.ts"
import { phoneMarks, plantInPhones } from "./plantInPhones.ts"

/* Secrets for every place where one can be given. */

const names = [
  "fileToken",
  "environmentToken",
  "adminToken",
  "wrongAdminToken",
  "wrongPassword",
  "wrongUser",
  "malformedBasic",
  "bareBasic",
  "bearer",
  "digest",
  "cookie",
  "proxyAuthorization",
  "publicUrl",
  "rewriteFrom",
  "rewriteTo",
  "endpoint",
  "endpointBody",
  "settingText",
  "testToken",
  "callback",
  "callbackUser",
  "deadCallback",
  "refusedCallback",
  "badCallback",
  "redirectUser",
  "redirectQuery",
  "answerBody",
  "media",
  "mediaRedirect",
  "mediaRedirectQuery",
  "webhookText",
  "patched",
  "patchedBody",
  "patchedToken",
  "patchedWrong",
  "patchedKey",
  "unknownParameter",
  "parameterName",
  "query",
  "queryName",
  "encodedQuery",
  "path",
  "encodedPath",
  "absolute",
  "foreignScheme",
  "tested",
  "testedQuery",
  "testedPath",
  "testedPassword",
  "testedJson",
  "hostHeader",
  "jsonBody",
  "brokenBody",
  "largeBody",
  "notFoundUser",
  "gatewayToken",
  "gatewayUrl",
  "gatewayAnswer",
  "gatewayBearer",
  ...phoneMarks,
] as const
type Name = (typeof names)[number]

/** One mark for each place: letters and digits that nothing else has. */
export const marks = Object.fromEntries(names.map((name, i) => [name, `mk${i}Q7x${name}Zr9w`])) as Readonly<
  Record<Name, string>
>

export const phone = "+15557654321"
export const testSid = `AC${"7".repeat(32)}`

/** What is met again: in a callback, a redirect, an answer that is carried out, settings in force. */
export const keptNames = [
  "callback",
  "deadCallback",
  "media",
  "rewriteTo",
  "endpoint",
  "endpointBody",
  "settingText",
  "testToken",
  "redirectQuery",
  "answerBody",
  "mediaRedirectQuery",
  "webhookText",
  "patched",
  "patchedBody",
  "gatewayToken",
  "gatewayUrl",
  "gatewayAnswer",
] as const satisfies ReadonlyArray<Name>

export const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`
export const formType = { "Content-Type": "application/x-www-form-urlencoded" }

/** What the application answers: secrets in where it leads, and in what it says. */
export const treacherous = (url: string): Listener["answer"] => {
  const led = (user: string, query: string) => ({
    location: `${url.replace("//", `//u:${user}@`)}/led?next=https://v:${query}@other.example/`,
  })
  return ({ method, path }) => {
    if (path.startsWith("/callback")) return led(marks.redirectUser, marks.redirectQuery)
    if (path.startsWith("/gateway"))
      return {
        type: "application/json",
        body: JSON.stringify({ success: true, message_id: `https://u:${marks.gatewayAnswer}@a.example/${path}` }),
      }
    if (path.startsWith("/picture")) return led(marks.mediaRedirect, marks.mediaRedirectQuery)
    if (path.startsWith("/sms"))
      return { type: "text/xml", body: `<Response><Message>//u:${marks.webhookText}@a.example</Message></Response>` }
    // A medium's bytes are kept as they are: they are no message of the exchange's.
    if (method === "GET") return { type: "image/png", body: "a picture" }
    return { type: "application/json", body: `{"next":"https://u:${marks.answerBody}@a.example/"}` }
  }
}

/** Gives secrets away in every place of a request there is; what was answered. */
export const plant = async (server: Server, callbackUrl: string): Promise<ReadonlyArray<string>> => {
  const answers: Array<string> = []
  const raw = async (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body = "") => {
    answers.push((await sendRaw(server.port, [requestText(method, path, headers, body)])).text)
  }
  const asOwner = { Authorization: server.authorization, ...formType }
  const form = (more: Readonly<Record<string, string>>) =>
    new URLSearchParams({ To: phone, From: "+15550000001", Body: "Hello", ...more }).toString()
  const { messages } = server
  const withUser = (url: string, user: string) => url.replace("://", `://${user}@`)

  for (const authorization of [
    basic(`${server.accountSid}:${marks.wrongPassword}`),
    basic(`${marks.wrongUser}:x`),
    `Basic ${marks.malformedBasic}!`,
    basic(marks.bareBasic),
    `Bearer ${marks.bearer}`,
    `Digest username="x", response="${marks.digest}"`,
  ])
    for (const method of ["POST", "GET"])
      await raw(method, messages, { Authorization: authorization, ...formType }, method === "POST" ? form({}) : "")
  await raw("GET", "/admin/log", { Authorization: `Bearer ${marks.wrongAdminToken}`, Host: "evil.example" })
  await raw("GET", "/admin/clock", { Authorization: `Bearer ${marks.adminToken}` })
  await raw("POST", "/admin/clock", { Authorization: `Bearer ${marks.adminToken}` }, `{"pace":"x"}`)
  const order = (path: string, data: object, method = "POST") =>
    raw(
      method,
      path,
      { Authorization: `Bearer ${marks.adminToken}`, "Content-Type": "application/json" },
      JSON.stringify(data),
    )
  const patch = (data: object) => order("/admin/settings", data, "PATCH")
  await patch({
    endpoints: [
      {
        url: "https://scripted.example",
        answers: [{ status: 500, body: `<Response>https://u:${marks.patchedBody}@a.example</Response>` }],
      },
      { url: `https://u:${marks.patched}@patched.example` },
    ],
  })
  await patch({ endpoints: [{ url: `u:${marks.patchedWrong}@a.example` }] })
  await patch({ twilio: { auth_token: marks.patchedToken } })
  await patch({ [`https://u:${marks.patchedKey}@a.example`]: 1 })
  await raw("POST", messages, { ...formType, Authorization: basic(`${testSid}:${marks.testToken}`) }, form({}))
  await raw("GET", messages, {
    ...asOwner,
    Cookie: `a=${marks.cookie}`,
    "Proxy-Authorization": marks.proxyAuthorization,
  })

  const cb = (StatusCallback: string) => raw("POST", messages, asOwner, form({ StatusCallback }))
  await cb(`${withUser(callbackUrl, `${marks.callbackUser}:${marks.callback}`)}/callback`)
  await cb(`http://u:${marks.deadCallback}@127.0.0.1:1/to/${phone}/x`)
  await cb(`http://u:${marks.deadCallback}@127.0.0.1:1/to/${encodeURIComponent(phone)}`)
  await cb(`http://u:${marks.refusedCallback}@169.254.169.254/${phone}`)
  await cb(`ftp://u:${marks.badCallback}@127.0.0.1/x`)
  await cb(`https://u:${marks.rewriteFrom}@rewritten.example/x`)
  await cb("https://scripted.example/x")
  await raw("POST", messages, asOwner, form({ MediaUrl: `https://u:${marks.media}@127.0.0.1/x.png` }))
  await raw("POST", messages, asOwner, form({ MediaUrl: `${callbackUrl}/picture.png` }))
  await raw("POST", messages, asOwner, form({ StatusCallback: "https://patched.example/x" }))
  const numbers = messages.replace("Messages", "IncomingPhoneNumbers")
  const bought = new URLSearchParams({ PhoneNumber: "+14155550100", SmsUrl: `${callbackUrl}/sms` })
  await raw("POST", numbers, asOwner, bought.toString())
  await order("/admin/inbound", { from: phone, to: "+14155550100", body: "Hello" })
  await raw("POST", messages, asOwner, form({ Whatever: `https://u:${marks.unknownParameter}@127.0.0.1/` }))
  await raw("POST", messages, asOwner, form({ [`https://u:${marks.parameterName}@127.0.0.1/`]: "" }))
  await raw("GET", `${messages}?Url=https://u:${marks.query}@127.0.0.1/&To=${phone}`, asOwner)
  await raw("GET", `${messages}?https://u:${marks.queryName}@127.0.0.1/`, asOwner)
  await raw("GET", `${messages}?u=${encodeURIComponent(`https://u:${marks.encodedQuery}@127.0.0.1/`)}`, asOwner)
  await raw("GET", `/https://u:${marks.path}@127.0.0.1/x`, asOwner)
  await raw("GET", `//u:${marks.path}@127.0.0.1/x`, asOwner)
  await raw("GET", `/${encodeURIComponent(`https://u:${marks.encodedPath}@127.0.0.1/x`)}`, asOwner)
  await raw("GET", `http://u:${marks.absolute}@127.0.0.1${messages}`, asOwner)
  await raw("GET", `HTTPS://u:${marks.absolute}@127.0.0.1/nowhere`, asOwner)
  await raw("GET", `ftp://u:${marks.foreignScheme}@127.0.0.1/nowhere`, asOwner)
  const test = { Authorization: basic(`u:${marks.testedPassword}`), ...formType }
  await raw("POST", "/callback-test", test, `Url=${encodeURIComponent(`https://u:${marks.tested}@127.0.0.1/`)}`)
  await raw("PUT", `/callback-test?u=https://u:${marks.testedQuery}@127.0.0.1/`, test)
  await raw("GET", `/callback-test/https://u:${marks.testedPath}@127.0.0.1/x`, test)
  const json = { ...test, "Content-Type": "application/json" }
  await raw("POST", "/callback-test", json, `{"p":"${marks.testedJson}"}`)
  await raw("GET", messages, { ...asOwner, "X-Forwarded-Host": `u:${marks.hostHeader}@127.0.0.1` })
  await raw("POST", messages, { ...asOwner, "Content-Type": "application/json" }, `{"p":"${marks.jsonBody}"}`)
  await raw("POST", messages, asOwner, `To=%zz&p=${marks.brokenBody}`)
  await raw("POST", messages, asOwner, `p=${marks.largeBody}`.padEnd(70_000, "x"))
  await raw("GET", "/2010-04-01/nowhere", { Authorization: basic(`${marks.notFoundUser}:x`) })
  const text = JSON.stringify({ phone: "01921317475", text: "Hello" })
  const asOther = { Authorization: `Bearer ${marks.gatewayBearer}`, "Content-Type": "application/json" }
  for (const path of ["/api/sms/shown", "/api/sms/named", "/api/sms/send"]) await raw("POST", path, asOther, text)
  await plantInPhones(marks, {
    call: (more) => raw("POST", messages.replace("Messages", "Calls"), asOwner, form({ Body: "", ...more })),
    application: (more) =>
      raw("POST", messages.replace("Messages", "Applications"), asOwner, new URLSearchParams(more).toString()),
    order: (path, data) => order(path, data),
  })
  return answers
}
