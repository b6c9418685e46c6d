import { apiKeySecret, subaccountTokenSecret } from "../../src/carriers/twilio/settings.ts"
import { sid } from "../../src/core/chance.ts"

/** A request about accounts or senders: method, path, form, and who asks when that is not the run's account. */
export interface Order {
  readonly method: "GET" | "POST" | "DELETE"
  readonly path: string
  readonly form?: string
  /** The user, and the name of the secret that is the password. */
  readonly as?: readonly [user: string, secret: string]
}

/** Requests about accounts and senders of a run by its account and seed; each is about the first of its kind. */
export const ordersOf = (account: string, seed: number) => {
  const accounts = "/2010-04-01/Accounts"
  const own = `${accounts}/${account}`
  const [sub, key, number, service] = (["AC", "SK", "PN", "MG"] as const).map((prefix) => sid(prefix, seed, 0)) as [
    string,
    string,
    string,
    string,
  ]
  const application = sid("AP", seed, 0)
  const verification = sid("VE", seed, 0)
  const v2 = `/v2/Services/${sid("VA", seed, 0)}`
  const v1 = `/v1/Services/${service}`
  return {
    makeAccount: { method: "POST", path: `${accounts}.json`, form: "FriendlyName=Branch" },
    suspendAccount: { method: "POST", path: `${accounts}/${sub}.json`, form: "Status=suspended" },
    wakeAccount: { method: "POST", path: `${accounts}/${sub}.json`, form: "Status=active&FriendlyName=Awake" },
    listAccounts: { method: "GET", path: `${accounts}.json` },
    sendAsAccount: {
      method: "POST",
      path: `${accounts}/${sub}/Messages.json`,
      form: "To=%2B15551234567&From=%2B15550000001&Body=x&StatusCallback=https%3A%2F%2Fgood.test",
      as: [sub, subaccountTokenSecret(sub)],
    },
    makeKey: { method: "POST", path: `${own}/Keys.json`, form: "FriendlyName=CI" },
    renameKey: { method: "POST", path: `${own}/Keys/${key}.json`, form: "FriendlyName=Other" },
    deleteKey: { method: "DELETE", path: `${own}/Keys/${key}.json` },
    fetchByKey: { method: "GET", path: `${own}/Messages.json`, as: [key, apiKeySecret(key)] },
    available: { method: "GET", path: `${own}/AvailablePhoneNumbers/US/Local.json?Contains=CALL&PageSize=3` },
    buy: {
      method: "POST",
      path: `${own}/IncomingPhoneNumbers.json`,
      form: "AreaCode=415&SmsUrl=https%3A%2F%2Ftwiml.test%2Fsms%23rc%3D1%26rp%3D5xx&SmsFallbackUrl=https%3A%2F%2Ftwiml.test%2Ffallback",
    },
    buyCalled: {
      method: "POST",
      path: `${own}/IncomingPhoneNumbers.json`,
      form: "PhoneNumber=%2B15550000001&VoiceUrl=https%3A%2F%2Ftwiml.test%2Fvoice",
    },
    setUpNumber: {
      method: "POST",
      path: `${own}/IncomingPhoneNumbers/${number}.json`,
      form: "VoiceMethod=GET&SmsUrl=",
    },
    release: { method: "DELETE", path: `${own}/IncomingPhoneNumbers/${number}.json` },
    listNumbers: { method: "GET", path: `${own}/IncomingPhoneNumbers.json?PageSize=2` },
    makeApplication: {
      method: "POST",
      path: `${own}/Applications.json`,
      form: "FriendlyName=Desk&VoiceUrl=https%3A%2F%2Ftwiml.test%2Fvoice&SmsUrl=https%3A%2F%2Ftwiml.test%2Fsms&MessageStatusCallback=https%3A%2F%2Fgood.test%2Fapp",
    },
    setUpApplication: { method: "POST", path: `${own}/Applications/${application}.json`, form: "VoiceMethod=GET" },
    handleNumber: {
      method: "POST",
      path: `${own}/IncomingPhoneNumbers/${number}.json`,
      form: `VoiceApplicationSid=${application}&SmsApplicationSid=${application}`,
    },
    callByApplication: {
      method: "POST",
      path: `${own}/Calls.json`,
      form: `To=%2B15551234567&From=%2B15550000001&ApplicationSid=${application}`,
    },
    sendByApplication: {
      method: "POST",
      path: `${own}/Messages.json`,
      form: `To=%2B15551234567&From=%2B15550000001&Body=x&ApplicationSid=${application}`,
    },
    deleteApplication: { method: "DELETE", path: `${own}/Applications/${application}.json` },
    makeService: {
      method: "POST",
      path: "/v1/Services",
      form: "FriendlyName=Alerts&StatusCallback=https%3A%2F%2Fgood.test%2Fservice",
    },
    setUpService: { method: "POST", path: v1, form: "StickySender=false&ValidityPeriod=600" },
    addNumber: { method: "POST", path: `${v1}/PhoneNumbers`, form: `PhoneNumberSid=${number}` },
    addName: { method: "POST", path: `${v1}/AlphaSenders`, form: "AlphaSender=ACME" },
    removeNumber: { method: "DELETE", path: `${v1}/PhoneNumbers/${number}` },
    listServices: { method: "GET", path: "/v1/Services?PageSize=1" },
    sendByService: {
      method: "POST",
      path: `${own}/Messages.json`,
      form: `To=%2B14155550100&MessagingServiceSid=${service}&Body=x`,
    },
    deleteService: { method: "DELETE", path: v1 },
    makeVerify: { method: "POST", path: "/v2/Services", form: "FriendlyName=Acme&CustomCodeEnabled=true" },
    setUpVerify: { method: "POST", path: v2, form: "CodeLength=8&DoNotShareWarningEnabled=true" },
    sendCode: { method: "POST", path: `${v2}/Verifications`, form: "To=%2B15551234567&Channel=sms" },
    sendOwnCode: {
      method: "POST",
      path: `${v2}/Verifications`,
      form: "To=%2B15551234567&Channel=whatsapp&CustomCode=4711",
    },
    checkCode: { method: "POST", path: `${v2}/VerificationCheck`, form: "To=%2B15551234567&Code=4711" },
    cancelCode: { method: "POST", path: `${v2}/Verifications/${verification}`, form: "Status=canceled" },
    cancelOther: { method: "POST", path: `${v2}/Verifications/${sid("VE", seed, 1)}`, form: "Status=canceled" },
    fetchCode: { method: "GET", path: `${v2}/Verifications/${verification}` },
    deleteVerify: { method: "DELETE", path: v2 },
    lookUp: { method: "GET", path: "/v2/PhoneNumbers/+15551234567?Fields=line_type_intelligence" },
    callbackTest: { method: "POST", path: "/callback-test?for=me", form: "MessageSid=SM1&MessageStatus=sent" },
    callbackTestRead: { method: "GET", path: "/callback-test/below" },
  } as const satisfies { readonly [name: string]: Order }
}

export type OrderName = keyof ReturnType<typeof ordersOf>

export const orderNames = Object.keys(ordersOf("", 1)) as ReadonlyArray<OrderName>
