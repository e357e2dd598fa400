import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { likenessOf } from '../../../src/accounts/users/likeness'
import { withRows } from '../../support/user-rows'
import { type Office, openOffice } from '../office'

const PASSWORD = 'nine green bottles'

describe('T1 a name that people take for another', () => {
  let office: Office
  beforeAll(async () => {
    office = await openOffice({
      registration: 'open',
      limits: { registration: { free: 1e6 } as never },
    })
  })
  afterAll(() => office.musakone.stop())

  const register = async (username: string) => {
    const json = { username, password: PASSWORD }
    const response = await office.musakone.request('/api/auth/register', { json })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const LIKE = 'That name looks like one that is already in use.'

  test.each([
    ['a Cyrillic letter', '\u0430dmin'],
    ['a Cyrillic capital', '\u0410DMIN'],
    ['a Cyrillic i', 'adm\u0456n'],
    ['a palochka among capitals', 'ADM\u04c0N'],
    ['a dotless i', 'adm\u0131n'],
    ['a capital i with a dot', 'ADM\u0130N'],
    ['a Latin alpha', '\u0251dmin'],
    ['a small capital', '\u1d00dmin'],
    ['small capitals', '\u1d00\u1d05\u1d0d\u026a\u0274'],
    ['a variation selector', 'ad\ufe0fmin'],
    ['a selector at the end', 'admin\ufe0f'],
    ['a grapheme joiner', 'ad\u034fmin'],
    ['a Hangul filler', 'ad\u3164min'],
    ['a Braille blank', 'admin\u2800'],
    ['a circled letter and a filler', '\u24d0dmin\u115f'],
  ])('is refused: %s', async (_, username) => {
    expect(await register(username)).toMatchObject({
      status: 409,
      body: {
        error: 'name_taken',
        message: expect.stringMatching(/^That name .* already in use.$/),
      },
    })
    const made = await office.create({ username, password: PASSWORD, role: 'guest' })
    expect(made.status).toBe(409)
    const { id } = await office.someone()
    expect((await office.change(id, { username })).status).toBe(409)
  })

  test('is so both ways round, and free again when the other has gone', async () => {
    expect((await register('m\u0430ria')).status).toBe(201)
    expect(await register('maria')).toMatchObject({ status: 409, body: { message: LIKE } })
    const id = office.idOf('m\u0430ria')
    expect((await office.change(id, { username: 'M\u0430ria' })).status).toBe(200)
    expect((await register('MARIA')).status).toBe(409)
    expect((await office.change(id, { username: 'somebody-else' })).status).toBe(200)
    expect((await register('maria')).status).toBe(201)
  })

  test('is another name where both are ASCII', async () => {
    for (const username of ['modern', 'rnodern', 'O0O', 'OOO', 'lan', 'Ian', '1an'])
      expect([username, (await register(username)).status]).toEqual([username, 201])
    expect((await register('MODERN')).status).toBe(409)
  })

  test('is not one with other letters, marks or joined emoji', async () => {
    for (const username of [
      'Zo\u00eb',
      'Zoe',
      'J\u00fcrgen',
      'Jurgen',
      '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
      '\ud83d\udc69\u200d\ud83d\ude80',
      '\u2764\ufe0f',
      '\u4eba\u5de5',
    ])
      expect([username, (await register(username)).status]).toEqual([username, 201])
    for (const username of [
      '\u0645\u06cc\u062e\u0648\u0627\u0647\u0645',
      '\ud83d\udc69\ud83d\ude80',
      '\u2764',
    ])
      expect([username, (await register(username)).status]).toEqual([username, 409])
  })

  test('stays when it is there, also where another program has written it', async () => {
    withRows(office.databasePath, (rows) => {
      for (const name of ['nelly', 'n\u0435lly'])
        rows.run(
          `INSERT INTO users (username, password_hash, role, created_at) VALUES (?, '', 'guest', 0)`,
          [name],
        )
    })
    expect((await register('n\u0435ll\u0443')).status).toBe(409)
    const names = (await office.list()).map(({ username }) => username)
    expect(names).toEqual(expect.arrayContaining(['nelly', 'n\u0435lly']))
  })
})

test('T1 the likeness is the same for every case of a name of ASCII letters', () => {
  for (const name of ['admin', 'HILDE', 'jim', 'WILL', 'Igor'])
    expect(likenessOf(name.toUpperCase())).toBe(likenessOf(name.toLowerCase()))
})
