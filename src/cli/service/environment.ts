import { existsSync, readFileSync } from 'node:fs'
import { reasonOf, StartError } from '../../errors'

export type Variables = Readonly<Record<string, string | undefined>>

/** The paths of the Debian package: the variables of the service, and its database. */
export const ENVIRONMENT_FILE = '/etc/musakone/musakone.env'
export const INSTALLED_DATABASE = '/var/lib/musakone/musakone.db'

/** The variables of the package's systemd unit; systemd reads the secret from this file for the service. */
const UNIT: Variables = {
  NODE_ENV: 'production',
  DATABASE_PATH: INSTALLED_DATABASE,
  JWT_SECRET_FILE: '/etc/musakone/secret',
}

/**
 * The variables of the service on this machine: `given` wins over its environment file, and that over the
 * systemd unit where the package is installed.
 * @throws {StartError} when a file that was asked for cannot be read.
 */
export function serviceVariables(given: Variables, file?: string): Variables {
  const isInstalled = file === undefined && existsSync(ENVIRONMENT_FILE)
  if (file === undefined && !isInstalled) return given
  const unit = isInstalled ? UNIT : {}
  return { ...unit, ...readFile(file ?? ENVIRONMENT_FILE, isInstalled), ...set(given) }
}

/** Parses `NAME=value` lines as systemd does, with comments and with quotes around a value. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (name === undefined) continue
    const [, , quoted] = /^(["'])(.*)\1$/.exec(value) ?? []
    variables[name] = quoted ?? value
  }
  return variables
}

function readFile(path: string, mayFail: boolean): Variables {
  try {
    return set(parseEnvironmentFile(readFileSync(path, 'utf8')))
  } catch (error) {
    // Only root and the service may read the file; a command that needs its values fails by itself.
    if (mayFail) return {}
    throw new StartError(`cannot read ${path}: ${reasonOf(error)}`)
  }
}

/** The variables that are not empty: an empty one counts as not set. */
function set(variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
}
