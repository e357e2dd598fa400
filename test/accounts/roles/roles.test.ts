import { afterAll, afterEach, beforeAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { DEFAULT_LIMITS } from '../../../src/accounts/roles/limits'
import {
  DEFAULT_PERMISSIONS,
  FOR_ADMINS_ONLY,
  PERMISSIONS,
} from '../../../src/accounts/roles/permissions'
import type { Role } from '../../../src/accounts/roles/role'
import { temporaryFolder } from '../../support/executable'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { startTestMusakone, type TestMusakone, until } from '../../support/test-musakone'
import { addUser, withRows } from '../../support/user-rows'

const SKIP = 'core.playback.next'

describe('roles', () => {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const tokens = {} as Record<Role, string>
  let musakone: TestMusakone
  let guest: OwnSocket
  beforeAll(async () => {
    musakone = await startTestMusakone({ databasePath })
    await musakone.online()
    await addUser(databasePath, { username: 'member', role: 'member' })
    await addUser(databasePath, { username: 'guest', role: 'guest' })
    for (const role of ['admin', 'member', 'guest'] as const)
      tokens[role] = await musakone.logIn(role)
    guest = await connectOwn(`${musakone.socketUrl}?token=${tokens.guest}`)
  })
  afterAll(() => musakone.stop())
  afterEach(async () => {
    for (const role of ['member', 'guest'])
      expect((await reset(role)).status, `resetting ${role}`).toBe(200)
  })

  const change = (role: string, json: unknown, token = tokens.admin) =>
    musakone.request(`/api/roles/${role}`, { token, json, method: 'PATCH' })
  const reset = (role: string, token = tokens.admin) =>
    musakone.request(`/api/roles/${role}`, { token, method: 'DELETE' })
  const me = async (token: string) => (await musakone.request('/api/auth/me', { token })).json()
  const grown = (role: Role, ...more: string[]) => [...DEFAULT_PERMISSIONS[role], ...more]

  test('everyone sees what they may do themselves, and only admins what others may', async () => {
    for (const role of ['admin', 'member', 'guest'] as const)
      expect(await me(tokens[role])).toMatchObject({
        role,
        permissions: [...DEFAULT_PERMISSIONS[role]],
        limits: DEFAULT_LIMITS[role],
      })
    const list = await musakone.request('/api/roles', { token: tokens.admin })
    expect(list.status).toBe(200)
    const { roles, permissions } = (await list.json()) as {
      roles: object[]
      permissions: { name: string; admins_only: boolean }[]
    }
    expect(roles).toEqual(
      (['admin', 'member', 'guest'] as const).map((role) => ({
        role,
        permissions: [...DEFAULT_PERMISSIONS[role]],
        limits: DEFAULT_LIMITS[role],
        changed: false,
      })),
    )
    expect(permissions.map(({ name }) => name)).toEqual([...PERMISSIONS])
    expect(permissions.filter((p) => p.admins_only).map((p) => p.name)).toEqual(
      PERMISSIONS.filter((name) => FOR_ADMINS_ONLY.includes(name)),
    )
    const refused = await musakone.request('/api/roles', { token: tokens.guest })
    expect(refused.status).toBe(403)
    expect(await refused.json()).toEqual({
      error: 'forbidden',
      message: 'A guest may not change what roles may do.',
    })
  })

  test('a reply to a login has the user and no permissions', async () => {
    const login = await musakone.request('/api/auth/login', {
      json: { username: 'guest', password: 'correct horse battery' },
    })
    const { user } = (await login.json()) as { user: object }
    expect(user).not.toHaveProperty('permissions')
    expect(user).not.toHaveProperty('limits')
  })

  test('A12 a change holds for the very next call on an open socket, and goes by a reset', async () => {
    expect(await guest.call(SKIP)).toMatchObject({
      error: { code: -32002, message: 'A guest may not skip.' },
    })
    const given = await change('guest', { permissions: grown('guest', 'playback') })
    expect(given.status).toBe(200)
    expect(await given.json()).toMatchObject({ role: 'guest', changed: true })
    expect(await guest.call(SKIP)).toMatchObject({ type: 'mopidy_response', result: null })
    expect(((await me(tokens.guest)) as { permissions: string[] }).permissions).toContain(
      'playback',
    )
    await reset('guest')
    expect(await guest.call(SKIP)).toMatchObject({ type: 'mopidy_error', error: { code: -32002 } })
  })

  test('limits that are not given stay, null takes one away', async () => {
    await change('guest', { limits: { max_queued: 3, uri_schemes: ['Local', 'local', 'demo'] } })
    const changed = await change('guest', { limits: { longest_track_ms: null } })
    expect(await changed.json()).toMatchObject({
      permissions: [...DEFAULT_PERMISSIONS.guest],
      limits: {
        ...DEFAULT_LIMITS.guest,
        max_queued: 3,
        uri_schemes: ['local', 'demo'],
        longest_track_ms: null,
      },
    })
  })

  test('A12 only who may change roles does', async () => {
    for (const token of [tokens.member, tokens.guest]) {
      expect((await change('guest', { permissions: ['see'] }, token)).status).toBe(403)
      expect((await reset('guest', token)).status).toBe(403)
    }
    expect((await change('guest', { permissions: ['see'] }, 'nobody')).status).toBe(401)
    expect(musakone.services.accounts.roles.isChanged('guest')).toBe(false)
  })

  test('A12 what admins may do cannot be changed', async () => {
    for (const response of [
      await change('admin', { permissions: ['see'] }),
      await reset('admin'),
    ]) {
      expect(response.status).toBe(403)
      expect(await response.json()).toEqual({
        error: 'forbidden',
        message: 'Admins may do everything; that cannot be changed.',
      })
    }
    expect((await change('wizard', { permissions: ['see'] })).status).toBe(404)
    expect((await reset('wizard')).status).toBe(404)
  })

  const CANARY = 'canary-7e1'
  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a list', [{ permissions: ['see'] }]],
    ['a misspelt member', { permisions: ['see'] }],
    ['an unknown permission', { permissions: ['see', CANARY] }],
    ['a permission of Object', { permissions: ['see', 'constructor'] }],
    ['a permission that is no text', { permissions: ['see', { toString: CANARY }] }],
    ['permissions that are no list', { permissions: CANARY }],
    ['what only admins may have', { permissions: ['see', 'users'] }],
    ['no seeing', { permissions: ['browse'] }],
    ['an unknown limit', { limits: { [CANARY]: 1 } }],
    ['limits that are no object', { limits: CANARY }],
    ['limits that are a list', { limits: [1] }],
    ['C10 a negative number', { limits: { max_queued: -1 } }],
    ['C10 zero', { limits: { adds_per_minute: 0 } }],
    ['C10 a fraction', { limits: { max_queued: 1.5 } }],
    ['C10 1e308', { limits: { longest_track_ms: 1e308 } }],
    ['C10 2^53+1', { limits: { longest_track_ms: 2 ** 53 + 1 } }],
    ['C10 a number as text', { limits: { max_queued: '3' } }],
    ['a volume above 100', { limits: { volume_ceiling: 101 } }],
    ['no schemes', { limits: { uri_schemes: [] } }],
    ['a scheme with a colon', { limits: { uri_schemes: ['local:'] } }],
    ['a thousand schemes', { limits: { uri_schemes: Array(1_000).fill('local') } }],
    ['something right and something wrong', { permissions: ['see'], limits: { max_queued: [] } }],
  ])('refuses %s, changes nothing and does not repeat it', async (_, body) => {
    const before = await me(tokens.guest)
    const response = await change('guest', body)
    const text = await response.text()
    expect(response.status, text).toBe(400)
    expect(JSON.parse(text)).toEqual({ error: 'invalid_request', message: expect.any(String) })
    expect(text).not.toContain(CANARY)
    expect(await me(tokens.guest)).toEqual(before)
    expect(musakone.services.accounts.roles.isChanged('guest')).toBe(false)
  })

  test('each change is in the log of security events, with what was and what is', async () => {
    await change('member', { limits: { volume_ceiling: 60 } })
    await reset('member')
    const notes = withRows(databasePath, (rows) =>
      rows
        .query<{ userId: number; ip: string; details: string }, []>(
          `SELECT user_id AS userId, ip, details FROM security_events
            WHERE event_type = 'role_rules_changed' ORDER BY id DESC LIMIT 2`,
        )
        .all(),
    )
    const [second, first] = notes.map(({ details, ...note }) => ({
      ...note,
      ...JSON.parse(details),
    }))
    const byDefault = {
      permissions: [...DEFAULT_PERMISSIONS.member],
      limits: DEFAULT_LIMITS.member,
    }
    const limited = { ...byDefault, limits: { ...DEFAULT_LIMITS.member, volume_ceiling: 60 } }
    const by = { userId: 1, ip: '127.0.0.1', role: 'member' }
    expect(first).toEqual({ ...by, before: byDefault, after: limited })
    expect(second).toEqual({ ...by, before: limited, after: byDefault })
  })

  test('A12 a change by another process is noticed', async () => {
    const { roles } = musakone.services.accounts
    withRows(databasePath, (rows) =>
      rows.run(`INSERT INTO roles (role, permissions, limits) VALUES ('guest', '["see"]', '{}')`),
    )
    await until(() => !roles.may('guest', 'browse'), 'the change to be noticed')
    expect(await guest.call('core.library.browse', { uri: null })).toMatchObject({
      error: { code: -32002, message: 'A guest may not look through the library.' },
    })
    // What it does not say is as by default.
    expect(roles.limitsOf('guest')).toEqual(DEFAULT_LIMITS.guest)
    expect(roles.permissionsOf('guest')).toEqual(['see'])
  })

  test('A12 a row that cannot be read gives nobody more than the defaults', () => {
    const { roles } = musakone.services.accounts
    const write = (permissions: string, limits: string) => {
      withRows(databasePath, (rows) =>
        rows.run('INSERT OR REPLACE INTO roles (role, permissions, limits) VALUES (?, ?, ?)', [
          'guest',
          permissions,
          limits,
        ]),
      )
      roles.reload()
      return [roles.permissionsOf('guest'), roles.limitsOf('guest')]
    }
    const { guest: limits } = DEFAULT_LIMITS
    expect(write('["browse","users","flying",7]', '{"max_queued":"many","flights":2}')).toEqual([
      ['see', 'browse'],
      limits,
    ])
    expect(write('"everything"', '[1]')).toEqual([DEFAULT_PERMISSIONS.guest, limits])
    expect(write('[]', '{"max_queued":7,"volume_ceiling":-1}')).toEqual([
      ['see'],
      { ...limits, max_queued: 7 },
    ])
  })
})
