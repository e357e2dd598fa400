import { dirname } from 'node:path'
import type { Floors } from './floors'
import type { SourceFile } from './imports'

/** The floors within each folder of `src` that has sub-folders; see floors.ts for how to read them. */
export const SUB_FOLDERS: Readonly<Record<string, Floors>> = {
  accounts: [
    ['routes.ts', '*/routes.ts', '*/registration-routes.ts'],
    ['door/auth.ts', 'users/asked-user.ts'],
    ['accounts.ts'],
    ['own-account.ts'],
    ['door'],
    ['invites', 'keys'],
    ['users/administration.ts', 'users/first-admin.ts', 'sessions/proxy-login.ts'],
    ['users/actor.ts', 'passwords'],
    ['sessions'],
    ['users'],
    ['roles'],
    ['log'],
    ['.'],
    ['users/model.ts'],
    ['passwords/new-password.ts'],
    ['users/name.ts', 'passwords/common-passwords.txt', 'roles/limits.ts'],
    ['roles/role.ts'],
  ],
  archive: [['routes.ts', 'brought-routes.ts'], ['archive.ts'], ['import'], ['.']],
  actions: [['.'], ['recorder'], ['classify.ts'], ['before.ts']],
  cli: [['command-line.ts'], ['doctor', '.'], ['health.ts'], ['terminal'], ['service']],
  database: [['backup'], ['.'], ['migrations']],
  demo: [
    ['mopidy.ts'],
    ['server'],
    ['core'],
    ['playback'],
    ['tracklist'],
    ['library'],
    ['models', 'clock.ts'],
  ],
  gateway: [
    ['routes.ts', '*/routes.ts'],
    ['gateway.ts'],
    ['origin'],
    ['incoming.ts', 'proxy', 'room'],
    ['dialects/conversation.ts'],
    ['sockets'],
    ['dialects'],
    ['relay'],
  ],
  http: [['clients-app.ts'], ['app.ts'], ['.'], ['network']],
  health: [['box'], ['findings', 'metrics', '.']],
  listening: [['routes.ts'], ['listening.ts'], ['playback-state.ts'], ['plays'], ['.']],
  mopidy: [
    ['mirror.ts', 'turns.ts'],
    ['chunked-add.ts'],
    ['line'],
    ['.'],
    ['connection', 'methods'],
    ['models.ts', 'events.ts'],
    ['parameters.ts'],
    ['jsonrpc.ts'],
    ['reply-form.ts'],
  ],
  statistics: [
    ['routes.ts', '*/routes.ts'],
    ['statistics.ts'],
    ['days'],
    ['.'],
    ['tops'],
    ['time/hours.ts'],
    ['edge-rows.ts', 'model.ts', 'event-loop.ts'],
    ['time'],
  ],
  web: [['join', 'login', 'page'], ['.'], ['page/address/screens.ts']],
  'web/page': [
    ['main.tsx'],
    ['opening/lazy.tsx'],
    ['screen'],
    ['shell'],
    ['room', 'account'],
    ['admin'],
    ['listening', 'search'],
    ['playlists/playlists-screen.tsx'],
    ['browse'],
    ['playing'],
    ['queue'],
    ['playlists'],
    ['controls/rows/song-list.tsx'],
    ['controls/rows/song-row.tsx'],
    ['queue/adding.ts', 'playlists/collecting.ts'],
    ['playlists/playlists.ts'],
    ['queue/queue.ts', 'playing/player.ts'],
    ['controls'],
    ['shell/toasts.ts', 'shell/incognito.ts', 'library', 'address'],
    ['opening'],
    ['address/screens.ts'],
    ['connection'],
    ['shell/account-sheet.ts', 'shell/confirming.ts', 'time', 'opening/calm.ts'],
    ['language'],
    ['look'],
  ],
  'web/page/controls': [['rows', 'forms'], ['.']],
  'web/page/admin': [
    ['admin-screen.tsx'],
    ['first-start.tsx'],
    ['box', 'invites', 'people'],
    ['.'],
  ],
  'web/page/listening': [
    ['listening-screen.tsx'],
    ['history', 'my-data', 'review'],
    ['figures'],
    ['.'],
  ],
}

/** The files below a folder, with their paths and imports as seen from it. */
export function filesWithin(files: readonly SourceFile[], folder: string): SourceFile[] {
  const below = (path: string) => path.startsWith(`${folder}/`)
  const inside = (path: string) => path.slice(folder.length + 1)
  return files
    .filter(({ path }) => below(path))
    .map(({ path, text, imports }) => ({
      path: inside(path),
      text,
      imports: imports.filter(below).map(inside),
    }))
}

/** A sentence for each folder with sub-folders that the table lacks, and for each in it that is gone. */
export function tableProblems(
  files: readonly SourceFile[],
  table: Readonly<Record<string, Floors>>,
): string[] {
  const parents = files.map(({ path }) => dirname(dirname(path))).filter((path) => path !== '.')
  const present = new Set(parents)
  const missing = [...present].filter((folder) => table[folder] === undefined)
  const gone = Object.keys(table).filter((folder) => !present.has(folder))
  return [
    ...missing.map(
      (folder) =>
        `src/${folder} has sub-folders, and nothing says which may import which: give it a line in ` +
        'test/layout/sub-folders.ts, or put its files into one folder.',
    ),
    ...gone.map(
      (folder) =>
        `test/layout/sub-folders.ts has a line for src/${folder}, which has no sub-folders: ` +
        'remove the line, or give it the new name of the folder.',
    ),
  ]
}

/** The most source files in one folder: more can no longer be taken in at a glance. */
export const MOST_FILES = 16

/** A sentence for each folder with too many files of its own. */
export function crowdedFolders(paths: readonly string[], most = MOST_FILES): string[] {
  const counts = new Map<string, number>()
  for (const path of paths) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count > most)
    .map(
      ([folder, count]) =>
        `src/${folder} has ${count} source files, and a folder may have ${most}: move those of one ` +
        'noun into a sub-folder, or into the folder whose noun they are.',
    )
}
