import { beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { Environment } from '../../src/config/environment'
import { executable, runExecutable, temporaryFolder } from '../support/executable'

const has = (program: string) => Bun.which(program) !== null

describe('musakone man', () => {
  let page: string
  let shown: string
  const file = join(temporaryFolder(), 'musakone.1')
  beforeAll(async () => {
    executable()
    const { exitCode, stdout } = await runExecutable(['man'])
    expect(exitCode).toBe(0)
    page = stdout
    await Bun.write(file, page)
    if (has('man')) shown = (await format(['man', '-l', file])).stdout
  })

  async function format(command: string[]) {
    const env = {
      PATH: process.env.PATH ?? '',
      MANWIDTH: '100',
      LC_ALL: 'C.UTF-8',
      MANPAGER: 'cat',
    }
    const child = Bun.spawn(command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    return { exitCode: await child.exited, stdout, stderr }
  }

  test.skipIf(!has('man'))('man has nothing to say against it', async () => {
    const { exitCode, stderr } = await format(['man', '--warnings', '-l', file])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  })

  test.skipIf(!has('mandoc'))('nor has mandoc', async () => {
    const { stdout } = await format(['mandoc', '-Tlint', '-Wwarning', file])
    // The date is left out, so that the same source makes the same page.
    expect(stdout.split('\n').filter((line) => line !== '' && !/date/.test(line))).toEqual([])
  })

  test.skipIf(!has('man'))('it has every command that --help has, with its options', async () => {
    const helpOf = async (...path: string[]) => (await runExecutable([...path, '--help'])).stdout
    const commandsIn = (help: string) =>
      [...(help.split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)]
        .map(([, name]) => name ?? '')
        .filter((name) => name !== 'help')
    const optionsIn = (help: string) => [...help.matchAll(/--[a-z-]+/g)].map(([option]) => option)
    const commands = commandsIn(await helpOf())
    expect(commands).toContain('doctor')
    for (const command of commands) {
      const help = await helpOf(command)
      for (const option of optionsIn(help)) expect(shown).toContain(option)
      const below = commandsIn(help)
      if (below.length === 0) expect(shown).toContain(`musakone ${command}`)
      for (const name of below) expect(shown).toContain(`musakone ${command} ${name}`)
    }
  })

  test('it has every variable, and nothing of the machine that it is printed on', async () => {
    for (const name of Object.keys(Environment.properties)) expect(page).toContain(`.B ${name}\n`)
    const elsewhere = await runExecutable(['man'], { DATABASE_PATH: '/elsewhere/m.db', PORT: '99' })
    expect(elsewhere.stdout).toBe(page)
  })
})
