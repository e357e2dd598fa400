import { beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { executable, runExecutable, temporaryFolder } from '../support/executable'

const has = (program: string) => Bun.which(program) !== null

/** A typed command line, with the completions offered for its last word. */
const LINES: [string, string[]][] = [
  ['musakone do', ['doctor']],
  ['musakone user pas', ['passwd']],
  ['musakone user add ada --role ', ['admin', 'guest', 'member']],
  ['musakone invite create --ro', ['--role']],
  ['musakone doctor --mo', ['--mopidy-config']],
  ['musakone completion ', ['bash', 'fish', 'zsh']],
  ['musakone user add --nothing-like-it', []],
]

describe('musakone completion', () => {
  const folder = temporaryFolder()
  const script = (shell: string) => join(folder, `musakone.${shell}`)
  beforeAll(async () => {
    executable()
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { exitCode, stdout } = await runExecutable(['completion', shell])
      expect(exitCode).toBe(0)
      writeFileSync(script(shell), stdout)
    }
    mkdirSync(join(folder, 'backups'))
    writeFileSync(join(folder, 'backup.db'), '')
  })

  async function run(command: string[]) {
    const env = { PATH: process.env.PATH ?? '', HOME: folder, TERM: 'dumb' }
    const child = Bun.spawn(command, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    return { exitCode: await child.exited, stdout, stderr }
  }

  async function inBash(line: string): Promise<string[]> {
    const words = line.split(' ')
    const program = `source ${script('bash')}
      compopt() { echo "FILES"; }
      COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
      _musakone
      printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = await run(['bash', '--norc', '-u', '-c', program])
    expect(stderr).toBe('')
    return stdout.split('\n').filter((word) => word !== '')
  }

  test.skipIf(!has('bash')).each(LINES)('bash: %s', async (line, offered) => {
    const found = await inBash(line)
    expect(found.filter((word) => !line.endsWith(' ') || !word.startsWith('-')).sort()).toEqual(
      offered,
    )
  })

  test.skipIf(!has('bash'))('bash: files where files go', async () => {
    expect(await inBash('musakone restore ba')).toContain('FILES')
    expect(await inBash('musakone backup --directory ba')).toEqual(['FILES'])
    expect(await inBash('musakone serve ba')).not.toContain('FILES')
  })

  test.skipIf(!has('bash'))('bash: in a real one, by the Tab key', async () => {
    let shown = ''
    let pressed = false
    const child = Bun.spawn(['bash', '--norc', '-i'], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, TERM: 'dumb', PS1: 'READY>' },
      terminal: {
        cols: 200,
        rows: 24,
        data(terminal, bytes) {
          shown += new TextDecoder().decode(bytes)
          if (pressed || !shown.includes('READY>')) return
          pressed = true
          terminal.write(`source ${script('bash')}\nmusakone() { echo "GOT $*"; }\n`)
          terminal.write('musakone invi\tcre\t--na\t x\nexit\n')
        },
      },
    })
    await child.exited
    child.terminal?.close()
    expect(shown).toContain('GOT invite create --name x')
  })

  test.skipIf(!has('fish')).each(LINES)('fish: %s', async (line, offered) => {
    const program = `source ${script('fish')}; complete --do-complete '${line}'`
    const { stdout, stderr } = await run(['fish', '--no-config', '-c', program])
    expect(stderr).toBe('')
    const found = stdout.split('\n').map((row) => row.split('\t')[0] ?? '')
    expect(
      found.filter((word) => word !== '' && (!line.endsWith(' ') || !word.startsWith('-'))).sort(),
    ).toEqual(offered)
  })

  test.skipIf(!has('zsh')).each(LINES)('zsh: %s', async (line, offered) => {
    // Replaces zsh's own function that shows the completions.
    const program = `autoload -Uz compinit; compdef() { :; }
      _describe() { local -a all; all=("\${(@P)2}"); print -rl -- "\${(@)all%%:*}"; }
      compadd() { shift; print -rl -- "$@"; }
      _files() { print FILES; }
      source ${script('zsh')}
      words=(${line
        .split(' ')
        .map((word) => `'${word}'`)
        .join(' ')}); CURRENT=\${#words}
      _musakone`
    const { stdout, stderr } = await run(['zsh', '-f', '-c', program])
    expect(stderr).toBe('')
    const last = line.split(' ').at(-1) ?? ''
    const found = stdout.split('\n').filter((word) => word !== '' && word.startsWith(last))
    expect(found.filter((word) => last !== '' || !word.startsWith('-')).sort()).toEqual(offered)
  })
})
