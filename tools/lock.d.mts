export declare const takeLock: (folder: string, onWait?: () => void) => Promise<() => void>
