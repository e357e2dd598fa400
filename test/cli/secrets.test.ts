import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import type { RunningExecutable } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'
import { expectAsBefore, footprintOf, online } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

// Words that no other part of the output contains.
const PASSWORD = 'canary-password-Zq81'
const WRONG_PASSWORD = 'canary-mistyped-Wp52'
const NEW_PASSWORD = 'canary-renewed-Kd90'
const SECRET = 'canary-secret-7Hs0aLq2Vb9xTn4RyEu6Gm'
const BAD_TOKEN = 'canary.token.Bf37'
const MOPIDY_PASSWORD = 'canary-mopidy-Xe16'

describe.each(['debug', 'trace'])('A14 secrets at LOG_LEVEL=%s', (level) => {
  let mopidy: DemoMopidy
  let musakone: RunningExecutable
  const tokens: string[] = []
  beforeAll(async () => {
    mopidy = await startDemoMopidy()
    musakone = await start({
      LOG_LEVEL: level,
      MOPIDY_URL: mopidy.url.replace('//', `//box:${MOPIDY_PASSWORD}@`),
      ADMIN_PASSWORD: PASSWORD,
      JWT_SECRET: SECRET,
    })
    await online(musakone)
  })
  afterAll(() => mopidy.stop())

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${musakone.origin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  async function logInEveryWay(): Promise<void> {
    const { token } = (await (
      await post('/api/auth/login', { username: 'admin', password: PASSWORD })
    ).json()) as { token: string }
    tokens.push(token)
    const bodies = [
      { username: 'admin', password: WRONG_PASSWORD },
      { username: PASSWORD, password: PASSWORD },
      { username: 'admin', password: [PASSWORD] },
      { username: 'admin', passwort: PASSWORD, token },
      `{"username":"admin","password":"${PASSWORD}"`,
      `"${PASSWORD}"`,
    ]
    for (const body of bodies) {
      const reply = await post('/api/auth/login', body)
      expect(reply.status).toBeOneOf([400, 401])
      expect(await reply.text()).not.toContain('canary')
    }
    await post('/api/auth/login', `password=${PASSWORD}`, { 'content-type': 'text/plain' })
    await post(`/api/auth/${token}/${PASSWORD}?password=${PASSWORD}`, {})
  }

  async function presentTokensEveryWay(): Promise<void> {
    const [token = ''] = tokens
    for (const value of [BAD_TOKEN, `${token}x`, token]) {
      for (const headers of [
        { authorization: `Bearer ${value}` },
        { cookie: `musakone=${value}` },
        { authorization: `Basic ${btoa(`admin:${PASSWORD}`)}` },
      ])
        await fetch(`${musakone.origin}/api/auth/me?token=${value}`, { headers })
      await fetch(`${musakone.origin}/ws?token=${value}`)
      await connectOwn(`${musakone.socketUrl}?token=${value}`).then(
        (client) => client.close(),
        () => {},
      )
      const client = await connectOwn(musakone.socketUrl)
      client.send({ type: 'auth', token: value })
      client.send({ type: 'mopidy', token: value, method: 'core.get_version', id: value })
      client.send({ type: 'mopidy', token: value, method: value, params: { [value]: PASSWORD } })
      client.send(`{"type":"auth","token":"${value}"`)
      client.send({ type: value, password: PASSWORD })
      client.send({ jsonrpc: '2.0', id: 1, method: 'core.playlists.save', params: [value] })
      await until(() => client.messages.length >= 6, 'an answer to each message')
      client.close()
      await client.closed
    }
  }

  async function changePassword(): Promise<void> {
    const body = { current_password: PASSWORD, new_password: NEW_PASSWORD }
    const authorization = `Bearer ${tokens[0]}`
    for (const wrong of [
      { ...body, current_password: WRONG_PASSWORD },
      { ...body, new_password: 5 },
    ])
      await post('/api/auth/password', wrong, { authorization })
    const reply = await post('/api/auth/password', body, { authorization })
    tokens.push(((await reply.json()) as { token: string }).token)
  }

  /** Without a table, every request fails with an unexpected error, which is logged as a whole. */
  async function breakTheDatabase(): Promise<void> {
    const file = new Database(join(musakone.cwd, 'data/musakone.db'))
    file.run('PRAGMA busy_timeout = 2000')
    file.run('DROP TABLE sessions')
    file.close()
    const token = tokens.at(-1) ?? ''
    const headers = { authorization: `Bearer ${token}` }
    const replies = [
      await fetch(`${musakone.origin}/ws?token=${token}`),
      await fetch(`${musakone.origin}/api/auth/me?password=${NEW_PASSWORD}`, { headers }),
      await post('/api/auth/login', { username: 'admin', password: NEW_PASSWORD }),
    ]
    for (const reply of replies) {
      expect(reply.status).toBe(500)
      expect(await reply.text()).not.toMatch(/sessions|canary|\bat \//)
    }
    await until(
      () => musakone.lines().filter(({ msg }) => msg === 'request failed').length === 3,
      'three failures in the log',
    )
  }

  test('none is in the log or in the data', async () => {
    const before = footprintOf(musakone)
    await logInEveryWay()
    await presentTokensEveryWay()
    await changePassword()
    // The loss of the connection whose address holds the password is logged too.
    await mopidy.restart()
    await until(
      () => musakone.lines().filter(({ msg }) => msg === 'mopidy is online').length === 2,
      'Mopidy to be back',
    )
    await expectAsBefore(musakone, before)
    await breakTheDatabase()
    const data = join(musakone.cwd, 'data')
    const everywhere = () =>
      readdirSync(data).map((file) => ({ file, text: readFileSync(join(data, file), 'latin1') }))
    const found = everywhere()
    expect(found.map(({ file }) => file)).toContain('musakone.db-wal')
    expect(await musakone.stop()).toBe(0)
    found.push(...everywhere())
    found.push({ file: 'log', text: JSON.stringify(musakone.lines()) })
    expect(found.at(-1)?.text).toContain('mopidy connection gone')

    // Half a token is a secret too; only the first part is the same in every JWT.
    const parts = tokens.flatMap((token) => token.split('.').slice(1))
    expect(parts).toHaveLength(4)
    for (const secret of ['canary', ...parts, btoa(`admin:${PASSWORD}`)])
      for (const { file, text } of found)
        expect({ file, holds: text.includes(secret) }).toEqual({ file, holds: false })
  })
})
