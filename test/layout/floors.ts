import type { SourceFile } from './imports'

// Parts of a folder, from top to bottom: an import may only point to a lower floor, or stay within its
// part. A part is a file, a pattern such as `*/routes.ts`, a sub-folder, or `.`: the folder's own files.
// Of several that fit a path, the first kind in this order counts.
export type Floors = readonly (readonly string[])[]

/** The floors of `src`. */
export const FLOORS: Floors = [
  ['main.ts'],
  ['cli'],
  ['http/clients-app.ts'],
  ['http/app.ts'],
  ['services.ts'],
  ['web'],
  ['health'],
  ['http/boundary.ts', 'http/guards.ts', 'http/security-headers.ts'],
  ['gateway'],
  ['statistics', 'history', 'archive'],
  ['listening'],
  ['actions'],
  ['mopidy', 'accounts'],
  ['database'],
  ['config.ts'],
  ['config'],
  ['http'],
  ['demo'],
  ['listeners.ts'],
  ['guard.ts'],
  ['errors.ts', 'log.ts', 'clock.ts', 'json.ts', 'version.ts', 'mopidy/describe.json'],
]

/** The part that a path belongs to; undefined when the floors name none. */
export function partOf(path: string, floors: Floors): string | undefined {
  const fitting = floors.flat().filter((part) => fits(path, part))
  return fitting.sort((a, b) => rankOf(b) - rankOf(a) || b.length - a.length)[0]
}

function fits(path: string, part: string): boolean {
  if (part === '.') return !path.includes('/')
  if (part.includes('*')) return new Bun.Glob(part).match(path)
  return path === part || path.startsWith(`${part}/`)
}

function rankOf(part: string): number {
  if (part === '.') return 0
  if (part.includes('*')) return 2
  return /\.[a-z]+$/.test(part) ? 3 : 1
}

/** The number of a path's floor, counted from the top; -1 without one. */
export function floorOf(path: string, floors: Floors): number {
  const part = partOf(path, floors)
  return floors.findIndex((floor) => part !== undefined && floor.includes(part))
}

/** A sentence for each import that points to the same floor or up. `folder` holds the files, like `src`. */
export function upwardImports(
  folder: string,
  files: readonly SourceFile[],
  floors: Floors,
): string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter((target) => partOf(target, floors) !== partOf(path, floors))
      .filter((target) => floorOf(target, floors) <= floorOf(path, floors))
      .map(
        (target) =>
          `${folder}/${path} imports ${folder}/${target}, but in ${folder} the part ` +
          `"${partOf(path, floors)}" may only import parts below it, and ` +
          `"${partOf(target, floors)}" is not below it (${tableOf(folder)}): move the file into the ` +
          'part that it belongs to, or let a part above both pass a function in.',
      ),
  )
}

/** A sentence for each file or sub-folder that the floors do not name. */
export function withoutFloor(
  folder: string,
  files: readonly SourceFile[],
  floors: Floors,
): string[] {
  return files
    .filter(({ path }) => partOf(path, floors) === undefined)
    .map(
      ({ path }) =>
        `${folder}/${path} stands on no floor of ${folder}, so nothing says what it may import: ` +
        `move the file into a part that is named, or name its sub-folder in ${tableOf(folder)}.`,
    )
}

/** A sentence for each part that no file fits, so that the table does not keep names of the past. */
export function emptyParts(folder: string, files: readonly SourceFile[], floors: Floors): string[] {
  const targets = files.flatMap(({ path, imports }) => [path, ...imports])
  const present = new Set(targets.map((path) => partOf(path, floors)))
  return floors
    .flat()
    .filter((part) => !present.has(part))
    .map(
      (part) =>
        `${tableOf(folder)} names the part "${part}" of ${folder}, but no file belongs to it: remove ` +
        'it, or give it the new name.',
    )
}

/** The file with the floors of a folder. */
function tableOf(folder: string): string {
  return folder === 'src' ? 'test/layout/floors.ts' : 'test/layout/sub-folders.ts'
}
