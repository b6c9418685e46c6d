import * as os from "node:os"
import * as path from "node:path"

/**
 * Where what belongs to this machine's user and to no run is kept, such as the local CA.
 *
 * Source  XDG Base Directory Specification: $XDG_STATE_HOME, or ~/.local/state; a relative path counts as none
 */
export const stateFolder = (): string => {
  const { LOCALAPPDATA, XDG_STATE_HOME } = process.env
  if (XDG_STATE_HOME !== undefined && path.isAbsolute(XDG_STATE_HOME)) return path.join(XDG_STATE_HOME, "ringback")
  return process.platform === "win32" && LOCALAPPDATA !== undefined && LOCALAPPDATA !== ""
    ? path.join(LOCALAPPDATA, "ringback")
    : path.join(os.homedir(), ".local", "state", "ringback")
}
