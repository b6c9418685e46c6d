import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { at, type Stage } from "../../../../test/support/given.ts"
import {
  alerts,
  answer,
  arrived,
  arrives,
  asked,
  codes,
  created,
  hook,
  inboundSid,
  number,
  params,
  phone,
  says,
  service,
  twiml,
} from "../../../../test/support/phones.ts"
import { account, answerOf, call, ranUntil } from "../../../../test/support/twilio.ts"
import { sid as sidOf } from "../../../core/chance.ts"
import { outboundAnswered, type Pair } from "../../../core/entries.ts"

describe("a message that arrives", () => {
  it("is a resource that is received, and its number's webhook is asked what to do", () => {
    const stage = arrived()
    deepStrictEqual(created(stage), [
      {
        ...created(stage)[0]!,
        subject: inboundSid,
        data: {
          account_sid: account,
          body: "Hello",
          direction: "inbound",
          from: phone,
          num_media: 0,
          num_segments: 1,
          status: "received",
          to: number,
        },
      },
    ])
    const [request] = asked(stage)
    const { token: _, ...rest } = request!.data
    deepStrictEqual(rest, {
      attempt: 1,
      method: "POST",
      params: [
        ["ToCountry", "US"],
        ["ToState", "CA"],
        ["SmsMessageSid", inboundSid],
        ["NumMedia", "0"],
        ["ToCity", "SAN FRANCISCO"],
        ["FromZip", "10001"],
        ["SmsSid", inboundSid],
        ["FromState", "NY"],
        ["SmsStatus", "received"],
        ["FromCity", "NEW YORK"],
        ["Body", "Hello"],
        ["FromCountry", "US"],
        ["To", number],
        ["ToZip", "94102"],
        ["NumSegments", "1"],
        ["ReferralNumMedia", "0"],
        ["MessageSid", inboundSid],
        ["AccountSid", account],
        ["From", phone],
        ["ApiVersion", "2010-04-01"],
      ] as ReadonlyArray<Pair>,
      purpose: "webhook",
      sign: "twilio",
      timeout_ms: 15_000,
      url: hook,
      via: "wire",
    })
    strictEqual(request?.subject, inboundSid)
  })

  it("is shown by the API, sent when it came", () => {
    const shown = answerOf(
      arrived().when(at(2_000, call("GET", `/2010-04-01/Accounts/${account}/Messages/${inboundSid}.json`))),
    )
    const { body, date_sent, direction, num_media, status } = shown.body
    deepStrictEqual(
      { body, date_sent, direction, num_media, status },
      {
        body: "Hello",
        date_sent: "Thu, 01 Jan 1970 00:00:01 +0000",
        direction: "inbound",
        num_media: "0",
        status: "received",
      },
    )
  })

  it("with media is told once they are there, by their types and paths that the edge makes absolute", () => {
    const stage = arrived({}, { body: "", media: ["https://a.test/1", "https://a.test/2"] })
    const sid = sidOf("MM", 1, 0)
    const [request, ...more] = asked(stage)
    deepStrictEqual(more, [])
    strictEqual(request?.subject, sid)
    deepStrictEqual(request?.data.absolute, ["MediaUrl0", "MediaUrl1"])
    const { MediaContentType1, MediaUrl1, NumMedia } = params(request?.data)
    deepStrictEqual(
      { MediaContentType1, MediaUrl1, NumMedia },
      {
        MediaContentType1: "image/png",
        MediaUrl1: `/2010-04-01/Accounts/${account}/Messages/${sid}/Media/${sidOf("ME", 1, 1)}`,
        NumMedia: "2",
      },
    )
  })

  it("with media that cannot be had is told all the same, with pictures in their place", () => {
    const stage = arrived({ settings: { media: "fetch" } }, { media: ["https://a.test/1"] })
    deepStrictEqual(
      asked(stage).map(({ data }) => data.purpose),
      ["media"],
    )
    const after = answer(stage, (seq, subject) => outboundAnswered.draft(subject, { body: "", status: 404 }, seq))
    deepStrictEqual(
      asked(after).map(({ data }) => data.purpose),
      ["webhook"],
    )
    strictEqual(params(asked(after)[0]?.data).MediaContentType0, "image/png")
  })

  it("with media is told once, also when one of them is deleted before the last one is there", () => {
    const sid = sidOf("MM", 1, 0)
    const stage = arrived({ settings: { media: "fetch" } }, { media: ["https://a.test/1", "https://a.test/2"] })
    const answers = asked(stage).map(({ seq }) => outboundAnswered.draft(sid, { body: "", status: 200 }, seq))
    const first = stage.when(at(1_100, answers[0]!))
    deepStrictEqual(asked(first), [])
    const path = `/2010-04-01/Accounts/${account}/Messages/${sid}/Media/${sidOf("ME", 1, 0)}.json`
    const deleted = first.when(at(1_200, call("DELETE", path)))
    strictEqual(answerOf(deleted).status, 204)
    const [request, ...more] = asked(deleted.when(at(1_300, answers[1]!)))
    deepStrictEqual([request?.data.purpose, more], ["webhook", []])
  })

  it("is told by the method that is set, and not where no webhook is", () => {
    strictEqual(asked(arrived({ config: { sms_method: "GET", sms_url: hook } }))[0]?.data.method, "GET")
    deepStrictEqual(asked(arrived({ config: {} })), [])
    deepStrictEqual(asked(arrived({ config: { sms_url: "" } })), [])
  })

  it.each([
    ["its service", { inbound_request_url: "https://service.test/" }, "https://service.test/"],
    ["nobody where the service says nothing", {}, undefined],
    ["its number where the service leaves it to that", { use_inbound_webhook_on_number: true }, hook],
  ] as const)("to a number of a service is told to %s", (_, config, url) => {
    const [request] = asked(arrived({ service: config }))
    strictEqual(request?.data.url, url)
    if (url !== undefined) strictEqual(params(request?.data).MessagingServiceSid, service)
  })

  it("to a number nobody has leaves nothing, where settings name numbers", () => {
    arrived({ settings: { allowed_from_numbers: ["+15550000001"] } }, { to: "+15550000009" }).then()
    strictEqual(created(arrived({}, { to: "+15550000009" })).length, 1)
  })

  it("on WhatsApp goes to the number behind its channel", () => {
    const stage = arrived({}, { from: `whatsapp:${phone}`, to: `whatsapp:${number}` })
    strictEqual(params(asked(stage)[0]?.data).WaId, phone.slice(1))
    strictEqual(params(asked(stage)[0]?.data).From, `whatsapp:${phone}`)
  })
})

