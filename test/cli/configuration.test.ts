import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { executable, runExecutable, temporaryFolder } from '../support/executable'
import { endAll, start } from './launch'

afterAll(endAll)

const GOOD_SECRET = 'yIH2q7mPpT0v4cKeXw9rLb1nZs8dJf3g'

describe('the configuration of the executable', () => {
  beforeAll(() => void executable())

  test('every problem is told at once, with exit code 78, and nothing is created', async () => {
    const cwd = temporaryFolder()
    const wrong = {
      NODE_ENV: 'production',
      PORT: 'abc',
      HOST: 'not a host',
      MOPIDY_URL: 'http://127.0.0.1:6680',
      ADMIN_PASSWORD: 'lemons',
      SESSION_DAYS: '0',
      ALLOWED_ORIGINS: 'radio.example',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
    }
    const { exitCode, stdout, stderr } = await runExecutable([], wrong, cwd)
    const lines = stderr.trimEnd().split('\n')
    const named = lines.map((line) => /^musakone: (\w+) \S/.exec(line)?.[1] ?? line)
    const { NODE_ENV: _, ...others } = wrong
    expect(named.sort()).toEqual([...Object.keys(others), 'JWT_SECRET'].sort())
    expect({ exitCode, stdout }).toEqual({ exitCode: 78, stdout: '' })
    expect(stderr).not.toContain('lemons')
    expect(readdirSync(cwd)).toEqual([])
  })

  test.each([
    ['none', {}, 'JWT_SECRET or JWT_SECRET_FILE is required'],
    ['an empty one', { JWT_SECRET: '' }, 'JWT_SECRET or JWT_SECRET_FILE is required'],
    ['a short one', { JWT_SECRET: GOOD_SECRET.slice(1) }, 'JWT_SECRET must have 32 bytes'],
    ['an example', { JWT_SECRET: 'change-me-change-me-change-me-1234' }, 'an example value'],
    ['one letter', { JWT_SECRET: 'x'.repeat(64) }, 'an example value'],
    ['no such file', { JWT_SECRET_FILE: '/nowhere/secret' }, 'cannot be read: /nowhere/secret'],
    ['an empty file', { JWT_SECRET_FILE: '/dev/null' }, 'JWT_SECRET_FILE must have 32 bytes'],
  ])('A7 production does not start with this secret: %s', async (_, variables, problem) => {
    const cwd = temporaryFolder()
    const run = await runExecutable([], { NODE_ENV: 'production', ...variables }, cwd)
    expect(run.stderr).toContain(problem)
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1)
    for (const value of [GOOD_SECRET.slice(1), 'change-me', 'xxxx'])
      expect(run.stderr).not.toContain(value)
    expect({ exitCode: run.exitCode, stdout: run.stdout }).toEqual({ exitCode: 78, stdout: '' })
    expect(readdirSync(cwd)).toEqual([])
  })

  test.each(['prod', 'staging'])('T7 does not start with NODE_ENV=%s', async (mode) => {
    const cwd = temporaryFolder()
    const run = await runExecutable([], { NODE_ENV: mode, JWT_SECRET: GOOD_SECRET }, cwd)
    expect(run.stderr).toBe(
      'musakone: NODE_ENV must be production, development or test: did you mean production?\n',
    )
    expect({ exitCode: run.exitCode, stdout: run.stdout }).toEqual({ exitCode: 78, stdout: '' })
    expect(readdirSync(cwd)).toEqual([])
  })

  test('T7 without NODE_ENV it is production: nobody is admin with the password admin', async () => {
    const refused = await runExecutable([], { NODE_ENV: '' })
    expect(refused.stderr).toContain('is required in production, which it is without NODE_ENV')
    expect(refused.exitCode).toBe(78)
    const musakone = await start({ NODE_ENV: '', JWT_SECRET: GOOD_SECRET })
    await expect(musakone.logIn()).rejects.toThrow('401')
    await musakone.stop()
    const demo = await start({ NODE_ENV: '' }, { args: ['demo'] })
    expect(await demo.logIn()).toBeString()
    await demo.stop()
  })

  test('A7 production starts with a secret from a file', async () => {
    const file = join(temporaryFolder(), 'secret')
    writeFileSync(file, `${GOOD_SECRET}\n`)
    const musakone = await start({ NODE_ENV: 'production', JWT_SECRET_FILE: file })
    expect((await fetch(`${musakone.origin}/health`)).status).toBe(200)
    // The secret is not copied out of the owner's file.
    expect(readdirSync(join(musakone.cwd, 'data'))).not.toContain('jwt-secret')
    await musakone.stop()
  })

  test('an empty secret file is refused in development too', async () => {
    const cwd = temporaryFolder()
    const { exitCode, stderr } = await runExecutable([], { JWT_SECRET_FILE: '/dev/null' }, cwd)
    expect(stderr).toMatch(/^musakone: JWT_SECRET_FILE \S/)
    expect(exitCode).toBe(78)
    expect(readdirSync(cwd)).toEqual([])
  })

  test('musakone config prints what is in force, secrets masked', async () => {
    const cwd = temporaryFolder()
    const { exitCode, stdout } = await runExecutable(
      ['config'],
      {
        PORT: ' 4001 ',
        SESSION_DAYS: '',
        JWT_SECRET: GOOD_SECRET,
        ADMIN_PASSWORD: 'lemon-cake',
        MOPIDY_URL: 'ws://ada:lovelace@mopidy:6680/mopidy/ws',
      },
      cwd,
    )
    expect(exitCode).toBe(0)
    const lines = stdout.split('\n')
    for (const line of ['PORT=4001', 'SESSION_DAYS=30', 'JWT_SECRET=***', 'ADMIN_PASSWORD=***'])
      expect(lines).toContain(line)
    expect(stdout).toContain('@mopidy:6680/mopidy/ws')
    for (const secret of [GOOD_SECRET, 'lemon-cake', 'lovelace'])
      expect(stdout).not.toContain(secret)
    expect(readdirSync(cwd)).toEqual([])
  })
})
