import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { verbs } from "../../src/cli/commandLine.ts"
import { packedPages } from "../support/packed.ts"
import { blocksOf, documents, read, unfenced } from "./blocks.ts"
import { playPage, unusedFiles } from "./play.ts"

/* Every block of code of every document is run, or read by what it is for: CONTRIBUTING.md says how. */

describe("documents", () => {
  const withBlocks = documents.filter((document) => blocksOf(read(document)).length > 0)

  it("have blocks", () => assertTrue(withBlocks.length > 10, `only ${withBlocks.length} have`))

  for (const document of withBlocks) it(`${document} does what it shows`, () => playPage(document, read(document)))

  it("show commands in blocks alone", () =>
    deepStrictEqual(
      documents.flatMap((document) => unfenced(read(document)).map((line) => `${document}: ${line}`)),
      [],
    ))

  it("show every verb of the command line at work", () => {
    const shown = documents.flatMap((document) =>
      blocksOf(read(document))
        .filter(({ language, said }) => ["sh", "console"].includes(language) && said["not run"] === undefined)
        .flatMap(({ text }) =>
          [...text.matchAll(/^(?:\$ )?(?:npx )?ringback ([a-z]+)/gm)].map(([, verb = ""]) => verb),
        ),
    )
    deepStrictEqual(
      Object.keys(verbs).filter((verb) => verb !== "serve" && !shown.includes(verb)),
      [],
    )
  })

  it("say why a block is not run", () =>
    deepStrictEqual(
      documents.flatMap((document) =>
        blocksOf(read(document))
          .filter(({ said }) => said["not run"] !== undefined && said["not run"].length < 10)
          .map(({ line }) => `${document}:${line}`),
      ),
      [],
    ))

  it("show no file of code that nothing runs", () =>
    deepStrictEqual(
      documents
        .filter((document) => ![...packedPages, "docs/adding-a-carrier.md"].includes(document))
        .flatMap((document) => unusedFiles(read(document)).map((name) => `${document}: ${name}`)),
      [],
    ))
})
