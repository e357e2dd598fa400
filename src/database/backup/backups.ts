import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AppError, reasonOf } from '../../errors'
import type { Log } from '../../log'
import { NAMED_BY_TIME } from './backup'

declare const MUSAKONE_COMMIT: string | undefined

type BackupFile = Readonly<{ name: string; bytes: number; created_at: number }>

export type Backups = ReturnType<typeof createBackups>
type BackupsOptions = { databasePath: string; log: Log }

/** Only the nightly backup removes old ones, so one by hand keeps as many as the option admits. */
const KEEP_ALL = '10000'
const DEADLINE_MS = 30 * 60_000

/** The backups in the folder `backups` beside the database, where the nightly ones are too. */
export function createBackups({ databasePath, log }: BackupsOptions) {
  const isKept = databasePath !== '' && databasePath !== ':memory:'
  const path = isKept ? resolve(databasePath) : ''
  const folder = isKept ? join(dirname(path), 'backups') : null
  let making: Promise<BackupFile> | undefined
  let child: { kill(): void } | undefined

  function list(): BackupFile[] {
    return namesIn(folder)
      .flatMap((name) => fileIn(folder ?? '', name) ?? [])
      .sort((a, b) => (a.name < b.name ? 1 : -1))
  }

  // In a process of its own: a large database takes seconds, for which the event loop would stand still.
  async function make(into: string): Promise<BackupFile> {
    const args = ['backup', '--database', path, '--directory', into, '--keep', KEEP_ALL]
    const running = Bun.spawn([...musakone(), ...args], {
      env: {},
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
      timeout: DEADLINE_MS,
    })
    child = running
    const [exitCode, said] = await Promise.all([
      running.exited,
      new Response(running.stderr).text(),
    ]).finally(() => {
      child = undefined
    })
    if (exitCode !== 0) throw new Error(said.trim() || `it ended with ${exitCode}`)
    const [newest] = list()
    if (newest === undefined) throw new Error('it left no file')
    return newest
  }

  return {
    /** The folder; null when the database is in memory. */
    folder,

    /** The backups, newest first. */
    list,

    /**
     * Makes a backup; resolves when it is on the disk. Calls made meanwhile share it.
     * @throws {AppError} `unavailable` when it fails, with the reason in the log; `not_found` when the
     * database is in memory.
     */
    async make(): Promise<BackupFile> {
      if (folder === null)
        throw new AppError(
          'not_found',
          'Everything is in memory here: there is nothing to back up.',
        )
      making ??= make(folder).finally(() => {
        making = undefined
      })
      try {
        return await making
      } catch (error) {
        log.error({ reason: reasonOf(error) }, 'backup failed')
        throw new AppError('unavailable', 'The backup could not be made; the log says why.')
      }
    },

    close: (): void => child?.kill(),
  }
}

/** The command that runs this program. */
function musakone(): string[] {
  // The build removes the second branch, so the executable does not hold the path of its sources.
  return typeof MUSAKONE_COMMIT === 'string'
    ? [process.execPath]
    : [process.execPath, '--no-env-file', join(import.meta.dir, '../../main.ts')]
}

function namesIn(folder: string | null): string[] {
  try {
    return folder === null ? [] : readdirSync(folder).filter((name) => NAMED_BY_TIME.test(name))
  } catch {
    // The folder appears with the first backup.
    return []
  }
}

function fileIn(folder: string, name: string): BackupFile | undefined {
  try {
    const { size, mtimeMs } = statSync(join(folder, name))
    return { name, bytes: size, created_at: Math.floor(mtimeMs / 1_000) }
  } catch {
    // The file was removed after the folder was read.
    return undefined
  }
}
