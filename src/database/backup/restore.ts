import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
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
import { type Inspection, identify, inspect, withFile } from '../inspection'
import { lockInstance } from '../instance-lock'
import { asOwnerOf } from '../owner'
import { foreignPart } from '../schema'
import { copyTo, isPlainFile, openBackup } from './opened-backup'

type Restored = Inspection & {
  /** The new name of the old database; undefined when there was none. */
  before: string | undefined
}

/** A backup as it is read: descriptors of its file and of the write-ahead log beside it. */
type Opened = Readonly<{ name: string; file: number; log: number | undefined }>

/** The endings of SQLite's files beside a database. */
const SIDE_FILES = ['-wal', '-shm', '-journal']

/**
 * Puts a backup in the place of the database at `path`, for the same owner; the old database stays beside
 * it. The change is one rename: at no time is half a database there, and a failure changes nothing. As root
 * everything in the folder is done as its owner.
 * @throws {StartError} in one line, also when a service runs on the database or the backup is damaged.
 */
export function restore(file: string, path: string, now: Date): Restored {
  const backup = open(file, path)
  try {
    return asOwnerOf(path, () => putInPlace(backup, path, now))
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`cannot restore ${path}: ${reasonOf(error)}`)
  } finally {
    closeSync(backup.file)
    if (backup.log !== undefined) closeSync(backup.log)
  }
}

function open(name: string, path: string): Opened {
  let file: number | undefined
  try {
    file = openBackup(name, path)
    if (file === undefined) throw new StartError(`there is no file ${name}`)
    if (!isPlainFile(file)) throw new StartError(`${name} is not a file`)
    // A plain copy of a database in use has its latest changes in the write-ahead log beside it.
    return { name, file, log: openBackup(`${name}-wal`, path) }
  } catch (error) {
    if (file !== undefined) closeSync(file)
    if (error instanceof StartError) throw error
    throw new StartError(`cannot read the backup ${name}: ${reasonOf(error)}`)
  }
}

function putInPlace(backup: Opened, path: string, now: Date): Restored {
  const isNew = !existsSync(path)
  const target = isNew ? path : realpathSync(path)
  if (!isNew && isSame(backup.file, target))
    throw new StartError(`${backup.name} is the database itself: name a backup`)
  const draft = `${target}.restoring`
  const inspection = readBackup(backup, target, draft)
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
    throw error
  } finally {
    removeWithSideFiles(draft)
  }
}

/** Copies the backup to a draft beside the database and checks that; the backup itself is not opened. */
function readBackup({ name, file, log }: Opened, target: string, draft: string): Inspection {
  try {
    if (!existsSync(dirname(target))) throw new StartError(`there is no folder ${dirname(target)}`)
    removeWithSideFiles(draft)
    copyTo(file, draft)
    if (log !== undefined) copyTo(log, `${draft}-wal`)
    return withFile(draft, (sqlite) => {
      const foreign = foreignPart(sqlite, identify(draft, sqlite))
      if (foreign !== undefined)
        throw new StartError(
          `${draft} has the ${foreign}, which no version of musakone makes: it may do harm, so it is not restored`,
        )
      const inspection = inspect(draft, sqlite, { thorough: true })
      sqlite.run('PRAGMA journal_mode = DELETE')
      return inspection
    })
  } catch (error) {
    removeWithSideFiles(draft)
    if (error instanceof StartError) throw new StartError(error.message.replaceAll(draft, name))
    throw new StartError(`cannot read the backup ${name}: ${reasonOf(error)}`)
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

/** Gives the old database a second name beside the first, complete; returns that name. */
function keepOld(target: string, now: Date): string {
  const time = now.toISOString().slice(0, 19).replaceAll(':', '-')
  const before = freeName(`${target}.before-restore-${time}Z`)
  const isWhole = foldIn(target)
  try {
    linkSync(target, before)
  } catch {
    // The file system has no links, like that of a USB stick.
    const owner = statSync(target)
    copyFileSync(target, before)
    own(before, owner)
  }
  sync(before)
  // SQLite would apply the old write-ahead log to the restored database.
  for (const end of SIDE_FILES)
    if (existsSync(`${target}${end}`)) {
      if (isWhole) rmSync(`${target}${end}`)
      else renameSync(`${target}${end}`, `${before}${end}`)
    }
  return before
}

/** Writes the write-ahead log into the database; false when the database is too damaged for that. */
function foldIn(target: string): boolean {
  try {
    withFile(target, (sqlite) => {
      sqlite.run('PRAGMA busy_timeout = 2000')
      sqlite.run('PRAGMA wal_checkpoint(TRUNCATE)')
      // Fails while another program has the database open.
      sqlite.run('PRAGMA journal_mode = DELETE')
    })
    return true
  } catch (error) {
    if (/locked|busy/i.test(reasonOf(error)))
      throw new StartError(`another program is using ${target}: end it first`)
    // A damaged database may be the reason for the restore.
    return false
  }
}

function freeName(name: string): string {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`
    if (!existsSync(free)) return free
  }
}

/** Whether the descriptor is of the file at that path. */
function isSame(descriptor: number, path: string): boolean {
  const [one, other] = [fstatSync(descriptor), statSync(path)]
  return one.dev === other.dev && one.ino === other.ino
}

function own(path: string, { uid, gid }: Stats): void {
  const now = statSync(path)
  chmodSync(path, 0o600)
  // As the owner of the folder, which root is here, everything is the owner's already.
  if (process.geteuid?.() !== 0) return
  if (now.uid !== uid || now.gid !== gid) chownSync(path, uid, gid)
}

function removeWithSideFiles(path: string): void {
  for (const end of ['', ...SIDE_FILES]) rmSync(`${path}${end}`, { force: true })
}
