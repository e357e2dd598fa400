import { beforeAll, describe, expect, test } from 'bun:test'
import { version } from '../../package.json'
import { executable, runExecutable } from '../support/executable'

const PATH = process.env.PATH ?? ''

describe('the command line of the executable', () => {
  beforeAll(() => void executable())

  test.each(['--version', '-v'])('%s prints the version and the commit', async (option) => {
    const { exitCode, stdout, stderr } = await runExecutable([option])
    expect(stdout).toMatch(/^musakone \d+\.\d+\.\d+ \([0-9a-f]{12}(-dirty)?, \d{4}-\d\d-\d\d\)\n$/)
    expect(stdout).toStartWith(`musakone ${version} `)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test.each(['--help', '-h', 'help'])('%s names every command', async (option) => {
    const { exitCode, stdout, stderr } = await runExecutable([option])
    const commands =
      'serve demo health config user invite backup restore doctor man completion'.split(' ')
    for (const word of [...commands, '--health', '--version', '78']) expect(stdout).toContain(word)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test.each([
    ['an unknown option', ['--helth'], "unknown option '--helth'", 'Did you mean --health?'],
    ['an unknown command', ['srve'], "unknown command 'srve'", 'Did you mean serve?'],
    ['an unknown option of a command', ['serve', '--prot'], "unknown option '--prot'", ''],
    ['a word too many', ['demo', 'now'], 'too many arguments', ''],
  ])('%s is refused with a hint and exit code 2', async (_, args, problem, hint) => {
    // A wrong configuration must not hide the wrong command.
    const { exitCode, stdout, stderr } = await runExecutable(args, { PORT: 'abc' })
    expect(stderr).toContain(problem)
    expect(stderr).toContain(hint)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  })

  /** Runs it before a reader that leaves at once. */
  function unread(args: string, variables: Record<string, string> = {}) {
    const shell = `"${executable()}" ${args} | true; echo "\${PIPESTATUS[0]}"`
    const env = { PATH, ...variables }
    const { stdout, stderr } = Bun.spawnSync(['bash', '-c', shell], { env })
    return { exitCode: Number(stdout.toString()), stderr: stderr.toString() }
  }

  test.each(['--help', 'man', 'completion bash'])(
    '%s ends in silence when nobody reads on',
    (args) => {
      expect(unread(args)).toEqual({ exitCode: 0, stderr: '' })
    },
  )

  test('a probe that finds nobody fails, whether anybody reads on or not', () => {
    expect(unread('--health', { PORT: '9' })).toEqual({ exitCode: 1, stderr: '' })
  })
})
