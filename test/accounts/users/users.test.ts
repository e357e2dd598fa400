import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { remember } from '../../support/aftermath'
import { withRows } from '../../support/user-rows'
import { type Office, openOffice, PASSWORD } from '../office'

describe('users', () => {
  let office: Office
  let checkAftermath: () => Promise<void>
  beforeAll(async () => {
    office = await openOffice()
    checkAftermath = await remember(office.musakone, { idleConnections: 8 })
  })
  afterAll(async () => {
    await checkAftermath()
    await office.musakone.stop()
  })
  beforeEach(() => void office.notes())

  /** A guest who came by an invite. */
  function guestOfAnInvite(username: string): number {
    return withRows(office.databasePath, (rows) => {
      const end = Math.floor(Date.now() / 1000) + 3600
      rows.run(`INSERT INTO invites (role, created_at, expires_at) VALUES ('guest', 0, ${end})`)
      const row = rows
        .query<{ id: number }, [string]>(
          `INSERT INTO users (username, password_hash, role, created_at, expires_at, invite_id)
           VALUES (?, '', 'guest', 0, ${end}, (SELECT max(id) FROM invites)) RETURNING id`,
        )
        .get(username)
      return row?.id ?? 0
    })
  }

  test('are made by an admin, can log in at once, and stand in the list by name', async () => {
    const { status, body } = await office.create({ username: 'Zoë', role: 'guest' })
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.any(Number),
      username: 'Zoë',
      role: 'guest',
      disabled: false,
      must_change_password: false,
      has_password: true,
      created_at: expect.any(Number),
      last_login: null,
      expires_at: null,
      sessions: 0,
    })
    expect(office.notes()).toEqual([
      {
        event_type: 'user_created',
        actor: 'admin',
        subject: 'Zoë',
        ip: '127.0.0.1',
        details: { username: 'Zoë', role: 'guest' },
      },
    ])
    expect(await office.logIn('ZOË', PASSWORD)).toBe(200)
    await office.musakone.logIn('zoë', PASSWORD)
    expect((await office.find(body.id as number)).body).toMatchObject({
      username: 'Zoë',
      sessions: 2,
    })
    const names = (await office.list()).map(({ username }) => username)
    expect(names).toContain('Zoë')
    expect(names).toEqual(names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)))
    expect(JSON.stringify(await office.list())).not.toContain('argon2')
  })

  test('have to change the first password when it was made so', async () => {
    const { body } = await office.create({ must_change_password: true })
    expect(body).toMatchObject({ must_change_password: true })
    const token = await office.musakone.logIn(body.username as string, PASSWORD)
    expect((await office.ask('/api/playback/state', 'GET', undefined, token)).body).toMatchObject({
      error: 'password_change_required',
    })
  })

  test.each<[string, Record<string, unknown>]>([
    ['no name', { username: undefined }],
    ['an empty name', { username: '' }],
    ['a name of spaces', { username: '   ' }],
    ['a name with a space', { username: 'an na' }],
    ['a name with a line break', { username: 'an\nna' }],
    ['a name with an invisible character', { username: 'an\u200bna' }],
    ['a name of 65 characters', { username: 'x'.repeat(65) }],
    ['a name that is a list', { username: ['anna'] }],
    ['no password', { password: undefined }],
    ['a short password', { password: 'lemon' }],
    ['a common password', { password: 'Password1' }],
    ['the name as the password', { username: 'annabella', password: 'AnnaBella' }],
    ['no role', { role: undefined }],
    ['an unknown role', { role: 'king' }],
    ['a role that is a list', { role: ['admin'] }],
    ['a flag that is a text', { must_change_password: 'true' }],
  ])('are not made with %s', async (_, json) => {
    const before = await office.list()
    const { status, body } = await office.create(json)
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: 'invalid_request' })
    expect(await office.list()).toEqual(before)
    expect(office.notes()).toEqual([])
  })

  test('have names of 64 characters of any script', async () => {
    const username = `${'🎧'.repeat(63)}ß`
    expect((await office.create({ username })).body).toMatchObject({ username })
  })

  test('have names that differ in more than case, also when two are made at once', async () => {
    await office.create({ username: 'Ärger' })
    for (const username of ['ärger', 'ÄRGER', 'A\u0308rger', 'Äｒger'])
      expect(await office.create({ username })).toMatchObject({
        status: 409,
        body: { error: 'name_taken' },
      })
    const both = await Promise.all(['Twin', 'twin'].map((username) => office.create({ username })))
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
  })

  test('can be renamed, to the same name in another case too, but not to a name in use', async () => {
    const { id, username, token } = await office.someone()
    const { id: otherId } = await office.someone({ username: 'Taken' })
    expect((await office.change(id, { username: username.toUpperCase() })).status).toBe(200)
    expect((await office.change(id, { username: 'tAKEN' })).body).toMatchObject({
      error: 'name_taken',
    })
    expect((await office.change(id, { username: 'two words' })).status).toBe(400)
    expect((await office.change(otherId, { username: 'Free' })).status).toBe(200)
    office.notes()
    expect((await office.change(id, { username: 'Taken' })).body).toMatchObject({
      username: 'Taken',
    })
    expect(office.notes()).toMatchObject([
      {
        event_type: 'user_renamed',
        subject: 'Taken',
        details: { from: username.toUpperCase(), to: 'Taken' },
      },
    ])
    // A name is no right: the session goes on, and knows it.
    expect((await office.ask('/api/auth/me', 'GET', undefined, token)).body).toMatchObject({
      username: 'Taken',
    })
    expect(await office.logIn('taken', PASSWORD)).toBe(200)
    expect(await office.logIn(username, PASSWORD)).toBe(401)
  })

  test('get another role, which counts at once', async () => {
    const { id, token } = await office.someone()
    expect((await office.ask('/api/users', 'GET', undefined, token)).status).toBe(403)
    expect((await office.change(id, { role: 'admin' })).body).toMatchObject({ role: 'admin' })
    expect((await office.ask('/api/users', 'GET', undefined, token)).status).toBe(200)
    expect((await office.change(id, { role: 'guest' })).status).toBe(200)
    expect((await office.ask('/api/users', 'GET', undefined, token)).status).toBe(403)
    expect(office.notes()).toMatchObject([
      { event_type: 'role_changed', details: { from: 'member', to: 'admin' } },
      { event_type: 'role_changed', details: { from: 'admin', to: 'guest' } },
    ])
    // What is so already is no change, and closes nothing.
    const { version } = rowOf(id)
    expect((await office.change(id, { role: 'guest', disabled: false })).status).toBe(200)
    expect(office.notes()).toEqual([])
    expect(rowOf(id).version).toBe(version)
  })

  test('who are disabled are out, and come back with a new login only', async () => {
    const { id, username, token } = await office.someone()
    expect((await office.change(id, { disabled: true })).body).toMatchObject({
      disabled: true,
      sessions: 0,
    })
    expect(await office.statusOfMe(token)).toBe(401)
    expect(await office.logIn(username, PASSWORD)).toBe(401)
    expect((await office.change(id, { disabled: false })).body).toMatchObject({ disabled: false })
    expect(await office.statusOfMe(token)).toBe(401)
    expect(await office.logIn(username, PASSWORD)).toBe(200)
    expect(office.notes().map(({ event_type }) => event_type)).toEqual([
      'user_disabled',
      'user_enabled',
      'login',
    ])
  })

  test('get a password from an admin, which they have to change, and all logins end', async () => {
    const { id, username, token } = await office.someone()
    const { body } = await office.change(id, { password: 'a lemon cake and a half' })
    expect(body).toMatchObject({ must_change_password: true, sessions: 0 })
    expect(await office.statusOfMe(token)).toBe(401)
    expect(await office.logIn(username, PASSWORD)).toBe(401)
    expect(await office.logIn(username, 'a lemon cake and a half')).toBe(200)
    const json = { password: PASSWORD, must_change_password: false }
    expect((await office.change(id, json)).body).toMatchObject({ must_change_password: false })
    expect(office.notes()).toMatchObject([
      { event_type: 'password_set', subject: username, details: { must_change: true } },
      { event_type: 'login' },
      { event_type: 'password_set', subject: username, details: { must_change: false } },
    ])
    for (const password of ['short', 'iloveyou', username, 'x'.repeat(300)])
      expect((await office.change(id, { password })).status).toBe(400)
    expect((await office.change(id, { must_change_password: true })).status).toBe(400)
    expect(await office.logIn(username, PASSWORD)).toBe(200)
  })

  test('do not set their own password so, without the old one, nor does a key of theirs', async () => {
    const { id, username, token } = await office.someone({ role: 'admin' })
    const json = { name: 'a', administration: true, expires_in_days: 1 }
    const { key } = (await office.ask('/api/keys', 'POST', json, token)).body as { key: string }
    office.notes()
    for (const asking of [token, key])
      for (const more of [{}, { must_change_password: false }, { role: 'admin' }])
        expect(
          await office.change(id, { password: 'a lemon cake and a half', ...more }, asking),
        ).toEqual({
          status: 403,
          body: {
            error: 'forbidden',
            message: 'Your own password changes only with the old one: POST /api/auth/password.',
          },
        })
    expect(office.notes()).toEqual([])
    expect(await office.statusOfMe(token)).toBe(200)
    expect(await office.logIn(username)).toBe(200)
    await office.remove(id)
  })

  test('change wholly or not at all', async () => {
    const { id, username, token } = await office.someone()
    await office.someone({ username: 'Somebody' })
    const json = { role: 'admin', disabled: true, password: 'a lemon cake and a half' }
    expect((await office.change(id, { ...json, username: 'somebody' })).status).toBe(409)
    expect((await office.find(id)).body).toMatchObject({
      username,
      role: 'member',
      disabled: false,
    })
    expect(await office.statusOfMe(token)).toBe(200)
    expect(office.notes()).toEqual([])
    expect((await office.change(id, { ...json, username: 'Nobody' })).body).toMatchObject({
      username: 'Nobody',
      role: 'admin',
      disabled: true,
    })
  })

  test('are deleted with their sessions and keys; what they did stays without the name', async () => {
    const { id, username, token } = await office.someone()
    withRows(office.databasePath, (rows) => {
      rows.run(
        `INSERT INTO user_actions (user_id, action_type, timestamp) VALUES (${id}, 'play', 7)`,
      )
      rows.run(`INSERT INTO plays (track_uri, queued_by, started_by, ended_by, started_at_ms)
                VALUES ('x:of-someone', ${id}, ${id}, ${id}, 7000)`)
      rows.run(`INSERT INTO sessions (user_id, token_hash, expires_at, created_at, last_seen, kind)
                VALUES (${id}, 'of-a-key', 253402300799, 0, 0, 'key')`)
    })
    expect(await office.remove(id)).toEqual({ status: 200, body: { ok: true } })
    expect(await office.statusOfMe(token)).toBe(401)
    expect(await office.logIn(username, PASSWORD)).toBe(401)
    expect((await office.find(id)).status).toBe(404)
    expect((await office.remove(id)).status).toBe(404)
    expect(office.notes()).toEqual([
      {
        event_type: 'user_deleted',
        actor: 'admin',
        subject: null,
        ip: '127.0.0.1',
        details: { username, role: 'member' },
      },
    ])
    withRows(office.databasePath, (rows) => {
      const count = (sql: string) => rows.query<{ n: number }, []>(`SELECT COUNT(*) n ${sql}`).get()
      expect(count(`FROM sessions WHERE user_id = ${id}`)).toEqual({ n: 0 })
      expect(count('FROM user_actions WHERE timestamp = 7 AND user_id IS NULL')).toEqual({ n: 1 })
      expect(
        count(`FROM plays WHERE track_uri = 'x:of-someone' AND queued_by IS NULL
                AND started_by IS NULL AND ended_by IS NULL`),
      ).toEqual({ n: 1 })
    })
    // The id is never given again: what a token of old names is nobody.
    expect((await office.create({})).body.id).toBeGreaterThan(id)
  })

  test('an admin may delete the own account, when another is there', async () => {
    const { id, username, token } = await office.someone({ role: 'admin' })
    expect((await office.remove(id, token)).status).toBe(200)
    expect(office.notes()).toMatchObject([
      { event_type: 'user_deleted', actor: null, details: { username } },
    ])
    expect(await office.statusOfMe(token)).toBe(401)
  })

  test.each(['member', 'admin'])('a guest of an invite who becomes a %s stays', async (role) => {
    const id = guestOfAnInvite(`nick-${role}`)
    expect((await office.find(id)).body).toMatchObject({
      has_password: false,
      expires_at: expect.any(Number),
    })
    const refused = await office.change(id, { role })
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
    expect(refused.body.message).toContain('password')
    const { body } = await office.change(id, { role, password: PASSWORD })
    expect(body).toMatchObject({ role, has_password: true, expires_at: null })
    expect(rowOf(id).invite_id).toBeNull()
    expect(await office.logIn(`nick-${role}`, PASSWORD)).toBe(200)
    await office.remove(id)
  })

  test('a guest of an invite who gets a password or a name still goes with the invite', async () => {
    const id = guestOfAnInvite('nick')
    const { body } = await office.change(id, {
      password: PASSWORD,
      username: 'nicky',
      role: 'guest',
    })
    expect(body).toMatchObject({ has_password: true, expires_at: expect.any(Number) })
    expect(rowOf(id).invite_id).not.toBeNull()
  })

  test('who comes in by a proxy alone can get another role without a password', async () => {
    const id = withRows(
      office.databasePath,
      (rows) =>
        rows
          .query<{ id: number }, []>(
            `INSERT INTO users (username, password_hash, role, created_at)
             VALUES ('proxied', '', 'guest', 0) RETURNING id`,
          )
          .get()?.id ?? 0,
    )
    expect((await office.change(id, { role: 'member' })).body).toMatchObject({
      role: 'member',
      has_password: false,
    })
  })

  function rowOf(id: number) {
    const row = withRows(office.databasePath, (rows) =>
      rows
        .query<{ version: number; invite_id: number | null }, [number]>(
          'SELECT version, invite_id FROM users WHERE id = ?',
        )
        .get(id),
    )
    if (row === null) throw new Error(`there is no user ${id}`)
    return row
  }

  test.each(['0', '-1', '01', '1.5', '1e3', 'x', '9'.repeat(40), '%00', '999999999'])(
    'there is nobody of the id %s',
    async (id) => {
      for (const [method, path] of [
        ['GET', ''],
        ['PATCH', ''],
        ['DELETE', ''],
        ['GET', '/sessions'],
      ] as const) {
        const json = method === 'PATCH' ? { role: 'guest' } : undefined
        const { status, body } = await office.ask(`/api/users/${id}${path}`, method, json)
        expect(status).toBe(404)
        expect(body).toMatchObject({ error: 'not_found' })
      }
    },
  )

  test('are no business of members, guests and strangers', async () => {
    const { token: member } = await office.someone()
    const { token: guest } = await office.someone({ role: 'guest' })
    const { id, username } = await office.someone()
    const before = await office.list()
    for (const [token, status] of [
      [member, 403],
      [guest, 403],
      ['nonsense', 401],
    ] as const) {
      expect((await office.ask('/api/users', 'GET', undefined, token)).status).toBe(status)
      expect((await office.create({}, token)).status).toBe(status)
      expect((await office.change(id, { role: 'admin' }, token)).status).toBe(status)
      expect((await office.remove(id, token)).status).toBe(status)
      for (const path of ['', '/sessions'])
        expect((await office.ask(`/api/users/${id}${path}`, 'GET', undefined, token)).status).toBe(
          status,
        )
    }
    expect(await office.list()).toEqual(before)
    expect(await office.logIn(username, PASSWORD)).toBe(200)
  })
})
