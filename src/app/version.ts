/** Put in by the build, by `tools/run.mjs` and by the test configuration. */
declare const __RINGBACK_VERSION__: string | undefined

/** The version of this build, as package.json states it; `0.0.0-source` where nothing put it in. */
export const version: string = typeof __RINGBACK_VERSION__ === "undefined" ? "0.0.0-source" : __RINGBACK_VERSION__
