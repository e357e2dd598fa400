import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  linkSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf, StartError } from '../../errors'
import { sync } from '../file-sync'
import { type Inspection, inspect, withFile } from '../inspection'
import { lockInstance } from '../instance-lock'

type Restored = Inspection & {
  /** Where the database that was there before is now; absent when there was none. */
  before: string | undefined
}

/** What SQLite keeps beside a database. */
const SIDE_FILES = ['-wal', '-shm', '-journal']

/**
 * Puts a backup in the place of the database at `path`, which keeps its owner; the old one stays beside
 * it. Nobody ever finds half a database there, and what does not succeed changes nothing.
 * @throws {StartError} in one line: when a service runs on the database, or the backup is none.
 */
export function restore(file: string, path: string, now: Date): Restored {
  const isNew = !existsSync(path)
  const target = isNew ? path : realpathSync(path)
  if (existsSync(file) && realpathSync(file) === target)
    throw new StartError(`${file} is the database itself: name a backup`)
  const draft = `${target}.restoring`
  const inspection = readBackup(file, target, draft)
  try {
    const owner = statSync(isNew ? dirname(target) : target)
    if (isNew) closeSync(openSync(target, 'ax', 0o600))
    const release = lock(target, owner)
    try {
      own(draft, owner)
      sync(draft)
      const before = isNew ? undefined : keepOld(target, now)
      renameSync(draft, target)
      sync(dirname(target))
      return { ...inspection, before }
    } finally {
      release()
    }
  } catch (error) {
    if (isNew && existsSync(target) && statSync(target).size === 0) rmSync(target)
    if (error instanceof StartError) throw error
    throw new StartError(`cannot restore ${path}: ${reasonOf(error)}`)
  } finally {
    removeWithSideFiles(draft)
  }
}

/** Copies the backup beside the database, where it is looked through; the backup stays as it is. */
function readBackup(file: string, target: string, draft: string): Inspection {
  try {
    if (!existsSync(file)) throw new StartError(`there is no file ${file}`)
    if (!statSync(file).isFile()) throw new StartError(`${file} is not a file`)
    if (!existsSync(dirname(target))) throw new StartError(`there is no folder ${dirname(target)}`)
    removeWithSideFiles(draft)
    // Not a backup, but the copy of a database in use, has its latest changes beside it.
    for (const end of ['', '-wal']) {
      if (!existsSync(`${file}${end}`)) continue
      closeSync(openSync(`${draft}${end}`, 'wx', 0o600))
      copyFileSync(`${file}${end}`, `${draft}${end}`)
      chmodSync(`${draft}${end}`, 0o600)
    }
    return withFile(draft, (sqlite) => {
      const inspection = inspect(draft, sqlite, { thorough: true })
      sqlite.run('PRAGMA journal_mode = DELETE')
      return inspection
    })
  } catch (error) {
    removeWithSideFiles(draft)
    if (error instanceof StartError) throw new StartError(error.message.replaceAll(draft, file))
    throw new StartError(`cannot read the backup ${file}: ${reasonOf(error)}`)
  }
}

function lock(target: string, owner: Stats): () => void {
  try {
    const release = lockInstance(target)
    own(`${target}-lock`, owner)
    return release
  } catch (error) {
    if (error instanceof StartError && /already running/.test(error.message))
      throw new StartError(
        `a musakone is running on ${target}: stop it first, with: sudo systemctl stop musakone`,
      )
    throw error
  }
}

/** Names the old database anew, whole, while it also stays where it is; the new name. */
function keepOld(target: string, now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  const before = freeName(`${target}.before-restore-${time}Z`)
  const isWhole = foldIn(target)
  try {
    linkSync(target, before)
  } catch {
    // A file system without links, such as that of a stick.
    const owner = statSync(target)
    copyFileSync(target, before)
    own(before, owner)
  }
  sync(before)
  // Beside another database, SQLite would take them for its own.
  for (const end of SIDE_FILES)
    if (existsSync(`${target}${end}`)) {
      if (isWhole) rmSync(`${target}${end}`)
      else renameSync(`${target}${end}`, `${before}${end}`)
    }
  return before
}

/** Writes what stands beside the database into it; false when it is too broken for that. */
function foldIn(target: string): boolean {
  try {
    withFile(target, (sqlite) => {
      sqlite.run('PRAGMA busy_timeout = 2000')
      sqlite.run('PRAGMA wal_checkpoint(TRUNCATE)')
      // Which needs it for itself alone.
      sqlite.run('PRAGMA journal_mode = DELETE')
    })
    return true
  } catch (error) {
    if (/locked|busy/i.test(reasonOf(error)))
      throw new StartError(`another program is using ${target}: end it first`)
    // That may be why a backup is restored.
    return false
  }
}

function freeName(name: string): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`
    if (!existsSync(free)) return free
  }
}

function own(path: string, { uid, gid }: Stats): void {
  const now = statSync(path)
  chmodSync(path, 0o600)
  if (now.uid !== uid || now.gid !== gid) chownSync(path, uid, gid)
}

function removeWithSideFiles(path: string): void {
  for (const end of ['', ...SIDE_FILES]) rmSync(`${path}${end}`, { force: true })
}
