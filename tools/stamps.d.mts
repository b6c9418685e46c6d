interface PackageLock {
  readonly packages?: Readonly<Record<string, PackageInLock>>
}
interface PackageInLock {
  readonly version?: string
  readonly integrity?: string
  readonly optional?: boolean
  readonly devOptional?: boolean
}

export declare const sha256: (data: string | Uint8Array) => string
export declare const nativeKey: (versions?: { readonly modules: string }, platform?: string, arch?: string) => string
export declare const sameTree: (wanted: PackageLock, installed: PackageLock) => boolean
export declare const buildInputs: (root: string) => ReadonlyArray<string>
export declare const quickPrint: (root: string, files: ReadonlyArray<string>) => string
export declare const contentPrint: (root: string, files: ReadonlyArray<string>) => string
