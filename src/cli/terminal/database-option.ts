import { Option } from 'commander'
import { Environment } from '../../config'
import { serviceVariables, type Variables } from '../service/environment'

const DEFAULT_PATH = String(Environment.properties.DATABASE_PATH.default)

/** The database of the service, by its variables. */
export function databasePathIn({ DATABASE_PATH }: Variables): string {
  return DATABASE_PATH?.trim() || DEFAULT_PATH
}

/** `--database <file>`, which is that of the service if nothing is said. */
export function databaseOption(variables: Variables): Option {
  return new Option('--database <file>', 'the database of the service').default(
    databasePathIn(serviceVariables(variables)),
    'as the service has it',
  )
}
