import { sid as sidOf } from "../../../src/core/chance.ts"
import { mutated, nasty, type Random } from "./random.ts"

/* What cases about pages, and about what pages order, are made of. */

const searches = [
  'to:+15551234567 status:failed body:"code" after:2h',
  "-status:sent",
  "to:client:alice status:in-progress,busy direction:outbound-dial answered_by:human parent:CA",
  "type:message.* kind:input",
  "body:**********a*",
  '"',
  "\\",
  "after:1e999",
  "before:-1s",
  "a:b:c:",
  "__proto__:x",
  "constructor:x",
  ":".repeat(600),
  "x ".repeat(300),
]

/** A path of the pages; now and then of something that is there. */
export const pagePath = (random: Random, seed: number): string => {
  const subject = random.chance(50) ? sidOf("SM", seed, random.below(50)) : random.pick(nasty)
  const call = random.chance(50) ? sidOf("CA", seed, random.below(30)) : random.pick(nasty)
  const seq = random.chance(60) ? String(random.below(400)) : random.pick(nasty)
  const written = (text: string) => (random.chance(80) ? encodeURIComponent(text.toWellFormed()) : text)
  const search = written(random.chance(30) ? mutated(random, random.pick(searches)) : random.pick(searches))
  return random.pick([
    "/ui",
    "/ui/",
    "/ui/live",
    "/favicon.ico",
    `/ui/favicon.svg?${written(random.pick(nasty))}`,
    `/ui/assets/${written(random.pick(nasty))}`,
    `/ui/messages?q=${search}`,
    `/ui/messages?q=${search}&before=${written(subject)}`,
    `/ui/messages/${written(subject)}?q=${search}`,
    `/ui/calls?q=${search}&before=${written(call)}`,
    `/ui/calls/${written(call)}?q=${search}`,
    `/ui/timeline/${written(call)}`,
    `/ui/callbacks?q=${search}&before=${written(seq)}`,
    `/ui/callbacks/${written(seq)}`,
    `/ui/log?q=${search}&before=${written(seq)}`,
    `/ui/log/${written(seq)}`,
    `/ui/phone?phone=${written(random.pick(nasty))}&number=${written(random.pick(nasty))}`,
    "/ui/settings",
    `/ui/timeline/${written(subject)}?zoom=${written(random.pick(nasty))}`,
    `/ui/timetravel?at=${written(seq)}&list=${random.pick(["messages", "callbacks", "x"])}`,
    `/ui/timetravel?to=${written(seq)}`,
    `/ui/forks?at=${written(seq)}`,
    `/ui/forks/${written(seq)}`,
    "/admin/breakpoints",
    `/admin/breakpoints/${written(seq)}`,
    "/admin/forks",
    `/admin/numbers/${random.chance(50) ? sidOf("PN", seed, random.below(4)) : written(random.pick(nasty))}`,
    "/admin/settings/check",
    "/admin/templates",
    "/admin/templates/check",
  ])
}

/** What pages order. */
export const pageOrders = [
  '{"pattern":"type:nothing.at-all"}',
  '{"pattern":"tpe:x"}',
  '{"pattern":""}',
  '{"at":1}',
  '{"at":3,"set":["twilio.default_behavior=failure"]}',
  '{"at":3,"set":["twilio.__proto__=1"],"inputs":"drop"}',
  '{"at":1e999,"swap":[1,2]}',
  '{"at":9,"swap":[1,1]}',
  '{"answers":["9=500"]}',
  '{"at":5,"answers":["9=200@1h:<Response/>","x","12=timeout:y"]}',
  '{"sms_url":"https://u:p@a.example/x"}',
  '{"sms_url":"x","sms_method":"PUT"}',
  '{"twilio":{"numbers":{"+15551234567":{"error_code":30003}}}}',
  '{"twilio":null}',
  '{"send_sms_success":"{\\"sid\\":\\"{{ message_sid }}\\",\\"body\\":{{ body }}}"}',
  '{"send_sms_success":null,"call_status":"{{","__proto__":"{}"}',
  '{"delivery_status":"{\\"a\\":[1]}","send_sms_sucess":1}',
  '{"auth_failed":"{{ constructor.constructor }}"}',
  "null",
  "[",
]

/** How the pages' own script asks for a part of a page. */
export const partHeaders: ReadonlyArray<readonly [string, string]> = [
  ["HX-Request", "true"],
  ["HX-Target", "list"],
  ["HX-Target", "drawer"],
  ["HX-Target", "line"],
  ["HX-Target", "going"],
  ["HX-Target", "__proto__"],
  ["HX-Target", "constructor"],
  ["HX-History-Restore-Request", "true"],
]
