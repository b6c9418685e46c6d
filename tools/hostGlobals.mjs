// Stands for these globals wherever the library for tests names them: kept when it is loaded, so that fake timers of a test, which
// replace the globals, stop the application's clock and not the exchange's server.
export const {
  clearImmediate,
  clearInterval,
  clearTimeout,
  // biome-ignore lint/suspicious/noShadowRestrictedNames: standing for the global is what it is for
  Date,
  performance,
  queueMicrotask,
  setImmediate,
  setInterval,
  setTimeout,
} = globalThis
