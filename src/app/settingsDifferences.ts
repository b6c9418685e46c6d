import { canonical, type Json, type JsonObject } from "../core/canonical.ts"
import { isGroup } from "../core/group.ts"
import type { SettingsDifference } from "../server/Exchange.ts"

/** Where two settings differ, group by group; lists are compared whole. */
export const settingsDifferences = (from: JsonObject, to: JsonObject): ReadonlyArray<SettingsDifference> =>
  below("", from, to)

const below = (path: string, from: Json | undefined, to: Json | undefined): ReadonlyArray<SettingsDifference> => {
  if (from !== undefined && to !== undefined && canonical(from) === canonical(to)) return []
  if (!isGroup(from) || !isGroup(to)) return [{ path, from, to }]
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .sort()
    .flatMap((key) => below(path === "" ? key : `${path}.${key}`, own(from, key), own(to, key)))
}

const own = (group: JsonObject, key: string): Json | undefined => (Object.hasOwn(group, key) ? group[key] : undefined)
