import { parseArgs } from 'node:util'
import { LANES } from './lanes'

export type Options = Readonly<{
  /** Parts of paths: a file whose path holds one of them runs. All files, if there are none. */
  patterns: readonly string[]
  /** Long random runs at their full length, and the lanes that wait to be asked. */
  full: boolean
  appliance: boolean
  /** Also the linter and the type checker. */
  check: boolean
  help: boolean
}>

export const USAGE = `Runs the tests, lane by lane.

  bun run test [options] [part of a path …]

  --appliance   also boot a Debian, emulate an ARM and build a container (as root)
  --full        everything, and long random runs at their full length
  --check       also the linter and the type checker, beside the tests
  --help        this

Lanes:
${LANES.map(({ name, about }) => `  ${name.padEnd(11)} ${about}`).join('\n')}
`

/** What the command line asks for. @throws an Error that names an unknown option. */
export function parseOptions(
  args: readonly string[],
  environment: Record<string, string | undefined>,
): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      appliance: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  const patterns = positionals.map((path) => path.replace(/^\.\//, ''))
  // A lane that is named by the pattern has been asked for.
  const appliance =
    values.appliance || values.full || environment.CI === 'true' || patterns.some(namesAppliance)
  return { ...values, patterns, appliance }
}

const namesAppliance = (pattern: string) => pattern.includes('appliance')
