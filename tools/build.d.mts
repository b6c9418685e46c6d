import type { BuildOptions } from "esbuild"

export function common(root: string): BuildOptions
export function versionOf(root: string): string
