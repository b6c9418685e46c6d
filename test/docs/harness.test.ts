import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { blocksOf, unfenced } from "./blocks.ts"
import { playPage, unusedFiles } from "./play.ts"
import { isPrinted } from "./printed.ts"

/* What plays documents finds what is wrong in them. */

const block = (language: string, text: string, above = ""): string =>
  `Text.\n\n${above}\`\`\`${language}\n${text}\n\`\`\`\n\nText.\n`

const fault = (page: string): Promise<string> =>
  playPage("page.md", page, { patienceMs: 100 }).then(
    () => "nothing is wrong",
    (error: Error) => error.message,
  )

describe("blocks of a page", () => {
  it("have a line, a language, a name, and what comments above them say", () =>
    deepStrictEqual(
      blocksOf(block("ts", "// a.test.ts\nconst a = 1", "<!-- before: b\nc -->\n<!-- not run: why -->\n")),
      [
        {
          line: 7,
          language: "ts",
          text: "// a.test.ts\nconst a = 1\n",
          name: "a.test.ts",
          said: { before: "b\nc", "not run": "why" },
        },
      ],
    ))

  it("lie in lists, too", () => strictEqual(blocksOf("- a\n\n  ```sh\n  echo 1\n  ```\n")[0]?.text, "echo 1\n"))

  it("are missed where commands are only indented", () =>
    deepStrictEqual(unfenced("a\n\n    npm start\n\n```sh\n    npm test\n```\n"), ["    npm start"]))

  it("name files that something runs", () => {
    strictEqual(unusedFiles(block("js", "// a.mjs\n1")).length, 1)
    strictEqual(unusedFiles(block("js", "// a.mjs\n1") + block("sh", "node a.mjs")).length, 0)
  })
})

describe("what is printed", () => {
  it("is the same but for holes", () => {
    for (const [printed, text, same] of [
      ["a b", "a b\n", true],
      ["a b", "a c", false],
      ["a b", "a b\nc", false],
      ["a …c", "a b c", true],
      ["a …", "a\nb", false],
      ["a\n…", "a", true],
      ["a\n…", "a\nb\nc", true],
      ["a\n…\nd", "a\nd", true],
      ["a\n…\nd", "a\nb\nc", false],
      ["…\nd", "d", true],
      ["…", "", true],
      ["(a) [b]", "(a) [b]", true],
    ] as const)
      strictEqual(isPrinted(printed, text), same, `${printed} / ${text}`)
  })
})

describe("a page", () => {
  it("fails where a server it starts does not start, whatever that is said to print", async () => {
    const why = await fault(block("console", "$ ringback serve --pace never\n…"))
    assertTrue(why.startsWith("page.md:4: ringback serve --pace never ended with 2"), why)
  })

  it("waits for each server that it starts, and knows what each has said", async () => {
    const app = (says: string) =>
      block(
        "js",
        `// app.mjs\nimport http from "node:http"\nhttp.createServer((_, r) => r.end("${says}")).listen(3000, () => console.log("${says}"))`,
      )
    const start = (says: string) =>
      block("console", `$ node app.mjs\n${says}\n$ curl -s http://localhost:3000\n${says}`)
    strictEqual(await fault(app("one") + start("one") + app("two") + start("two")), "nothing is wrong")
    const serve = block(
      "console",
      "$ ringback serve\n…\n$ curl -s -o /dev/null -w '%{http_code}' localhost:8080/health\n200",
    )
    strictEqual(await fault(serve + serve), "nothing is wrong")
  })

  it("fails where an application finds its port taken, whoever answers there", async () => {
    const app = (name: string) =>
      block("js", `// ${name}\nimport http from "node:http"\nhttp.createServer((_, r) => r.end("hi")).listen(3000)`)
    const why = await fault(
      app("one.mjs") +
        app("two.mjs") +
        block("console", "$ node one.mjs\n$ node two.mjs\n$ curl -s http://localhost:3000\nhi"),
    )
    assertTrue(why.includes("node two.mjs ended with 1") && why.includes("EADDRINUSE"), why)
  })

  it("fails where a script fails", async () =>
    assertTrue((await fault(block("sh", "echo one\nfalse"))).startsWith("page.md:4: ended with 1\none")))

  it("fails where something else is printed", async () =>
    assertTrue((await fault(block("console", "$ echo one\ntwo"))).startsWith("page.md:4: echo one")))

  it("fails where a module prints something else, or throws", async () => {
    assertTrue((await fault(block("ts", "console.log(1 as number) // 2"))).includes("page.md:4: what it prints"))
    assertTrue((await fault(block("js", 'throw new Error("no")'))).includes("page.md:4: ended with 1"))
    strictEqual(await fault(block("js", "console.log(a) // 2", "<!-- before: const a = 2 -->\n")), "nothing is wrong")
  })

  it("fails where settings, scenarios, JSON and XML are wrong", async () => {
    assertTrue((await fault(block("yaml", "twilio: { media: none }"))).includes("expected generate or fetch"))
    assertTrue((await fault(block("yaml", "steps: []\nexpect: [{ message: {}, exactly: 1 }]"))).includes("page.md:4"))
    assertTrue((await fault(block("json", "{"))).includes("page.md:4"))
    assertTrue((await fault(block("xml", "<a>"))).includes("page.md:4"))
  })

  it("takes YAML of others as it is, and fails where a command names what is not there", async () => {
    strictEqual(await fault(block("yaml", "- run: npm ci\n- uses: actions/checkout@v4")), "nothing is wrong")
    strictEqual(await fault(block("yaml", "jobs: { test: {} }")), "nothing is wrong")
    assertTrue((await fault(block("yaml", "twilioo: {}"))).startsWith("page.md:4"))
    assertTrue((await fault(block("sh", "npm run nothing"))).includes("no script nothing"))
    assertTrue((await fault(block("sh", "docker compose -f none.yaml up"))).includes("no file none.yaml"))
  })

  it("fails where a block has no language, or one that nothing is done with", async () => {
    strictEqual(await fault(block("", "a")), "page.md:4: the block names no language; text is that of figures")
    strictEqual(await fault(block("cobol", "a")), "page.md:4: nothing is done with cobol")
  })

  it("keeps variables, the folder and what goes on from one block to the next", async () =>
    strictEqual(
      await fault(
        [
          block("sh", "export A=1\nmkdir inner\ncd inner"),
          block("console", '$ echo $A "$(basename "$PWD")"\n1 inner'),
          block(
            "js",
            '// app.mjs\nimport http from "node:http"\nhttp.createServer((_, r) => r.end("hi")).listen(3000)',
          ),
          block("console", "$ node ../app.mjs\n$ curl -s http://localhost:3000\nhi"),
        ].join("\n"),
      ),
      "nothing is wrong",
    ))

  it("fails where what goes on does not say in the end what it is said to", async () => {
    const page = block("console", "$ ringback serve\nRingback … listens on http://127.0.0.1:8081\n…")
    assertTrue((await fault(page)).startsWith("page.md:4: ringback serve"))
    strictEqual(await fault(page.replace("8081", "8080")), "nothing is wrong")
  })
})
