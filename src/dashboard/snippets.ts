import type { Shown } from "./Shown.ts"
import { quoted } from "./texts.ts"

export interface Snippet {
  readonly label: string
  readonly text: string
}

interface Told {
  /** Where the browser found this server: `http://127.0.0.1:8080`. */
  readonly origin: string
  readonly account: string
  readonly from: string
  readonly to: string
}

/**
 * How to connect, with this server's address and account. The token is never shown: `npm start` prints it, and settings may name it.
 *
 * Source  the official SDKs' sources, April to August 2026. Node's and Python's let the address of a domain be set; the others take an HTTP
 *         client, which sends what is meant for Twilio here. curl, the phone and Node's are run by a test, the others were read
 */
export const snippets = (shown: Shown, origin: string): ReadonlyArray<Snippet> => {
  const account = shown.accountSid()
  const from = shown.numbers().find(({ accountSid }) => accountSid === account)?.number ?? "+15550000001"
  return snippetsFor({ origin, account, from, to: "+15551234567" })
}

export const snippetsFor = (told: Told): ReadonlyArray<Snippet> =>
  [
    ["curl", curl],
    ["Node", node],
    ["Python", python],
    ["Ruby", ruby],
    ["PHP", php],
    ["Java", java],
    ["C#", csharp],
    ["Go", go],
    ["A phone", phone],
  ].map(([label, lines]) => ({ label: label as string, text: (lines as Lines)(told).join("\n") }))

type Lines = (told: Told) => ReadonlyArray<string>

const curl: Lines = ({ account, from, origin, to }) => [
  `curl ${origin}/2010-04-01/Accounts/${account}/Messages.json \\`,
  `  -u "${account}:$TWILIO_AUTH_TOKEN" \\`,
  `  --data-urlencode ${quoted(`To=${to}`)} --data-urlencode ${quoted(`From=${from}`)} \\`,
  `  --data-urlencode 'Body=Hello'`,
]

const node: Lines = ({ account, from, origin, to }) => [
  `import twilio from "twilio"`,
  "",
  `const client = twilio("${account}", process.env.TWILIO_AUTH_TOKEN)`,
  `client.api.baseUrl = "${origin}"`,
  `await client.messages.create({ to: "${to}", from: "${from}", body: "Hello" })`,
]

const python: Lines = ({ account, from, origin, to }) => [
  "import os",
  "from twilio.rest import Client",
  "",
  `client = Client("${account}", os.environ["TWILIO_AUTH_TOKEN"])`,
  `client.api.base_url = "${origin}"`,
  `client.messages.create(to="${to}", from_="${from}", body="Hello")`,
]

const ruby: Lines = ({ account, from, origin, to }) => {
  const { hostname, port, protocol } = new URL(origin)
  return [
    `require "twilio-ruby"`,
    "",
    "class Local < Twilio::HTTP::Client",
    "  def request(_host, _port, method, url, *rest)",
    `    super("${protocol}//${hostname}", ${port === "" ? (protocol === "https:" ? 443 : 80) : port}, method, url.sub(%r{\\Ahttps://[^/]+}, "${origin}"), *rest)`,
    "  end",
    "end",
    "",
    `client = Twilio::REST::Client.new("${account}", ENV["TWILIO_AUTH_TOKEN"], nil, nil, Local.new)`,
    `client.messages.create(to: "${to}", from: "${from}", body: "Hello")`,
  ]
}

const php: Lines = ({ account, from, origin, to }) => [
  "class Local extends \\Twilio\\Http\\CurlClient {",
  "  public function request(string $method, string $url, ...$rest): \\Twilio\\Http\\Response {",
  `    return parent::request($method, preg_replace('#^https://[^/]+#', '${origin}', $url), ...$rest);`,
  "  }",
  "}",
  "",
  `$client = new \\Twilio\\Rest\\Client('${account}', getenv('TWILIO_AUTH_TOKEN'), null, null, new Local());`,
  `$client->messages->create('${to}', ['from' => '${from}', 'body' => 'Hello']);`,
]

const java: Lines = ({ account, from, origin, to }) => [
  `String token = System.getenv("TWILIO_AUTH_TOKEN");`,
  "HttpClient local = new NetworkHttpClient() {",
  "  @Override public Response makeRequest(Request request) {",
  `    Request here = new Request(request.getMethod(), request.getUrl().replaceFirst("https://[^/]+", "${origin}"));`,
  `    here.setAuth("${account}", token);`,
  "    here.setContentType(request.getContentType());",
  "    request.getQueryParams().forEach((name, values) -> values.forEach(value -> here.addQueryParam(name, value)));",
  "    request.getPostParams().forEach((name, values) -> values.forEach(value -> here.addPostParam(name, value)));",
  "    return super.makeRequest(here);",
  "  }",
  "};",
  `Twilio.setRestClient(new TwilioRestClient.Builder("${account}", token).httpClient(local).build());`,
  `Message.creator(new PhoneNumber("${to}"), new PhoneNumber("${from}"), "Hello").create();`,
]

const csharp: Lines = ({ account, from, origin, to }) => [
  "class Local : DelegatingHandler {",
  "  public Local() : base(new HttpClientHandler()) { }",
  "  protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop) {",
  `    request.RequestUri = new Uri(new Uri("${origin}"), request.RequestUri.PathAndQuery);`,
  "    return base.SendAsync(request, stop);",
  "  }",
  "}",
  "",
  `var token = Environment.GetEnvironmentVariable("TWILIO_AUTH_TOKEN");`,
  "var http = new Twilio.Http.SystemNetHttpClient(new System.Net.Http.HttpClient(new Local()));",
  `TwilioClient.SetRestClient(new TwilioRestClient("${account}", token, httpClient: http));`,
  `MessageResource.Create(to: "${to}", from: "${from}", body: "Hello");`,
]

const go: Lines = ({ account, from, origin, to }) => {
  const { host, protocol } = new URL(origin)
  return [
    "type local struct{}",
    "",
    "func (local) RoundTrip(request *http.Request) (*http.Response, error) {",
    `\trequest.URL.Scheme, request.URL.Host = "${protocol.slice(0, -1)}", "${host}"`,
    "\treturn http.DefaultTransport.RoundTrip(request)",
    "}",
    "",
    "base := &client.Client{",
    `\tCredentials: client.NewCredentials("${account}", os.Getenv("TWILIO_AUTH_TOKEN")),`,
    "\tHTTPClient:  &http.Client{Transport: local{}},",
    "}",
    `base.SetAccountSid("${account}")`,
    "twilioClient := twilio.NewRestClientWithParams(twilio.ClientParams{Client: base})",
    "params := &openapi.CreateMessageParams{}",
    `params.SetTo("${to}").SetFrom("${from}").SetBody("Hello")`,
    "message, err := twilioClient.Api.CreateMessage(params)",
  ]
}

const phone: Lines = ({ from, origin, to }) => [
  `curl ${origin}/admin/inbound -H 'Content-Type: application/json' \\`,
  `  -d ${quoted(JSON.stringify({ from: to, to: from, body: "Hello" }))}`,
]
