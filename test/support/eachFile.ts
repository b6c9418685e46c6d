import { afterAll } from "vitest"
import { endFile } from "./endOfFile.ts"

// Vitest runs this before each file of tests.
afterAll(endFile)
