import { createServer } from "node:http"
import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import { examplesOf, runExamples } from "../support/docsExamples.ts"
import { newFolder } from "../support/folder.ts"

describe("docs/traffic.md", () => {
  const examples = examplesOf("traffic.md")

  it("has examples of every command", () => {
    for (const command of ["traffic import", "compare", "traffic to-scenario", "traffic replay"])
      strictEqual(
        examples.some((each) => each.command.startsWith(`ringback ${command} `)),
        true,
        command,
      )
  })
  it("prints what its examples say", async () => {
    // The application of the page, which answers 200 where it once answered 204.
    const application = createServer((_, response) => response.end("")).listen(0, "127.0.0.1")
    try {
      await new Promise((resolve) => application.once("listening", resolve))
      const { port } = application.address() as { readonly port: number }
      const own = examples.map(({ command, printed }) => ({
        command: command.replace("http://localhost:3000", `http://127.0.0.1:${port}`),
        printed,
      }))
      await runExamples(own, newFolder())
    } finally {
      application.close()
    }
  })
})
