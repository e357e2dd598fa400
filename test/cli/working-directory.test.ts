import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { version } from '../../package.json'
import { executable, runExecutable, temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { endAll, start } from './launch'

afterAll(endAll)

/** A folder with each file that Bun reads from its working directory, each of which leaves a trace. */
function hostileFolder(): { cwd: string; trap: string } {
  const cwd = temporaryFolder()
  const trap = join(cwd, 'trapped')
  const attack = `require('node:fs').appendFileSync(${JSON.stringify(trap)}, __filename + '\\n')\n`
  const files: Record<string, string> = {
    'preload.ts': attack,
    'preload.js': attack,
    'bunfig.toml':
      'preload = ["./preload.ts"]\nlogLevel = "debug"\n[run]\nsilent = true\n[serve]\nport = 1\n',
    'package.json': JSON.stringify({
      name: 'trap',
      version: '6.6.6',
      type: 'commonjs',
      main: './preload.js',
      imports: { '#*': './preload.js' },
      overrides: { elysia: './preload.js' },
    }),
    'tsconfig.json': JSON.stringify({
      extends: './missing.json',
      compilerOptions: {
        baseUrl: '.',
        jsxImportSource: './preload.js',
        paths: { '*': ['./preload.js'] },
      },
    }),
    'jsconfig.json': '{',
  }
  const variables = [
    'PORT=1',
    'ADMIN_PASSWORD=trapped-password',
    'JWT_SECRET=trapped-secret-trapped-secret-trapped',
    'DATABASE_PATH=./trapped.db',
    'LOG_LEVEL=silent',
    'NODE_ENV=production',
    'BUN_OPTIONS=--preload=./preload.js',
  ]
  for (const name of ['.env', '.env.local', '.env.development', '.env.production'])
    files[name] = `${variables.join('\n')}\n`
  for (const name of ['elysia', 'pino', 'pino-pretty', 'commander', 'typescript', 'bun:sqlite'])
    files[`node_modules/${name}/index.js`] = attack
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  return { cwd, trap }
}

test.each(['json', 'pretty'])(
  'P15 a hostile working directory has no say: %s log',
  async (format) => {
    const { cwd, trap } = hostileFolder()
    const there = readdirSync(cwd).sort()
    const config = await runExecutable(['config'], { LOG_FORMAT: format }, cwd)
    for (const line of [
      'NODE_ENV=development',
      'PORT=3001',
      'LOG_LEVEL=info',
      'ADMIN_PASSWORD=(not set)',
    ])
      expect(config.stdout.split('\n')).toContain(line)
    expect(config).toMatchObject({ exitCode: 0, stderr: '' })
    const { stdout } = await runExecutable(['--version'], {}, cwd)
    expect(stdout).toContain(version)
    expect((await runExecutable(['--health'], { PORT: '1' }, cwd)).stdout).toContain('127.0.0.1:1')
    const refused = await runExecutable([], { PORT: 'abc', LOG_FORMAT: format }, cwd)
    expect(refused.exitCode).toBe(78)
    expect(readdirSync(cwd).sort()).toEqual(there)
    expect(existsSync(trap)).toBe(false)
  },
)

test('P15 it serves, relays and documents itself as anywhere else', async () => {
  const { cwd, trap } = hostileFolder()
  const data = join(temporaryFolder(), 'musakone.db')
  const there = readdirSync(cwd).sort()
  const musakone = await start({ DATABASE_PATH: data }, { args: ['demo'], cwd })
  const client = await connectOwn(`${musakone.socketUrl}?token=${await musakone.logIn('admin')}`)
  expect(await client.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
  const document = (await (await fetch(`${musakone.origin}/swagger/json`)).json()) as object
  expect(document).toMatchObject({ info: { title: 'Musakone', version } })
  expect(musakone.lines().map(({ msg }) => msg)).toContain('musakone is listening')
  expect(await musakone.stop()).toBe(0)
  expect(readdirSync(cwd).sort()).toEqual(there)
  expect(existsSync(trap)).toBe(false)
})

test('the executable knows nothing of the folder that it was made in', () => {
  // The executable would load modules from that path, where another user may have put files.
  const sources = resolve(import.meta.dir, '../../src')
  expect(readFileSync(executable()).includes(`${sources}/`)).toBe(false)
})
