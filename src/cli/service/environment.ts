import { existsSync, readFileSync } from 'node:fs'
import { reasonOf, StartError } from '../../errors'

export type Variables = Readonly<Record<string, string | undefined>>

/** Where the package keeps the configuration of the service, and the service its data. */
export const ENVIRONMENT_FILE = '/etc/musakone/musakone.env'
export const INSTALLED_DATABASE = '/var/lib/musakone/musakone.db'

/** What the unit of the package says; its secret is handed over by systemd, from this file. */
const UNIT: Variables = {
  NODE_ENV: 'production',
  DATABASE_PATH: INSTALLED_DATABASE,
  JWT_SECRET_FILE: '/etc/musakone/secret',
}

/**
 * The variables that the service on this machine has: those given, over those of its environment file,
 * over those of the unit where the package is installed.
 * @throws {StartError} when a file that was asked for cannot be read.
 */
export function serviceVariables(given: Variables, file?: string): Variables {
  const isInstalled = file === undefined && existsSync(ENVIRONMENT_FILE)
  if (file === undefined && !isInstalled) return given
  const unit = isInstalled ? UNIT : {}
  return { ...unit, ...readFile(file ?? ENVIRONMENT_FILE, isInstalled), ...set(given) }
}

/** Reads `NAME=value` lines as systemd does: comments, and quotes around a value. */
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
    // Another user's: what is to be done will say so itself.
    if (mayFail) return {}
    throw new StartError(`cannot read ${path}: ${reasonOf(error)}`)
  }
}

/** Without those that are empty, which count as not set. */
function set(variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
}
