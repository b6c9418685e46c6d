// Preloaded into a server (`node --require`): the host's wall clock is off by as many ms as a file says, read at the start and at
// SIGUSR2. Its monotonic clock goes on as it is.
const { readFileSync } = require("node:fs")

const Real = Date
let offMs = 0
const read = () => {
  offMs = Number(readFileSync(process.env.RINGBACK_CLOCK_OFF, "utf8"))
}
read()
process.on("SIGUSR2", read)

globalThis.Date = class Off extends Real {
  constructor(...given) {
    if (given.length === 0) super(Off.now())
    else super(...given)
  }

  static now() {
    return Real.now() + offMs
  }
}
