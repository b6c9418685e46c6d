import { join } from "node:path"
import { assertTrue } from "@effect/vitest/utils"
import { it } from "vitest"
import { libraryFiles } from "../tools/libraries.mjs"

it("The libraries' declarations can be made file by file, without looking at other files' types", async () => {
  const names: ReadonlyArray<string> = (await libraryFiles(join(import.meta.dirname, ".."))).map(({ name }) => name)
  for (const name of ["client.d.mts", "client.d.cts", "testing.d.mts", "testing.d.cts"])
    assertTrue(names.includes(name))
})
