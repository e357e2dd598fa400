import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { qrText } from '../../src/accounts/invites/qr'
import {
  type RunningExecutable,
  runExecutable,
  startExecutable,
  temporaryFolder,
} from '../support/executable'
import { connectOwn } from '../support/own-socket'

const SECRET = 'for-the-tests-of-the-command-line-0123456789'

describe('musakone invite', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const variables = {
    DATABASE_PATH: databasePath,
    JWT_SECRET: SECRET,
    REGISTRATION: 'invite',
    PORT: '3001',
  }
  let running: RunningExecutable
  let token: string
  beforeAll(async () => {
    running = await startExecutable({ ...variables, PORT: '0' }, { args: ['demo'] })
    token = await running.logIn()
  })
  afterAll(() => running.stop())

  const invite = (args: string[], others: Record<string, string> = {}) =>
    runExecutable(['invite', ...args], { ...variables, ...others })
  const linkIn = (text: string) => /^https?:\/\/\S+#(\d+-[\w-]{22})$/m.exec(text) ?? []

  async function ask(path: string, json?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const init = json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }
    return fetch(`${running.origin}${path}`, { headers, ...init })
  }

  test('create prints a link and its QR code, by which the running service lets in', async () => {
    const { exitCode, stdout, stderr } = await invite(['create', '--name', 'Fest ☀'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const [link = '', code = ''] = linkIn(stdout)
    expect(link).toMatch(/^http:\/\/[\w.-]+:3001\/join#/)
    expect(stdout).toStartWith(`${qrText(link)}\n\n${link}\n`)
    expect(stdout).toMatch(/\n1 {3}guest {2}0 {5}\d{4}-\d\d-\d\d \d\d:\d\d {2}Fest ☀\n$/)
    const response = await ask('/api/auth/register', { username: 'cleo', invite: code })
    expect(response.status).toBe(201)
    const listed = (await (await ask('/api/invites')).json()) as { invites: object[] }
    expect(listed.invites).toEqual([
      expect.objectContaining({ id: 1, name: 'Fest ☀', created_by: null, uses: 1, code }),
    ])
  })

  test('create takes the role, the time, the uses and the address', async () => {
    const args = ['--role', 'member', '--hours', '1.5', '--uses', '3']
    const url = ['--url', 'https://music.example/whatever']
    const { stdout } = await invite(['create', ...args, ...url])
    const [link, code] = linkIn(stdout)
    expect(link).toBe(`https://music.example/join#${code}`)
    const invitation = await (await ask('/api/auth/invite', { code })).json()
    expect(invitation).toEqual({
      name: '',
      role: 'member',
      expires_at: expect.any(Number),
      password: true,
    })
    const left = (invitation as { expires_at: number }).expires_at - Date.now() / 1000
    expect(Math.abs(left - 5_400)).toBeLessThan(60)
    expect((await invite(['list'])).stdout).toMatch(/\n2 {3}member {2}0 of 3 {2}/)
  })

  test('show prints the same link again', async () => {
    const { stdout: first } = await invite(['create', '--url', 'http://box.local:3001'])
    const [link, code = ''] = linkIn(first)
    const { stdout } = await invite([
      'show',
      code.split('-')[0] ?? '',
      '--url',
      'http://box.local:3001',
    ])
    expect(linkIn(stdout)[0]).toBe(link ?? '')
  })

  test('list --json gives what there is, without what lets in', async () => {
    const { stdout } = await invite(['list', '--json'])
    const invites = JSON.parse(stdout) as object[]
    expect(invites.at(-1)).toMatchObject({ id: 1, role: 'guest', uses: 1, max_uses: null })
    for (const one of invites) expect(one).not.toHaveProperty('code')
    expect((await invite(['list'], { JWT_SECRET: '' })).stdout).toContain('Fest ☀')
  })

  test('C3 end has the guests out of the running service within two seconds', async () => {
    const [, code = ''] = linkIn((await invite(['create'])).stdout)
    const [id = ''] = code.split('-')
    const json = { username: 'dan', invite: code }
    const login = (await (await ask('/api/auth/register', json)).json()) as { token: string }
    const client = await connectOwn(`${running.socketUrl}?token=${login.token}`)
    const { exitCode, stdout, ms } = await invite(['end', id])
    const endedAt = performance.now()
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: `invite ${id} has ended, and so have its guests\n`,
    })
    expect((await client.closed).code).toBe(4401)
    expect(performance.now() - endedAt).toBeLessThan(2_000)
    expect(ms).toBeLessThan(5_000)
    expect((await ask('/api/auth/register', { username: 'late', invite: code })).status).toBe(404)
    expect((await invite(['list'])).stdout).not.toContain(`\n${id} `)
    const shown = await invite(['show', id])
    expect({ exitCode: shown.exitCode, stderr: shown.stderr }).toEqual({
      exitCode: 1,
      stderr: `musakone: invite ${id} lets nobody in any more\n`,
    })
    const { events } = (await (await ask('/api/audit')).json()) as {
      events: { details?: { by?: string; invite_id?: number } }[]
    }
    const noted = events.filter(({ details }) => details?.invite_id === Number(id))
    expect(noted.map(({ details }) => details?.by)).toEqual(
      expect.arrayContaining(['command line', 'command line']),
    )
  })

  test('create says that nobody comes in where registration is closed', async () => {
    const { exitCode, stdout } = await invite(['create'], { REGISTRATION: 'closed' })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('REGISTRATION is closed here')
    expect((await invite(['create'])).stdout).not.toContain('REGISTRATION')
  })

  test.each<[string, string[], Record<string, string>, string, number]>([
    ['an unknown invite', ['end', '999'], {}, 'There is no such invite.', 1],
    ['an id that is none', ['end', '1e9'], {}, 'there is no invite 1e9', 1],
    ['no time', ['create', '--hours', '0'], {}, 'A number of hours, at most 8760.', 2],
    ['more than a year', ['create', '--hours', '8761'], {}, 'A number of hours', 2],
    ['no uses', ['create', '--uses', '0'], {}, 'A number from 1 to 10000.', 2],
    ['a role above all', ['create', '--role', 'admin'], {}, 'guest, member', 2],
    ['an address that is none', ['create', '--url', 'box'], {}, 'http:// or https://', 2],
    ['a name that steers', ['create', '--name', '\u001b[2J'], {}, 'all of them visible', 1],
    ['no database', ['list'], { DATABASE_PATH: '/nowhere/x.db' }, '/nowhere/x.db', 1],
    ['no port', ['create'], { PORT: '0' }, '--url', 1],
    ['no secret', ['create'], { JWT_SECRET: '' }, 'there is no secret in', 1],
    [
      'no secret in production',
      ['create'],
      { JWT_SECRET: '', NODE_ENV: 'production' },
      'JWT_SECRET',
      78,
    ],
    [
      'a secret that cannot be read',
      ['create'],
      { JWT_SECRET: '', JWT_SECRET_FILE: '/nowhere/secret' },
      'JWT_SECRET_FILE cannot be read: /nowhere/secret',
      78,
    ],
  ])('is refused in a line that names it: %s', async (_, args, others, line, code) => {
    const { exitCode, stdout, stderr } = await invite(args, others)
    expect(stderr).toContain(line)
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
  })

  test('takes the secret that a development machine keeps beside the database', async () => {
    const folder = temporaryFolder()
    const own = { DATABASE_PATH: join(folder, 'musakone.db'), REGISTRATION: 'invite' }
    const other = await startExecutable(own, { args: ['demo'] })
    const { stdout } = await runExecutable(['invite', 'create'], { ...own, PORT: '3001' })
    const [, code = ''] = linkIn(stdout)
    const register = () =>
      fetch(`${other.origin}/api/auth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'eva', invite: code }),
      })
    expect((await register()).status).toBe(201)
    await other.stop()
    rmSync(join(folder, 'jwt-secret'))
    const refused = await runExecutable(['invite', 'create'], { ...own, PORT: '3001' })
    expect(refused.stderr).toContain('there is no secret in')
    expect(refused.exitCode).toBe(1)
  })
})

test('the demo lets the invited in, where nothing else is said', async () => {
  const demo = await startExecutable({}, { args: ['demo'] })
  const response = await fetch(`${demo.origin}/api/auth/registration`)
  expect(await response.json()).toEqual({ policy: 'invite' })
  await demo.stop()
})
