import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test'
import { join } from 'node:path'
import type { Login } from '../../../src/accounts/model'
import { remember } from '../../support/aftermath'
import { temporaryFolder } from '../../support/executable'
import { connectOwn } from '../../support/own-socket'
import { startTestMusakone, TEST_PASSWORD, type TestMusakone } from '../../support/test-musakone'
import { addUser, withRows } from '../../support/user-rows'

const NEW_PASSWORD = 'another horse, another battery'

describe('changing a password', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  let musakone: TestMusakone
  let checkAftermath: () => Promise<void>
  let people = 0
  beforeAll(async () => {
    musakone = await startTestMusakone({ databasePath })
    await musakone.online()
    await Promise.all([musakone.logIn(), musakone.logIn()])
    checkAftermath = await remember(musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await musakone.stop()
  })

  async function someone({ mustChangePassword = false } = {}) {
    people += 1
    const username = `someone ${people}`
    const id = await addUser(databasePath, { username, mustChangePassword })
    return { id, username, token: await musakone.logIn(username) }
  }
  const change = (token: string, json: Record<string, unknown> = {}) =>
    musakone.request('/api/auth/password', {
      token,
      json: { current_password: TEST_PASSWORD, new_password: NEW_PASSWORD, ...json },
    })
  const statusOfMe = async (token: string) =>
    (await musakone.request('/api/auth/me', { token })).status
  const logIn = (username: string, password: string) =>
    musakone.request('/api/auth/login', { json: { username, password } })

  test('the reply has a fresh token and cookie, and all sessions from before end', async () => {
    const { username, token } = await someone()
    const other = await musakone.logIn(username)
    const response = await change(token)
    expect(response.status).toBe(200)
    const { token: fresh, user } = (await response.json()) as Login
    expect(user.username).toBe(username)
    expect(response.headers.get('set-cookie')).toStartWith(`musakone=${fresh};`)
    expect(await Promise.all([token, other, fresh].map(statusOfMe))).toEqual([401, 401, 200])
    expect((await logIn(username, TEST_PASSWORD)).status).toBe(401)
    expect((await logIn(username, NEW_PASSWORD)).status).toBe(200)
  })

  test.each<[string, Record<string, unknown>, number]>([
    ['a wrong current password', { current_password: 'wrong' }, 401],
    ['an empty current password', { current_password: '' }, 401],
    ['no current password', { current_password: undefined }, 400],
    ['a new one of 7 characters', { new_password: '1234567' }, 400],
    ['a new one of 257 characters', { new_password: 'x'.repeat(257) }, 400],
    ['a new one that is a number', { new_password: 12_345_678 }, 400],
    ['the same one', { new_password: TEST_PASSWORD }, 400],
  ])('%s changes nothing', async (_, json, status) => {
    const { username, token } = await someone()
    expect((await change(token, json)).status).toBe(status)
    expect(await statusOfMe(token)).toBe(200)
    expect((await logIn(username, TEST_PASSWORD)).status).toBe(200)
  })

  test('who must change the first password can do that, see who one is, and log out', async () => {
    const { token } = await someone({ mustChangePassword: true })
    const me = await musakone.request('/api/auth/me', { token })
    expect(await me.json()).toMatchObject({ must_change_password: true })
    for (const path of [
      '/api/analytics/stats',
      '/api/analytics/history',
      '/api/playback/state',
      `/ws?token=${token}`,
    ]) {
      const response = await musakone.request(path, { token })
      expect(response.status).toBe(403)
      expect(await response.json()).toMatchObject({ error: 'password_change_required' })
    }
    expect((await musakone.request('/api/auth/logout', { method: 'POST', token })).status).toBe(200)
    expect(await statusOfMe(token)).toBe(401)
  })

  test('until then no socket signs in, and afterwards one does', async () => {
    const { token } = await someone({ mustChangePassword: true })
    for (const headers of [{ authorization: `Bearer ${token}` }, { cookie: `musakone=${token}` }])
      await expect(connectOwn(musakone.socketUrl, headers)).rejects.toThrow('refused')
    const client = await connectOwn(musakone.socketUrl)
    await expect(client.signIn(token)).rejects.toThrow('Change your password first.')
    client.send({ type: 'mopidy', token, method: 'core.get_version' })
    expect(await client.next()).toMatchObject({ type: 'auth_error' })
    client.send({ jsonrpc: '2.0', id: 1, method: 'core.get_version' })
    expect(await client.next()).toMatchObject({ type: 'auth_error' })

    const { token: fresh, user } = (await (await change(token)).json()) as Login
    expect(user).not.toHaveProperty('must_change_password')
    await client.signIn(fresh)
    expect(await client.call('core.get_version')).toMatchObject({ type: 'mopidy_response' })
    expect((await musakone.request('/api/playback/state', { token: fresh })).status).toBe(200)
    client.close()
  })

  test('of two changes at once with the same old password one is made', async () => {
    const { username, token } = await someone()
    const responses = await Promise.all([
      change(token, { new_password: 'the first new one' }),
      change(token, { new_password: 'the second new one' }),
    ])
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 401])
    const made = responses.findIndex(({ status }) => status === 200)
    const login: unknown = await responses[made]?.json()
    expect(await statusOfMe((login as Login).token)).toBe(200)
    const password = made === 0 ? 'the first new one' : 'the second new one'
    expect((await logIn(username, password)).status).toBe(200)
  })

  /** Runs `work` while the next token is being signed, after the password has been checked. */
  function whileSigning(work: () => void) {
    const { sign } = crypto.subtle
    const spy = spyOn(crypto.subtle, 'sign').mockImplementation((...args) => {
      spy.mockRestore()
      work()
      return sign.apply(crypto.subtle, args)
    })
  }

  test.each([
    ['deleted', 'DELETE FROM users WHERE id = ?'],
    ['disabled', 'UPDATE users SET disabled = 1 WHERE id = ?'],
    ['given another password', "UPDATE users SET password_hash = 'new' WHERE id = ?"],
  ])('A1 a user who is %s during a login or a change is refused, never a 500', async (_, sql) => {
    const first = await someone()
    whileSigning(() => withRows(databasePath, (rows) => rows.query(sql).run(first.id)))
    expect((await logIn(first.username, TEST_PASSWORD)).status).toBe(401)
    const second = await someone()
    whileSigning(() => withRows(databasePath, (rows) => rows.query(sql).run(second.id)))
    expect((await change(second.token)).status).toBe(401)
    expect((await logIn(second.username, NEW_PASSWORD)).status).toBe(401)
  })
})
