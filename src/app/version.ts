/** Put in by the build, by `tools/run.mjs` and by the test configuration. */
declare const __RINGBACK_VERSION__: string | undefined

/** The version of this build, as package.json states it; `0.0.0-source` where nothing put it in. */
export const version: string = typeof __RINGBACK_VERSION__ === "undefined" ? "0.0.0-source" : __RINGBACK_VERSION__

/** Put in by the build. */
declare const __RINGBACK_BUILD__: string | undefined

/** A hash of everything this build is made of, rules included; undefined when run from source. */
export const buildHash: string | undefined = typeof __RINGBACK_BUILD__ === "undefined" ? undefined : __RINGBACK_BUILD__
