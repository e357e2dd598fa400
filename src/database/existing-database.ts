import { Database as Sqlite } from 'bun:sqlite'
import { statSync } from 'node:fs'
import { reasonOf, StartError } from '../errors'
import { type Database, openDatabase } from './database'
import { SCHEMA_VERSION } from './migrations/migrations'
import { becomeOwnerOf } from './owner'

/**
 * Opens the database of a service, which may be running. Only the service creates and migrates it. A
 * process of root's becomes the owner of the folder for good.
 * @throws {StartError} in one line that names the file.
 */
export function openExistingDatabase(path: string): Database {
  becomeOwnerOf(path)
  const version = schemaOf(path)
  if (version === 0) throw new StartError(`${path} is not a database of musakone`)
  if (version !== SCHEMA_VERSION)
    throw new StartError(
      `the database ${path} has schema ${version}, this musakone ${SCHEMA_VERSION}: restart the service with this version first`,
    )
  return openDatabase(path)
}

function schemaOf(path: string): number {
  try {
    statSync(path)
    const sqlite = new Sqlite(path, { readwrite: true, create: false })
    try {
      // A process that closes the database locks it for a moment.
      sqlite.run('PRAGMA busy_timeout = 2000')
      return (
        sqlite.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0
      )
    } finally {
      sqlite.close()
    }
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT')
      throw new StartError(
        `there is no database at ${path}: give the service's with DATABASE_PATH or --database`,
      )
    throw new StartError(`cannot use the database ${path}: ${reasonOf(error)}`)
  }
}
