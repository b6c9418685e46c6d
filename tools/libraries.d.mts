export const libraryFiles: (root: string) => Promise<ReadonlyArray<{ readonly name: string; readonly bytes: string }>>