describe("what the webhook answers", () => {
  const replies = (stage: Stage) => created(stage).map(({ data }) => data)

  it("is carried out verb by verb: replies from the number to the phone", () => {
    const after = twiml(
      arrived(),
      `<Message statusCallback="/status"> One <Body>&amp; two</Body></Message><Sms to="+447700900123">Three<Media>pic.png</Media></Sms>`,
    )
    const [first, second] = replies(after)
    const { plan: _, price_micros: __, ...rest } = first!
    deepStrictEqual(rest, {
      account_sid: account,
      body: "One& two",
      direction: "outbound-reply",
      from: number,
      in_reply_to: inboundSid,
      num_media: 0,
      num_segments: 1,
      status: "queued",
      status_callback: "https://app.test/status",
      to: phone,
    })
    deepStrictEqual([second?.to, second?.body, second?.media], ["+447700900123", "Three", ["https://app.test/pic.png"]])
    deepStrictEqual(
      created(after).map(({ subject }) => subject),
      [sidOf("SM", 1, 1), sidOf("MM", 1, 2)],
    )
    deepStrictEqual(codes(after), [])
    assertTrue(after.made.some(({ entry }) => entry.type === "timer.set"))
  })

  it("tells its status callback what becomes of the reply, that it is queued first", () => {
    const after = ranUntil(twiml(arrived(), `<Message statusCallback="/status">One</Message><Message>Two</Message>`))
    const told = asked(after).map(({ data, subject }) => [subject, data.purpose, params(data).MessageStatus, data.url])
    const url = "https://app.test/status"
    deepStrictEqual(
      told,
      ["queued", "sent", "delivered"].map((status) => [sidOf("SM", 1, 1), "callback", status, url]),
    )
    strictEqual(new Set(asked(after).map(({ data }) => data.token)).size, 3)
  })

  it.each([
    ["plain text is the reply", "Thanks!\n", "text/plain", ["Thanks!"]],
    ["plain text that is empty is none", " \n", "text/plain", []],
    ["an empty response is none", "<Response/>", "text/xml", []],
    ["HTML is read as TwiML", "<Response><Message>x</Message></Response>", "text/html", ["x"]],
    ["nothing at all is none", "", "", []],
  ])("%s", (_, body, type, wanted) => {
    const after = says(arrived(), body, type)
    deepStrictEqual(
      replies(after).map((reply) => reply.body),
      wanted,
    )
    deepStrictEqual(codes(after), [])
  })

  it("may lead to another document, with the same parameters; what stands behind is not reached", () => {
    const stage = arrived()
    const after = twiml(
      stage,
      `<Message>One</Message><Redirect method="GET">other?y=2</Redirect><Message>Two</Message>`,
    )
    deepStrictEqual(
      replies(after).map(({ body }) => body),
      ["One"],
    )
    const [request] = asked(after)
    strictEqual(request?.data.url, "https://app.test/other?y=2")
    strictEqual(request?.data.method, "GET")
    deepStrictEqual(request?.data.params, asked(stage)[0]?.data.params)
    deepStrictEqual(
      replies(twiml(after, "<Message>Three</Message>")).map(({ body }) => body),
      ["Three"],
    )
  })

  it("of a Message with an action goes on there, told of that message", () => {
    const after = twiml(arrived(), `<Message action="https://app.test/next">One</Message><Message>Two</Message>`)
    const [request] = asked(after)
    const { From, MessageSid, MessageStatus, SmsSid } = params(request?.data)
    const sid = sidOf("SM", 1, 1)
    deepStrictEqual(
      { From, MessageSid, MessageStatus, SmsSid, url: request?.data.url },
      { From: phone, MessageSid: sid, MessageStatus: "queued", SmsSid: sid, url: "https://app.test/next" },
    )
    strictEqual(replies(after).length, 1)
  })

  it("that leads in a circle ends after ten redirects", () => {
    let stage = arrived()
    for (let i = 0; i < 10; i++) stage = twiml(stage, "<Redirect/>")
    strictEqual(asked(stage).length, 1)
    const after = twiml(stage, "<Redirect/>")
    deepStrictEqual([asked(after).length, codes(after)], [0, [11215]])
  })

  it("has at most ten replies, across all its documents", () => {
    const five = "<Message>x</Message>".repeat(5)
    const stage = twiml(twiml(arrived(), `${five}<Redirect>a</Redirect>`), `${five}<Redirect>b</Redirect>`)
    deepStrictEqual(codes(stage), [])
    const after = twiml(stage, five)
    deepStrictEqual([replies(after).length, codes(after)], [0, [14109]])
  })

  it("is cut where two numbers have answered each other 15 times in 30 seconds", () => {
    const ten = "<Message>x</Message>".repeat(10)
    const first = twiml(arrived(), ten)
    const again = (instant: number) => twiml(first.when({ ...arrives(), at: instant }), ten)
    const after = again(2_000)
    deepStrictEqual([replies(after).length, codes(after)], [5, [14107]])
    strictEqual(replies(again(31_500)).length, 10)
  })

  it.each([
    ["a To that is none", `<Message to="abc">x</Message>`, [14101], 0],
    ["a To that is the From", `<Message to="${number}">x</Message>`, [14101], 0],
    ["a From that is none", `<Message from="a.b">x</Message>`, [14102], 0],
    ["no text", "<Message/>", [14103], 0],
    ["too long a text", `<Message>${"x".repeat(1601)}</Message>`, [14103], 0],
    ["another method", `<Message method="PUT">x</Message>`, [14104], 1],
    ["a status callback that is none", `<Message statusCallback="http://">x</Message>`, [14105], 1],
    ["a medium that is none", "<Message><Media>ftp://a/b</Media></Message>", [21620], 0],
    ["eleven media", `<Message>${"<Media>a</Media>".repeat(11)}</Message>`, [21623], 0],
    ["an attribute that is not known", `<Message To="x">x</Message>`, [12200], 1],
    ["a noun that is not known", "<Message>x<Image/></Message>", [12200], 1],
    ["a verb that is not known", "<message>x</message><Message>y</Message>", [12200], 1],
    ["a verb of calls", "<Say>x</Say><Message>y</Message>", [14110], 1],
    ["text outside of verbs", "Hello<Message>y</Message>", [12200], 1],
    ["a Redirect to what is none", "<Redirect>mailto:a@b</Redirect>", [11100], 0],
  ])("with %s is told to the account", (_, verbs, wanted, count) => {
    const after = twiml(arrived(), verbs)
    deepStrictEqual([codes(after), replies(after).length], [wanted, count])
  })

  it("with the same thing wrong many times is told once", () => {
    const after = twiml(arrived(), "<a/><b/><c/>")
    deepStrictEqual(
      alerts(after).map(({ data }) => data.detail),
      ["<a> is no verb (and 2 more)"],
    )
  })

  it("answers on the channel the message came by", () => {
    const allowed_from_numbers = ["+15550000001"]
    const stage = arrived(
      { settings: { allowed_from_numbers } },
      { from: `whatsapp:${phone}`, to: `whatsapp:${number}` },
    )
    const [reply] = replies(twiml(stage, "<Message>x</Message>"))
    deepStrictEqual([reply?.from, reply?.to], [`whatsapp:${number}`, `whatsapp:${phone}`])
  })

  it("about a From that the account has not is told", () => {
    const allowed_from_numbers = ["+15550000001"]
    const after = twiml(arrived({ settings: { allowed_from_numbers } }), `<Message from="+15550000002">x</Message>`)
    deepStrictEqual([codes(after), replies(after).length], [[14102], 0])
  })
})
