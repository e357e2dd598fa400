import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { reasonOf, StartError } from '../../errors'

/** A random secret of `bytes` bytes, as text that survives any shell. */
export function randomSecret(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString('base64url')
}

/**
 * The signing secret of a development machine, in a file beside the database with mode 0600; made at first
 * use, but not without `make`.
 * @throws {StartError} when it can be neither read nor made.
 */
export function developmentSecret(databasePath: string, { make = true } = {}): string {
  if (databasePath === ':memory:') return randomSecret(48)
  const file = join(dirname(databasePath), 'jwt-secret')
  if (!make && !existsSync(file))
    throw new StartError(
      `there is no secret in ${file}: set JWT_SECRET or JWT_SECRET_FILE as the service has it`,
    )
  try {
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      writeFileSync(file, randomSecret(48), { mode: 0o600, flag: 'wx' })
    }
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new StartError(`cannot keep a secret in ${file}: ${reasonOf(error)}`)
  }
}
