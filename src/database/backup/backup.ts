import type { Database as Sqlite } from 'bun:sqlite'
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { HOUR_MS } from '../../clock'
import { reasonOf, StartError } from '../../errors'
import { sync } from '../file-sync'
import { type Inspection, identify, inspect, isDamage, withFile } from '../inspection'
import { asOwnerOf, ownerOf } from '../owner'
import { copyTo } from './opened-backup'

/** Milliseconds after which a draft counts as left behind by a backup that was killed. */
const STALE_MS = HOUR_MS
const DRAFT = /^(.+)\.[0-9a-f]{8}\.tmp$/
/** The names that `backUpInto` gives; it removes no other files. */
export const NAMED_BY_TIME = /^musakone-\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z\.db$/

/**
 * Copies the database at `path` into `file`, with mode 0600. The copy is checked for damage, is on the disk
 * when this returns, and appears only when it is complete. A service on the database goes on writing. Root
 * does in each folder what is to be done there as its owner.
 * @throws {StartError} in one line; then nothing is left behind.
 */
export function backUp(path: string, file: string, { replace = false } = {}): Inspection {
  const [source, target] = [ownerOf(path)?.uid, ownerOf(file)?.uid]
  const make = (draw: (draft: string) => void) => write(path, file, replace, draw)
  if (source === target) return asOwnerOf(file, () => make((draft) => copyOut(path, draft)))
  // The owner of the database may not write in the other folder: the copy is made beside the database.
  const beside = `${path}.${randomName()}.tmp`
  try {
    const copied = asOwnerOf(path, () => {
      if (!existsSync(path)) throw noDatabase(path)
      copyOut(path, beside)
      return openSync(beside, constants.O_RDONLY | constants.O_NOFOLLOW)
    })
    try {
      return asOwnerOf(file, () => make((draft) => copyTo(copied, draft)))
    } finally {
      closeSync(copied)
    }
  } catch (error) {
    if (error instanceof StartError) throw new StartError(error.message.replaceAll(beside, file))
    throw new StartError(`cannot copy the database ${path}: ${reasonOf(error)}`)
  } finally {
    asOwnerOf(path, () => removeWithSideFiles(beside))
  }
}

/** Writes a backup by way of a draft, which `draw` makes. */
function write(
  path: string,
  file: string,
  replace: boolean,
  draw: (draft: string) => void,
): Inspection {
  checkTarget(path, file, replace)
  removeStaleDrafts(file)
  const draft = `${file}.${randomName()}.tmp`
  try {
    draw(draft)
    const inspection = withFile(draft, (sqlite) => inspect(draft, sqlite))
    sync(draft)
    renameSync(draft, file)
    sync(dirname(file))
    return inspection
  } catch (error) {
    removeWithSideFiles(draft)
    if (error instanceof StartError) throw new StartError(error.message.replaceAll(draft, file))
    throw new StartError(`cannot write the backup ${file}: ${reasonOf(error)}`)
  }
}

/**
 * Backs up into a folder under a name made of the time, and removes all but the `keep` newest such files.
 * @throws {StartError} in one line; then no older backup is removed.
 */
export function backUpInto(
  path: string,
  directory: string,
  { keep, now }: { keep: number; now: Date },
): Inspection & { file: string; removed: string[] } {
  const name = nameByTime(now)
  const file = join(directory, name)
  try {
    asOwnerOf(directory, () => mkdirSync(directory, { recursive: true, mode: 0o700 }))
  } catch (error) {
    throw new StartError(`cannot make the folder ${directory}: ${reasonOf(error)}`)
  }
  const inspection = backUp(path, file, { replace: true })
  return { ...inspection, file, removed: asOwnerOf(file, () => thinOut(directory, name, keep)) }
}

function checkTarget(path: string, file: string, replace: boolean): void {
  if (!existsSync(path)) throw noDatabase(path)
  if (!existsSync(dirname(file))) throw new StartError(`there is no folder ${dirname(file)}`)
  if (!existsSync(file)) return
  if (!statSync(file).isFile()) throw new StartError(`${file} is not a file: see --directory`)
  if (existsSync(path) && realpathSync(path) === realpathSync(file))
    throw new StartError(`${file} is the database itself: choose another name`)
  if (!replace)
    throw new StartError(`${file} is already there: choose another name, or use --force`)
}

const noDatabase = (path: string) =>
  new StartError(
    `there is no database at ${path}: give the service's with DATABASE_PATH or --database`,
  )

/** Copies the database at `path` into a file that is not there, or is empty, in one consistent state. */
function copyOut(path: string, draft: string): void {
  if (!existsSync(draft)) closeSync(openSync(draft, 'wx', 0o600))
  withFile(path, (sqlite) => {
    identify(path, sqlite)
    copy(sqlite, draft)
  })
}

const randomName = () => crypto.randomUUID().slice(0, 8)

function removeWithSideFiles(path: string): void {
  for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${path}${end}`, { force: true })
}

function copy(sqlite: Sqlite, draft: string): void {
  try {
    sqlite.query('VACUUM INTO $draft').run({ draft })
  } catch (error) {
    if (isDamage(error)) throw error
    // The error means the disk of the backup, not that of the database.
    throw new StartError(`cannot write the backup ${draft}: ${reasonOf(error)}`)
  }
}

/** Removes drafts that a killed backup has left of this file, or of one named by time. */
function removeStaleDrafts(file: string): void {
  const folder = dirname(file)
  for (const name of readdirSync(folder)) {
    const [, of] = DRAFT.exec(name) ?? []
    if (of === undefined || (of !== basename(file) && !NAMED_BY_TIME.test(of))) continue
    const draft = join(folder, name)
    if (Date.now() - statSync(draft).mtimeMs > STALE_MS) rmSync(draft, { force: true })
  }
}

/** `musakone-2026-11-22T23-50-00Z.db` */
function nameByTime(now: Date): string {
  return `musakone-${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`
}

/** Removes all but the `keep` newest backups that are named by time, and never `made`; returns their names. */
function thinOut(directory: string, made: string, keep: number): string[] {
  const surplus = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && NAMED_BY_TIME.test(entry.name))
    .map(({ name }) => name)
    // After a clock was set back, the new backup may have the oldest name.
    .filter((name) => name !== made)
    .sort()
    .reverse()
    .slice(keep - 1)
  for (const name of surplus) rmSync(join(directory, name), { force: true })
  return surplus
}
