import { existsSync, readFileSync } from 'node:fs'
import { reasonOf, StartError } from '../errors'

export type Variables = Readonly<Record<string, string | undefined>>

/** Where the package keeps the configuration of the service, and the service its data. */
export const ENVIRONMENT_FILE = '/etc/musakone/musakone.env'
export const INSTALLED_DATABASE = '/var/lib/musakone/musakone.db'

/**
 * The variables that the service on this machine has: those given, over those of the environment file.
 * @throws {StartError} when a file that was asked for cannot be read.
 */
export function serviceVariables(given: Variables, file?: string): Variables {
  if (file === undefined && !existsSync(ENVIRONMENT_FILE)) return given
  const path = file ?? ENVIRONMENT_FILE
  try {
    const set = Object.entries(given).filter(([, value]) => value !== undefined && value !== '')
    return { ...parseEnvironmentFile(readFileSync(path, 'utf8')), ...Object.fromEntries(set) }
  } catch (error) {
    if (file === undefined) return given
    throw new StartError(`cannot read ${path}: ${reasonOf(error)}`)
  }
}

/** The database of the service: as configured, or where the package puts it. */
export function serviceDatabase(variables: Variables, otherwise: string): string {
  const configured = variables.DATABASE_PATH?.trim()
  if (configured) return configured
  return !existsSync(otherwise) && existsSync(INSTALLED_DATABASE) ? INSTALLED_DATABASE : otherwise
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
