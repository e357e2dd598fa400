import { readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { AppError, reasonOf } from '../../errors'
import type { Log } from '../../log'
import { NAMED_BY_TIME } from './backup'

declare const MUSAKONE_COMMIT: string | undefined

type BackupFile = Readonly<{ name: string; bytes: number; created_at: number }>

export type Backups = ReturnType<typeof createBackups>
type BackupsOptions = { databasePath: string; log: Log }

/** The nightly backup removes what is too old; one by hand removes nothing. */
const KEEP_ALL = '10000'
const DEADLINE_MS = 30 * 60_000

/** The backups in the folder beside the database, where the nightly ones are. */
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

  // Another process does it: a large database takes seconds, in which nothing would be relayed.
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
    /** Where they are on this machine; null when everything is in memory. */
    folder,

    /** The newest first. */
    list,

    /**
     * Makes one and waits until it is on the disk; who asks meanwhile gets the same.
     * @throws {AppError} `unavailable`, while the log says why; `not_found` where there is no file.
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

/** This program, to run with arguments. */
function musakone(): string[] {
  // Written so that the executable has nothing of the folder that it was made in.
  return typeof MUSAKONE_COMMIT === 'string'
    ? [process.execPath]
    : [process.execPath, '--no-env-file', join(import.meta.dir, '../../main.ts')]
}

function namesIn(folder: string | null): string[] {
  try {
    return folder === null ? [] : readdirSync(folder).filter((name) => NAMED_BY_TIME.test(name))
  } catch {
    // None has been made yet.
    return []
  }
}

function fileIn(folder: string, name: string): BackupFile | undefined {
  try {
    const { size, mtimeMs } = statSync(join(folder, name))
    return { name, bytes: size, created_at: Math.floor(mtimeMs / 1_000) }
  } catch {
    // Removed since.
    return undefined
  }
}
