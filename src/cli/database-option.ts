import { Option } from 'commander'
import { Environment } from '../config'
import { serviceDatabase, serviceVariables, type Variables } from './service-environment'

const DEFAULT_PATH = String(Environment.properties.DATABASE_PATH.default)

/** `--database <file>`, which is that of the service if nothing is said. */
export function databaseOption(variables: Variables): Option {
  const path = serviceDatabase(serviceVariables(variables), DEFAULT_PATH)
  return new Option('--database <file>', 'the database of the service').default(
    path,
    'as the service has it',
  )
}
