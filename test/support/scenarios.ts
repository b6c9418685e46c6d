export { loadScenario } from "../../src/app/scenarios.ts"
