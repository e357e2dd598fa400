import { describe, expect, test } from 'bun:test'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError, readConfig } from '../src/config'
import { temporaryFolder } from './support/executable'

const GOOD = 'kq0vW3mZ8sYt5uR1xN7cPfJ2hLdGbQaE'
const folder = temporaryFolder()

/** All problems of the variables; an empty list without any. */
function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    readConfig(variables)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.exitCode).toBe(78)
    expect(error.message).toBe(error.problems.join('\n'))
    return error.problems
  }
}

function secretFile(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const production = (more: Record<string, string>) => ({ NODE_ENV: 'production', ...more })

describe('NODE_ENV', () => {
  test.each([
    ['prod', 'production'],
    ['Production', 'production'],
    ['live', 'production'],
    ['dev', 'development'],
    ['testing', 'test'],
  ])('that is %s is refused, and the nearest is named', (NODE_ENV, nearest) => {
    expect(problemsOf({ NODE_ENV })).toEqual([
      `NODE_ENV must be production, development or test: did you mean ${nearest}?`,
    ])
  })

  test('that is missing or empty is the mode of what runs', () => {
    for (const variables of [{}, { NODE_ENV: '' }, { NODE_ENV: ' ' }]) {
      expect(readConfig(variables).production).toBe(false)
      expect(() => readConfig(variables, { mode: 'production' })).toThrow(
        'JWT_SECRET or JWT_SECRET_FILE is required in production, which it is without NODE_ENV; ' +
          'make one with: openssl rand -base64 48',
      )
    }
    const variables = { NODE_ENV: 'test' }
    expect(readConfig(variables, { mode: 'production' }).production).toBe(false)
  })
})

describe('the signing secret in production', () => {
  test.each([
    ['not set', {}],
    ['empty', { JWT_SECRET: '' }],
    ['spaces', { JWT_SECRET: ' '.repeat(64) }],
    ['tabs and line ends', { JWT_SECRET: '\t\n'.repeat(32) }],
  ])('A7 is required: %s', (_, variables) => {
    expect(problemsOf(production(variables))).toEqual([
      'JWT_SECRET or JWT_SECRET_FILE is required in production; make one with: openssl rand -base64 48',
    ])
  })

  test.each([
    ['one letter', 'x'],
    ['31 bytes', GOOD.slice(0, 31)],
    ['31 bytes and spaces around', `   ${GOOD.slice(0, 31)}   `],
    ['a word', 'secret'],
  ])('A7 must not be short: %s', (_, JWT_SECRET) => {
    const problems = problemsOf(production({ JWT_SECRET }))
    expect(problems).toEqual([expect.stringContaining('JWT_SECRET must have 32 bytes or more')])
    if (JWT_SECRET.length > 10) expect(problems.join()).not.toContain(JWT_SECRET.trim())
  })

  test.each([
    'your-secret-key-change-in-production',
    'your-super-secret-jwt-token-with-at-least-32-characters-long',
    'your_jwt_secret_key_that_is_long_enough',
    'change-me-change-me-change-me-change-me',
    'CHANGEME_CHANGEME_CHANGEME_CHANGEME_1234',
    'please-replace-this-with-something-random',
    'this-is-an-example-secret-of-some-length',
    'supersecretsupersecretsupersecretsupersecret',
    'my-super-secret-jwt-key-of-32-characters',
    'a-string-secret-at-least-256-bits-long',
    'musakone-secret-key-musakone-secret-key',
    'jwt-secret-for-the-production-of-musakone',
    'dev-secret-do-not-use-in-any-real-place',
    'secretsecretsecretsecretsecretsecret',
    'passwordpasswordpasswordpassword',
    'x'.repeat(64),
    '0'.repeat(32),
    '0123456789abcdef0123456789abcdef',
    '01234567890123456789012345678901234567890',
    'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
    'äöäöäöäöäöäöäöäöäöäöäöäöäöäöäöäö',
  ])('A7 must not be an example or a pattern: %s', (JWT_SECRET) => {
    for (const variables of [{ JWT_SECRET }, { JWT_SECRET: `  ${JWT_SECRET}\n` }]) {
      const problems = problemsOf(production(variables))
      expect(problems).toEqual([expect.stringContaining('JWT_SECRET is an example value')])
      expect(problems.join()).not.toContain(JWT_SECRET)
    }
    const file = secretFile('example', `${JWT_SECRET}\n`)
    expect(problemsOf(production({ JWT_SECRET_FILE: file }))).toEqual([
      expect.stringContaining('JWT_SECRET_FILE is an example value'),
    ])
  })

  test.each([
    ['empty', 'JWT_SECRET_FILE must have 32 bytes or more', () => secretFile('empty', '')],
    ['short', 'JWT_SECRET_FILE must have 32 bytes or more', () => secretFile('short', 'abc\n\n')],
    ['absent', 'JWT_SECRET_FILE cannot be read', () => join(folder, 'absent')],
    [
      'a folder',
      'JWT_SECRET_FILE cannot be read',
      () => {
        mkdirSync(join(folder, 'folder'), { recursive: true })
        return join(folder, 'folder')
      },
    ],
  ])('A7 in a file must be as good: %s', (_, problem, path) => {
    expect(problemsOf(production({ JWT_SECRET_FILE: path() }))).toEqual([
      expect.stringContaining(problem),
    ])
  })

  test('A7 is given in one way only', () => {
    const JWT_SECRET_FILE = secretFile('good', GOOD)
    expect(problemsOf(production({ JWT_SECRET: GOOD, JWT_SECRET_FILE }))).toEqual([
      'JWT_SECRET and JWT_SECRET_FILE are both set: keep one',
    ])
  })

  test('A7 is accepted when it is random and long enough', () => {
    expect(readConfig(production({ JWT_SECRET: GOOD })).jwtSecret).toBe(GOOD)
    const file = secretFile('good', `${GOOD}\n`)
    chmodSync(file, 0o600)
    expect(readConfig(production({ JWT_SECRET_FILE: file })).jwtSecret).toBe(GOOD)
    // A thousand secrets like those of `openssl rand -base64 48` and `-hex 32`.
    for (let made = 0; made < 1_000; made += 1)
      for (const [bytes, encoding] of [[48, 'base64'] as const, [32, 'hex'] as const]) {
        const random = Buffer.from(crypto.getRandomValues(new Uint8Array(bytes)))
        expect(problemsOf(production({ JWT_SECRET: random.toString(encoding) }))).toEqual([])
      }
  })

  test('A7 in development none is needed, and a short one is taken', () => {
    expect(readConfig({}).jwtSecret).toBeUndefined()
    expect(readConfig({ JWT_SECRET: 'short' }).jwtSecret).toBe('short')
  })
})

describe('what is wrong with the environment', () => {
  test('A7 is listed all at once, a line each, without the values', () => {
    const canary = 'cAnArY7331'
    const problems = problemsOf({
      NODE_ENV: 'production',
      PORT: canary,
      HOST: `${canary} ${canary}`,
      MOPIDY_URL: `http://${canary}`,
      JWT_SECRET: canary,
      ADMIN_PASSWORD: 'cAnArY',
      SESSION_DAYS: '0',
      ALLOWED_ORIGINS: `https://good.example,${canary}`,
      LOG_LEVEL: canary,
      LOG_FORMAT: canary,
    })
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'ADMIN_PASSWORD',
      'ALLOWED_ORIGINS',
      'HOST',
      'JWT_SECRET',
      'LOG_FORMAT',
      'LOG_LEVEL',
      'MOPIDY_URL',
      'PORT',
      'SESSION_DAYS',
    ])
    for (const problem of problems) {
      expect(problem).not.toContain('cAnArY')
      expect(problem).not.toContain('\n')
    }
  })

  test.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['SESSION_DAYS', '1e9'],
    ['SESSION_DAYS', 'NaN'],
    ['MOPIDY_URL', 'ws://'],
    ['ALLOWED_ORIGINS', 'https://radio.example/'],
    ['ALLOWED_ORIGINS', '*'],
    ['ADMIN_PASSWORD', 'x'.repeat(257)],
  ])('names %s when it is %s', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringContaining(`${name} must be`)])
  })

  test('is not that a variable is empty: that means the default', () => {
    const config = readConfig({
      PORT: '',
      LOG_LEVEL: ' ',
      SESSION_DAYS: '',
      ALLOWED_ORIGINS: ' , ',
    })
    expect(config).toMatchObject({ port: 3001, sessionDays: 30, allowedOrigins: [] })
    expect(Object.isFrozen(config)).toBe(true)
  })

  test('A7 ends the process with 78 before anything is opened', async () => {
    const databasePath = join(folder, 'never', 'musakone.db')
    const main = join(import.meta.dir, '../src/main.ts')
    const child = Bun.spawn([process.execPath, main, 'serve'], {
      cwd: folder,
      env: {
        NODE_ENV: 'production',
        JWT_SECRET: 'too short',
        DATABASE_PATH: databasePath,
        PORT: '0',
      },
      stdout: 'pipe',
      stderr: 'pipe',
    })
    expect(await child.exited).toBe(78)
    expect(await new Response(child.stderr).text()).toStartWith('musakone: JWT_SECRET must have 32')
    expect(await Bun.file(databasePath).exists()).toBe(false)
  })
})
