import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { remember } from '../../support/aftermath'
import { withRows } from '../../support/user-rows'
import { type Office, openOffice, PASSWORD } from '../office'

const HOSTILE = [
  "'; DROP TABLE users; --",
  "' OR '1'='1",
  'admin"--',
  '%',
  '_',
  '\u0000',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  '🎧',
  '\ud800',
  '\u202eadmin',
  'NULL',
  '1e999',
]

const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...HOSTILE) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 2 ** 53, [], {}, [[]], ['admin'], ''),
  fc.constantFrom<unknown>('member', 'guest', PASSWORD),
  fc.jsonValue({ maxDepth: 3 }),
)

/** Mostly what it should be, else anything. */
const or = (...good: unknown[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: anything })

const ownMembers = fc.record(
  {
    username: or(...HOSTILE, 'Anna', 'bertil', 'ADMIN'),
    password: or(PASSWORD, 'a lemon cake and a half', 'short', 'password1'),
    role: or('member', 'guest', 'admin'),
    disabled: or(true, false),
    must_change_password: or(true, false),
  },
  { requiredKeys: [] },
)
/** Columns and members of every object, which no body has. */
const strangeMembers = fc.dictionary(
  fc.constantFrom('id', 'password_hash', 'version', 'expires_at', '__proto__', 'toString'),
  anything,
  { maxKeys: 3 },
)

const body = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(strangeMembers, ownMembers).map((both) => Object.assign({}, ...both)),
  },
  { weight: 1, arbitrary: anything },
)

describe('the bodies of requests that change users', () => {
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

  /** All that the database has of users, but for one of them. */
  const rowsBut = (id: number) =>
    withRows(office.databasePath, (rows) => ({
      users: rows.query('SELECT * FROM users WHERE id <> ? ORDER BY id').all(id),
      tables: rows.query("SELECT name FROM sqlite_schema WHERE type = 'table'").all().length,
    }))

  test('A13 whatever a new user is made of, it is one whole user or an error', async () => {
    let made = 0
    await fc.assert(
      fc.asyncProperty(body, async (json) => {
        const before = rowsBut(0)
        const { status, body: reply } = await office.ask('/api/users', 'POST', json)
        expect([201, 400, 409]).toContain(status)
        if (status !== 201) {
          expect(rowsBut(0)).toEqual(before)
          return
        }
        const { username, role, disabled, expires_at, sessions } = reply
        expect(reply).toMatchObject({ disabled: false, expires_at: null, sessions: 0 })
        expect({ username, role }).toEqual({
          username: String((json as Record<string, unknown>).username)
            .trim()
            .normalize('NFC'),
          role: (json as Record<string, unknown>).role as never,
        })
        expect([disabled, expires_at, sessions]).toEqual([false, null, 0])
        expect(rowsBut(Number(reply.id))).toEqual(before)
        await office.remove(Number(reply.id))
        made += 1
      }),
      { numRuns: 200 },
    )
    expect(made).toBeGreaterThan(0)
  })

  test('A13 whatever a change is made of, it changes that one user, or nothing', async () => {
    const { id } = await office.someone()
    const row = () =>
      withRows(office.databasePath, (rows) =>
        rows.query('SELECT * FROM users WHERE id = ?').get(id),
      ) as Record<string, unknown>
    const others = rowsBut(id)
    await fc.assert(
      fc.asyncProperty(body, async (json) => {
        const before = row()
        const { status, body: reply } = await office.change(id, json)
        expect([200, 400, 409]).toContain(status)
        expect(rowsBut(id)).toEqual(others)
        if (status !== 200) expect(row()).toEqual(before)
        else expect(reply).toMatchObject({ id, created_at: before.created_at as number })
        expect(row()).toMatchObject({
          id,
          created_at: before.created_at,
          expires_at: null,
          invite_id: null,
        })
        expect(JSON.stringify(reply)).not.toContain(PASSWORD)
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    ['POST', '/api/users'],
    ['PATCH', '/api/users/1'],
  ])('A13 %s %s is not fooled by a body of another kind, nor by a query', async (method, path) => {
    const before = rowsBut(0)
    for (const [type, text, status] of [
      ['application/json', '{"username":"x"', 400],
      ['application/json', '', 400],
      ['application/json', 'null', 400],
      ['application/json', '{}', method === 'POST' ? 400 : 200],
      ['application/json', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 400],
      ['application/x-www-form-urlencoded', `username=x&password=${PASSWORD}&role=admin`, 415],
      ['text/plain', `{"username":"x","password":"${PASSWORD}","role":"admin"}`, 415],
      ['application/json', `{"username":"${'x'.repeat(70_000)}"}`, 413],
    ] as const) {
      const response = await fetch(`${office.musakone.origin}${path}?id=2&username=x&role=guest`, {
        method,
        headers: { 'content-type': type, authorization: `Bearer ${office.admin()}` },
        body: text,
      })
      expect([text.slice(0, 20), response.status]).toEqual([text.slice(0, 20), status])
    }
    expect(rowsBut(0)).toEqual(before)
  })
})
