import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import type { Login } from '../../../src/accounts/model'
import { HASHING_COST } from '../../../src/accounts/passwords/passwords'
import { remember } from '../../support/aftermath'
import { temporaryFolder } from '../../support/executable'
import {
  startTestMusakone,
  TEST_PASSWORD,
  type TestMusakone,
  UNTHROTTLED,
} from '../../support/test-musakone'
import { addUser, withRows } from '../../support/user-rows'

const WRONG = {
  error: 'invalid_credentials',
  message: 'The username or the password is wrong.',
}
const MEGABYTE = 1024 * 1024

describe('logging in', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  beforeAll(async () => {
    musakone = await startTestMusakone({
      databasePath,
      hashingCost: HASHING_COST,
      limits: { throttle: UNTHROTTLED },
    })
    await musakone.online()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone)
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  const logIn = (username: unknown, password: unknown) =>
    musakone.request('/api/auth/login', { json: { username, password } })

  const sessions = () =>
    withRows(databasePath, (rows) => rows.query('SELECT id FROM sessions').all().length)

  test('A1 the right password logs in, whatever the case of the name', async () => {
    for (const name of ['admin', 'ADMIN', 'Admin']) {
      const response = await logIn(name, TEST_PASSWORD)
      expect(response.status).toBe(200)
      const { token, expires_at, user } = (await response.json()) as Login
      expect(user).toEqual({
        id: 1,
        username: 'admin',
        role: 'admin',
        created_at: expect.any(Number),
        last_login: expect.any(Number),
      })
      expect(expires_at).toBeGreaterThan(Date.now() / 1000 + 29 * 86_400)
      const me = await musakone.request('/api/auth/me', { token })
      expect(await me.json()).toMatchObject(user)
    }
  })

  test.each<[string, string, string]>([
    ['a wrong password', 'admin', `${TEST_PASSWORD}r`],
    ['another case', 'admin', TEST_PASSWORD.toUpperCase()],
    ['a space more', 'admin', `${TEST_PASSWORD} `],
    ['an unknown user', 'nobody', TEST_PASSWORD],
    ['an empty password', 'admin', ''],
    ['an empty name', '', TEST_PASSWORD],
    ['nothing at all', '', ''],
    ['an unknown user and an empty password', 'nobody', ''],
    ['a wildcard', '%', TEST_PASSWORD],
    ['a name and a wildcard', 'adm%', TEST_PASSWORD],
    ['a wildcard for a letter', 'admi_', TEST_PASSWORD],
    ['a pattern', 'adm*', TEST_PASSWORD],
    ['SQL', "admin' --", TEST_PASSWORD],
    ['more SQL', "' OR '1'='1", "' OR '1'='1"],
    ['a NUL behind the name', 'admin\u0000', TEST_PASSWORD],
    ['a NUL alone', '\u0000', '\u0000'],
    ['a NUL behind the password', 'admin', `${TEST_PASSWORD}\u0000`],
    ['a NUL and more', 'admin', `${TEST_PASSWORD}\u0000x`],
    ['a space in the name', 'ad min', TEST_PASSWORD],
    ['a letter that looks the same', '\u0430dmin', TEST_PASSWORD],
    ['a capital of another language', 'adm\u0130n', TEST_PASSWORD],
    ['half a character', 'admin\ud800', '\udfff'],
    ['a line end in the name', 'ad\r\nmin', TEST_PASSWORD],
    ['257 characters', 'admin', 'x'.repeat(257)],
    ['the right one, repeated to 60,000', 'admin', TEST_PASSWORD.repeat(60_000 / 21)],
    ['a name of 60,000', 'a'.repeat(60_000), TEST_PASSWORD],
    ['its own hash for a password', 'admin', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA'],
  ])('A1 is refused with one and the same answer: %s', async (_, username, password) => {
    const before = sessions()
    const response = await logIn(username, password)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual(WRONG)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect(sessions()).toBe(before)
  })

  test.each(['admin ', ' admin', 'admin\r\n', '\u00a0Admin\u00a0'])(
    'takes a name without the spaces around it, as phones type it: %p',
    async (username) => {
      expect((await logIn(username, TEST_PASSWORD)).status).toBe(200)
    },
  )

  test.each<[string, unknown]>([
    ['a number', { username: 'admin', password: 5 }],
    ['null', { username: 'admin', password: null }],
    ['true', { username: true, password: true }],
    ['a list', { username: ['admin'], password: [TEST_PASSWORD] }],
    ['an object', { username: { $ne: '' }, password: { $gt: '' } }],
    ['missing', { username: 'admin' }],
    ['in the prototype', JSON.parse(`{"__proto__":{"username":"a","password":"b"}}`)],
    ['a list for a body', [{ username: 'admin', password: TEST_PASSWORD }]],
    ['a text for a body', 'admin'],
    ['null for a body', null],
  ])('A1 what is not a name and a password is refused with 400: %s', async (_, json) => {
    const response = await musakone.request('/api/auth/login', { json })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test.each<[string, string | Uint8Array<ArrayBuffer> | null]>([
    ['none', null],
    ['empty', ''],
    ['half', '{"username":"admin"'],
    ['bytes', new Uint8Array([0xff, 0xfe, 0x00, 0x22])],
    ['20,000 lists deep', '['.repeat(20_000) + ']'.repeat(20_000)],
  ])('A1 a body that is not JSON is refused with 400: %s', async (_, body) => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', headers, ...(body !== null && { body }) }
    const response = await musakone.request('/api/auth/login', init)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
  })

  test('A1 a password of a megabyte is refused with 413, announced or not', async () => {
    const text = JSON.stringify({ username: 'admin', password: 'x'.repeat(MEGABYTE) })
    const headers = { 'content-type': 'application/json' }
    const inChunks = new ReadableStream({
      start(controller) {
        for (let at = 0; at < text.length; at += 65_536)
          controller.enqueue(new TextEncoder().encode(text.slice(at, at + 65_536)))
        controller.close()
      },
    })
    for (const body of [text, inChunks]) {
      const init = { method: 'POST', headers, body }
      const response = await musakone.request('/api/auth/login', init)
      expect(response.status).toBe(413)
    }
    expect((await logIn('admin', TEST_PASSWORD)).status).toBe(200)
  })

  test.each([
    ['empty', ''],
    ['a word', 'password'],
    ['a space', ' '],
    ['only the name of the method', '$argon2id$'],
    ['without its end', '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ'],
    ['with an empty salt', '$argon2id$v=19$m=19456,t=2,p=1$$'],
    ['with parameters of 0', '$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHQ$aGFzaGhhc2g'],
    ['with parameters that are no numbers', '$argon2id$v=19$m=x,t=y,p=z$c2FsdHNhbHQ$aGFzaA'],
    ['of an unknown method', '$argon3$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g'],
    ['of bcrypt, cut off', '$2b$10$abcdefgh'],
    ['of md5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['with a NUL', '$argon2id$v=19$m=19456,t=2,p=1$c2Fsd\u0000HNhbHQ$aGFzaA'],
    ['of 50,000 characters', '$argon2id$'.repeat(5_000)],
  ])(
    'A1 a stored hash that is malformed is a wrong password, never a 500: %s',
    async (name, hash) => {
      const username = `damaged ${name}`
      await addUser(databasePath, { username })
      const token = await musakone.logIn(username)
      withRows(databasePath, (rows) =>
        rows.query('UPDATE users SET password_hash = ? WHERE username = ?').run(hash, username),
      )
      for (const password of [TEST_PASSWORD, '', hash]) {
        const response = await logIn(username, password)
        expect(response.status).toBe(401)
        expect(await response.json()).toEqual(WRONG)
      }
      const json = { current_password: TEST_PASSWORD, new_password: 'a new password' }
      const response = await musakone.request('/api/auth/password', { token, json })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: 'invalid_credentials' })
    },
  )

  test('A1 a hash of other costs is made anew at the next login, and nothing else changes', async () => {
    const username = 'Old Hash'
    const cheap = { algorithm: 'argon2id', memoryCost: 8_192, timeCost: 3 } as const
    await addUser(databasePath, { username, mustChangePassword: true })
    const hash = await Bun.password.hash(TEST_PASSWORD, cheap)
    const rowOf = () =>
      withRows(databasePath, (rows) =>
        rows
          .query<{ password_hash: string; must_change_password: number }, [string]>(
            'SELECT password_hash, must_change_password FROM users WHERE username = ?',
          )
          .get(username),
      )
    withRows(databasePath, (rows) =>
      rows.query('UPDATE users SET password_hash = ? WHERE username = ?').run(hash, username),
    )
    expect((await logIn(username, 'wrong')).status).toBe(401)
    expect(rowOf()?.password_hash).toBe(hash)
    const response = await logIn(username, TEST_PASSWORD)
    expect(response.status).toBe(200)
    const { token } = (await response.json()) as Login
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(200)
    const renewed = rowOf()
    expect(renewed).toMatchObject({ must_change_password: 1 })
    expect(renewed?.password_hash).toStartWith('$argon2id$v=19$m=19456,t=2,p=1$')
    expect((await logIn(username, TEST_PASSWORD)).status).toBe(200)
    expect(rowOf()).toEqual(renewed)
  })

  test('A1 a disabled user is refused like an unknown one', async () => {
    await addUser(databasePath, { username: 'disabled' })
    const token = await musakone.logIn('disabled')
    withRows(databasePath, (rows) =>
      rows.run("UPDATE users SET disabled = 1 WHERE username = 'disabled'"),
    )
    const response = await logIn('disabled', TEST_PASSWORD)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual(WRONG)
    expect((await musakone.request('/api/auth/me', { token })).status).toBe(401)
  })
})
