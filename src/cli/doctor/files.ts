import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Variables } from '../../config/environment'
import { INTEGRITY_HINT } from '../../database/database'
import { identify, inspect, withFile } from '../../database/inspection'
import { SCHEMA_VERSION } from '../../database/migrations/migrations'
import { asOwnerOf } from '../../database/owner'
import { foreignPart } from '../../database/schema'
import { reasonOf } from '../../errors'
import { type Finding, note, ok, unknown, wrong } from '../../health/findings/finding'

const OTHERS = 0o077
const MEGABYTE = 1024 * 1024
/** Free bytes below which the database soon cannot grow. */
const LEAST_FREE = 50 * MEGABYTE
const SCARCE = 300 * MEGABYTE

/** Whether only its owner can read the signing secret. */
export function checkSecret(variables: Variables, databasePath: string): Finding {
  const check = 'secret'
  if (variables.JWT_SECRET)
    return note(
      check,
      'JWT_SECRET stands in the environment, where other programs of that user can read it.',
      'put it into a file with mode 0600 and name that in JWT_SECRET_FILE',
    )
  const beside = join(dirname(databasePath), 'jwt-secret')
  const file = variables.JWT_SECRET_FILE?.trim() || beside
  try {
    const mode = statSync(file).mode & 0o777
    return (mode & OTHERS) === 0
      ? ok(check, `${file} is for its owner only.`)
      : wrong(check, `${file} has mode ${octal(mode)}: others can read it.`, `chmod 600 ${file}`)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ENOENT' && file === beside)
      return unknown(check, 'There is none yet: in development it is made at the first start.')
    return wrong(check, `${file} cannot be looked at: ${reasonOf(error)}.`, 'see JWT_SECRET_FILE')
  }
}

/** Whether the folder of the database and its files belong to the service alone and can be written. */
export function checkData(databasePath: string): Finding {
  const check = 'data'
  const folder = dirname(resolve(databasePath))
  try {
    if (!existsSync(folder))
      return unknown(check, `There is no folder ${folder} yet: it is made at the first start.`)
    const owner = statSync(folder)
    if ((owner.mode & 0o022) !== 0)
      return wrong(check, `Others may write in ${folder}.`, `chmod 700 ${folder}`)
    for (const end of ['', '-wal', '-shm', '-lock']) {
      const file = `${resolve(databasePath)}${end}`
      if (!existsSync(file)) continue
      const { mode, uid } = statSync(file)
      if ((mode & OTHERS) !== 0)
        return wrong(
          check,
          `${file} has mode ${octal(mode & 0o777)}: others can read it.`,
          `chmod 600 ${file}`,
        )
      if (uid !== owner.uid)
        return wrong(
          check,
          `${file} belongs to user ${uid}, its folder to ${owner.uid}: the service may not write it.`,
          `chown --reference=${folder} ${file}`,
        )
    }
    accessSync(folder, constants.W_OK)
    return ok(check, `${folder} and its files are the service's own.`)
  } catch (error) {
    const { code } = error as { code?: string }
    const readOnly =
      code === 'EROFS' ? 'is on a read-only file system' : 'cannot be used by this user'
    if (code === 'EACCES' || code === 'EROFS')
      return wrong(check, `${folder} ${readOnly}.`, 'run as root or as the user of the service')
    return wrong(check, `${folder} cannot be looked at: ${reasonOf(error)}.`)
  }
}

/** Whether the disk of the database has room. */
export function checkDisk(databasePath: string): Finding {
  const check = 'disk'
  let folder = dirname(resolve(databasePath))
  while (!existsSync(folder)) folder = dirname(folder)
  try {
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    const said = `${Math.floor(free / MEGABYTE)} MB are free at ${folder}.`
    if (free < LEAST_FREE) return wrong(check, said, 'make room: what people do is not recorded')
    return free < SCARCE ? note(check, said, 'make room soon') : ok(check, said)
  } catch (error) {
    return unknown(check, `It cannot be told how much is free at ${folder}: ${reasonOf(error)}.`)
  }
}

/** Whether the database is undamaged, and has a schema that this version reads. */
export function checkDatabase(databasePath: string): Finding {
  const check = 'database'
  if (!existsSync(databasePath))
    return unknown(check, `There is no ${databasePath} yet: it is made at the first start.`)
  try {
    const { foreign, schema, users, bytes } = asOwnerOf(databasePath, () =>
      withFile(databasePath, (sqlite) => ({
        // First, since a table of a stranger's could stand for one that is counted.
        foreign: foreignPart(sqlite, identify(databasePath, sqlite)),
        ...inspect(databasePath, sqlite),
      })),
    )
    if (foreign !== undefined)
      return wrong(
        check,
        `${databasePath} has the ${foreign}, which no version of musakone makes.`,
        'somebody has changed it by hand, or it was restored from a stranger’s backup: drop it, or restore a backup of your own',
      )
    const size = `${Math.ceil(bytes / 1024)} kB, ${users} ${users === 1 ? 'user' : 'users'}`
    if (schema < SCHEMA_VERSION)
      return note(
        check,
        `${databasePath} is whole (${size}), of the older schema ${schema}.`,
        'it is brought up to date when the service starts',
      )
    return ok(check, `${databasePath} is whole (${size}).`)
  } catch (error) {
    const reason = reasonOf(error)
    return wrong(check, `${reason}.`, /damaged/.test(reason) ? INTEGRITY_HINT : undefined)
  }
}

const octal = (mode: number) => `0${mode.toString(8)}`
