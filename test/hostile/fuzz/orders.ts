/* Orders of the control API, right and wrong. */

/** Orders to the clock, of phones and of opting out. */
export const orders = [
  '{"pace":"fast"}',
  '{"pace":"paused"}',
  '{"pace":"1e999x"}',
  '{"advance":"1h"}',
  '{"advance":"-1s"}',
  '{"advance":"99999999999999999d"}',
  '{"step":1}',
  '{"step":1e999}',
  '{"step":0.5}',
  '{"settle":true}',
  '{"from":"+15551234567","to":"+15550000001","body":"Hello"}',
  '{"from":"+15551234567","to":"+15550000001","body":"STOP"}',
  '{"from":"+15551234567","to":"+15550000001","media":["https://u:p@a.example/1.png"]}',
  '{"from":"whatsapp:+1","to":"","media":[null]}',
  '{"recipient":"+15551234567","sender":"+15550000001"}',
  '{"recipient":"__proto__","sender":"MG"}',
  '{"settle":true,"__proto__":{"step":1}}',
  '{"__proto__":null}',
  "[]",
  "null",
  "",
  "{",
  '"'.padEnd(5_000, "x"),
  "[".repeat(5_000),
]

/**
 * Changes of settings. None that is taken opens a way out of the machine, breaks connections or answers with an error of the server's
 * on purpose: that is what a finding looks like.
 */
export const patches = [
  '{"twilio":{"numbers":{"+15551234567":{"outcome":"undelivered","delays":{"sent":"1s"}}}}}',
  '{"twilio":{"numbers":null,"carriers":[{"name":"x","to":["+1"],"latency":{"p50":"2s"},"loss_percent":50,"filtering":{"30003":10},"segments_per_second":1}]}}',
  '{"twilio":{"carriers":null,"default_behavior":"failure","failure_error_code":30003}}',
  '{"twilio":{"default_behavior":null,"rate":{"segments_per_second":1,"queue_seconds":60},"faults":[{"percent":20,"status":429}]}}',
  '{"twilio":{"media":"fetch","price_per_segment":0.01,"opt_out":{"advanced":true,"repeat_replies":true},"rate":null}}',
  '{"twilio":{"media":null,"faults":null,"callbacks":{"retry_attempts":3,"retry_on":["ct"]}}}',
  '{"callbacks":{"faults":{"lost_percent":20,"duplicated_percent":20,"late_percent":20,"late":"1h","out_of_order_percent":20}}}',
  '{"callbacks":{"rewrite":[{"from":"https://a.example","to":"http://u:p@127.0.0.1:1"}],"in_flight":2}}',
  '{"callbacks":{"rewrite":[{"from":"https://userinfo-0123456789abcdef@a.example","to":"http://userinfo-0123456789abcdef@127.0.0.1:1"}]}}',
  '{"callbacks":{"faults":null,"rewrite":null}}',
  '{"endpoints":[{"url":"https://a.example","answers":[{"status":500},{"drop":"timeout"},{"body":"<Response><Message>x</Message></Response>"}],"fail_percent":50}]}',
  '{"endpoints":null}',
  '{"endpoints":[{"url":"https://a.example","answers":[]}]}',
  '{"twilio":null}',
  '{"twilio":{"auth_token":"x","account_sid":null}}',
  '{"server":null,"database":{"path":"/nowhere"}}',
  '{"twilio":{"numbers":{"__proto__":{},"constructor":null}}}',
  '{"__proto__":{"twilio":null}}',
  '{"callbacks":{"rewrite":[null,[],"x"],"in_flight":1e999}}',
  '{"twilio":{"faults":[{"path":"'.concat("*".repeat(300), '"}],"carriers":{}}}'),
  `${'{"twilio":'.repeat(2_000)}1${"}".repeat(2_000)}`,
  "[]",
  "null",
  "{",
]
/** What of them may be in force when a run of cases ends. */
export const patchedBack = '{"twilio":{"faults":null,"rate":null,"carriers":null,"numbers":null}}'
