import { javaStorePassword } from "./javaKeyStore.ts"
import type { TrustFiles } from "./trustFiles.ts"

/** How one system or program is told to trust the local CA. */
export interface TrustText {
  readonly name: string
  readonly title: string
  /** Commands and remarks, a line each. */
  readonly lines: ReadonlyArray<string>
}

/** How the CA is trusted everywhere it can be, with the files of this machine. Nothing here is done; it is told. */
export const trustTexts = ({ bundle, ca, java, php }: TrustFiles): ReadonlyArray<TrustText> => [
  {
    name: "debian",
    title: "Debian, Ubuntu (the system's store: curl, PHP, Ruby, Go, .NET, wget)",
    lines: [
      `sudo cp '${ca}' /usr/local/share/ca-certificates/ringback.crt`,
      "sudo update-ca-certificates",
      "# to take it back: sudo rm /usr/local/share/ca-certificates/ringback.crt && sudo update-ca-certificates --fresh",
    ],
  },
  {
    name: "fedora",
    title: "Fedora, RHEL, CentOS",
    lines: [
      `sudo cp '${ca}' /etc/pki/ca-trust/source/anchors/ringback.pem`,
      "sudo update-ca-trust",
      "# to take it back: sudo rm /etc/pki/ca-trust/source/anchors/ringback.pem && sudo update-ca-trust",
    ],
  },
  {
    name: "alpine",
    title: "Alpine",
    lines: [
      "apk add ca-certificates",
      `cp '${ca}' /usr/local/share/ca-certificates/ringback.crt`,
      "update-ca-certificates",
    ],
  },
  {
    name: "macos",
    title: "macOS (Safari, Chrome, Go, curl of the system)",
    lines: [
      `security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db '${ca}'`,
      `# to take it back: security remove-trusted-cert '${ca}'`,
    ],
  },
  {
    name: "windows",
    title: "Windows (PowerShell; .NET, Edge, Chrome, Go)",
    lines: [
      `Import-Certificate -FilePath '${ca}' -CertStoreLocation Cert:\\CurrentUser\\Root`,
      "# to take it back: Get-ChildItem Cert:\\CurrentUser\\Root | Where-Object Subject -match 'Ringback local CA' | Remove-Item",
    ],
  },
  {
    name: "node",
    title: "Node (adds it to what Node trusts; read when the process starts)",
    lines: [
      `export NODE_EXTRA_CA_CERTS='${ca}'`,
      "# for one agent alone: new https.Agent({ ca: fs.readFileSync(FILE) }); from Node 22.15 on --use-system-ca reads the system's store",
    ],
  },
  {
    name: "python",
    title: "Python (requests, and so Twilio's SDK; urllib, aiohttp, httpx by the second)",
    lines: [`export REQUESTS_CA_BUNDLE='${bundle}'`, `export SSL_CERT_FILE='${bundle}'`],
  },
  {
    name: "java",
    title: "Java (a trust store in place of the usual one, with the roots that Node knows)",
    lines: [
      `export JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=${java} -Djavax.net.ssl.trustStorePassword=${javaStorePassword} -Djavax.net.ssl.trustStoreType=JKS'`,
      `# or in the usual one: keytool -importcert -noprompt -cacerts -storepass ${javaStorePassword} -alias ringback -file '${ca}'`,
    ],
  },
  {
    name: "go",
    title: "Go (Linux; on macOS and Windows Go asks the system's store)",
    lines: [`export SSL_CERT_FILE='${bundle}'`],
  },
  { name: "ruby", title: "Ruby", lines: [`export SSL_CERT_FILE='${bundle}'`] },
  {
    name: "php",
    title: "PHP",
    lines: [
      `export PHP_INI_SCAN_DIR=:'${php}'`,
      `# that folder's ringback.ini sets curl.cainfo and openssl.cafile to ${bundle}; on Windows a ; stands for the :`,
    ],
  },
  {
    name: "dotnet",
    title: ".NET (Linux; on macOS and Windows .NET asks the system's store)",
    lines: [`export SSL_CERT_FILE='${bundle}'`],
  },
  {
    name: "firefox",
    title: "Firefox (has a store of its own)",
    lines: [
      "# Settings, Privacy & Security, Certificates, View Certificates, Authorities, Import: then trust it for websites",
      `# the file: ${ca}`,
      "# or let Firefox take the system's: security.enterprise_roots.enabled in about:config",
    ],
  },
]
