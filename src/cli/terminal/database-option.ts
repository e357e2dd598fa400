import { Option } from 'commander'
import { Environment } from '../../config/environment'
import { serviceVariables, type Variables } from '../service/environment'

const DEFAULT_PATH = String(Environment.properties.DATABASE_PATH.default)

/** The path of the database that these variables name, or the default. */
export function databasePathIn({ DATABASE_PATH }: Variables): string {
  return DATABASE_PATH?.trim() || DEFAULT_PATH
}

/** The option `--database <file>`; its default is the database of the service on this machine. */
export function databaseOption(variables: Variables): Option {
  return new Option('--database <file>', 'the database of the service').default(
    databasePathIn(serviceVariables(variables)),
    'as the service has it',
  )
}
