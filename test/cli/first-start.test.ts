import { afterAll, describe, expect, test } from 'bun:test'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { until } from '../support/test-musakone'
import { endAll, launch, start } from './launch'

afterAll(endAll)

const PRODUCTION = { NODE_ENV: 'production', JWT_SECRET: 'yIH2q7mPpT0v4cKeXw9rLb1nZs8dJf3g' }
const PASSWORD = /log in as admin with (\S+) and change it/g

describe('the first start in production', () => {
  test('A8 prints one random password, once, that has to be changed', async () => {
    const cwd = temporaryFolder()
    const musakone = await start(PRODUCTION, { cwd })
    const passwords = passwordsIn(musakone.lines())
    expect(passwords).toEqual([expect.stringMatching(/^[\w-]{20}$/)])
    const [password = ''] = passwords
    // The password is in no other line of the log.
    expect(JSON.stringify(musakone.lines()).split(password)).toHaveLength(2)
    const post = (path: string, token: string, body: unknown) =>
      fetch(`${musakone.origin}/api/auth/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      })
    const get = (path: string, token: string) =>
      fetch(`${musakone.origin}/api/${path}`, { headers: { authorization: `Bearer ${token}` } })

    const admin = await post('login', '', { username: 'admin', password: 'admin' })
    expect(admin.status).toBe(401)
    const token = await musakone.logIn(password)
    const me = await get('auth/me', token)
    expect(await me.json()).toMatchObject({ username: 'admin', must_change_password: true })
    for (const path of ['analytics/history', 'analytics/stats', 'playback/state']) {
      const refused = await get(path, token)
      expect(refused.status).toBe(403)
      expect(await refused.json()).toMatchObject({ error: 'password_change_required' })
    }
    await expect(connectOwn(`${musakone.socketUrl}?token=${token}`)).rejects.toThrow('refused')
    const client = await connectOwn(musakone.socketUrl)
    await expect(client.signIn(token)).rejects.toThrow('Change your password first')
    client.send({ type: 'mopidy', token, method: 'core.playback.play' })
    expect(await client.next()).toMatchObject({ type: 'auth_error' })

    const change = { current_password: password, new_password: 'half a lemon cake' }
    const changed = await post('password', token, change)
    expect(changed.status).toBe(200)
    const { token: fresh } = (await changed.json()) as { token: string }
    expect((await get('analytics/history', fresh)).status).toBe(200)
    expect((await get('auth/me', token)).status).toBe(401)
    await client.signIn(fresh)
    await musakone.stop()

    const again = await start(PRODUCTION, { cwd })
    expect(passwordsIn(again.lines())).toEqual([])
    await again.logIn(change.new_password)
    await expect(again.logIn(password)).rejects.toThrow('401')
    await again.stop()
  })

  test('A8 no two boxes get the same password', async () => {
    const boxes = await Promise.all([start(PRODUCTION), start(PRODUCTION)])
    const passwords = boxes.flatMap(({ lines }) => passwordsIn(lines()))
    expect(new Set(passwords).size).toBe(2)
    await Promise.all(boxes.map((box) => box.stop()))
  })
})

test('the data is for its owner only, whatever the umask', async () => {
  const cwd = temporaryFolder()
  const child = launch({}, { cwd, shell: 'umask 000' })
  const data = join(cwd, 'data')
  const files = () => (readdirSync(cwd).includes('data') ? readdirSync(data).sort() : [])
  const expected = ['jwt-secret', 'musakone.db', 'musakone.db-lock']
  const working = [...expected, 'musakone.db-shm', 'musakone.db-wal']
  await until(() => files().length === working.length, 'the data to be there')
  expect(files()).toEqual(working)
  expect(modeOf(data)).toBe('700')
  for (const file of working) expect([file, modeOf(join(data, file))]).toEqual([file, '600'])
  child.kill('SIGTERM')
  expect(await child.exited).toBe(0)
  expect(files()).toEqual(expected)
})

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)

function passwordsIn(lines: Record<string, unknown>[]): string[] {
  return lines.flatMap(({ msg }) =>
    [...String(msg).matchAll(PASSWORD)].map(([, word = '']) => word),
  )
}
