import { isGroup } from "./group.ts"

/*
 * JSON merge patches (RFC 7396): groups are merged, null takes a key away, anything else replaces what was there.
 */

/** Groups of settings lie no deeper; below, a patch stands for itself. */
const depthMax = 8

/** The target as the patch makes it. */
export const mergePatch = (target: unknown, patch: unknown, depth = 0): unknown => {
  if (!isGroup(patch) || depth > depthMax) return patch
  const result = new Map(Object.entries(isGroup(target) ? target : {}))
  for (const [key, value] of Object.entries(patch))
    if (value === null) result.delete(key)
    else result.set(key, mergePatch(result.get(key), value, depth + 1))
  return Object.fromEntries(result)
}

/** The patch that makes one group the other; undefined when they are the same. Neither holds a null. */
export const patchBetween = (from: unknown, to: unknown, depth = 0): unknown => {
  if (!isGroup(from) || !isGroup(to) || depth > depthMax)
    return JSON.stringify(from) === JSON.stringify(to) ? undefined : to
  const patch = new Map<string, unknown>()
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) patch.set(key, null)
  for (const [key, value] of Object.entries(to)) {
    const inner = Object.hasOwn(from, key) ? patchBetween(from[key], value, depth + 1) : value
    if (inner !== undefined) patch.set(key, inner)
  }
  return patch.size === 0 ? undefined : Object.fromEntries(patch)
}
