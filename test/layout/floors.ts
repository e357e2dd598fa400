import type { SourceFile } from './imports'

/**
 * From top to bottom: an import may only point further down, or stay within its part. A part is a folder
 * or a file; of several that fit a path, the longest counts.
 */
export const FLOORS: readonly (readonly string[])[] = [
  ['main.ts'],
  ['cli'],
  ['http/app.ts'],
  ['services.ts'],
  ['web'],
  ['health'],
  ['http/guards.ts', 'http/security-headers.ts'],
  ['gateway'],
  ['statistics', 'history', 'archive'],
  ['listening'],
  ['actions'],
  ['demo'],
  ['mopidy', 'accounts'],
  ['database'],
  ['config.ts'],
  ['http'],
  ['errors.ts', 'log.ts', 'clock.ts', 'json.ts', 'version.ts'],
]

/** The part of the floors that a path belongs to. */
export function partOf(path: string): string {
  const parts = FLOORS.flat().filter((part) => path === part || path.startsWith(`${part}/`))
  return parts.sort((a, b) => b.length - a.length)[0] ?? ''
}

/** The number of a path's floor, counted from the top; -1 without one. */
export function floorOf(path: string): number {
  return FLOORS.findIndex((floor) => floor.includes(partOf(path)))
}

/** The imports that point to the same floor or up, as `from → to`. */
export function upwardImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter((target) => partOf(target) !== partOf(path))
      .filter((target) => floorOf(target) <= floorOf(path))
      .map((target) => `${path} → ${target}`),
  )
}
