import type { Session } from "node:inspector/promises"

/** Which part of the functions of some files, of those that have names, has been called since a session began to count. */
export const calledShare = async (
  session: Session,
  counts: (path: string) => boolean,
): Promise<{ readonly files: number; readonly share: number; readonly uncalled: ReadonlyArray<string> }> => {
  const { result } = await session.post("Profiler.takePreciseCoverage")
  const scripts = result.filter(({ url }) => counts(url) && !/\.(?:test|contract)\.ts$/.test(url))
  const functions = scripts.flatMap(({ functions: all, url }) =>
    all
      // The test runner gives each export a getter, without a name or of this one. Fields of classes are no functions.
      .filter(({ functionName }) => !["", "get", "<instance_members_initializer>"].includes(functionName))
      .map(({ functionName, ranges }) => ({
        name: `${url.replace(/^.*\/src\//, "")} ${functionName}`,
        count: ranges[0]?.count ?? 0,
      })),
  )
  const uncalled = functions.filter(({ count }) => count === 0).map(({ name }) => name)
  return { files: scripts.length, share: 1 - uncalled.length / functions.length, uncalled }
}
