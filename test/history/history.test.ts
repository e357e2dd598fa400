import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { openDatabase } from '../../src/database/database'
import { createActionHistory } from '../../src/history/action-history'
import { addTracks, done, HYMNS, historyOf, type Page, type Row } from '../actions/recorded'
import { MONDAY_NOON, openRoom, type Room } from '../listening/room'
import { temporaryFolder } from '../support/executable'
import { withRows } from '../support/user-rows'

const NOON = MONDAY_NOON / 1000
const repeats = { action_type: 'options_changed' }

describe('history', () => {
  let room: Room
  beforeEach(async () => {
    room = await openRoom()
  })
  afterEach(() => room.close())

  /** So many rows, all of the same second unless the time is moved between them. */
  async function act(times: number, stepMs = 0): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      await done(room.admin.socket, 'core.tracklist.set_repeat', { value: time % 2 === 0 })
      room.advance(stepMs)
    }
  }
  const page = (query: Record<string, string | number> = {}) =>
    historyOf(room.musakone, room.admin.token, query)
  const idsOf = (rows: Row[]) => rows.map(({ id }) => id)

  test.each([
    ['in one second', 0],
    ['over minutes', 30_000],
  ])('pages follow each other without gap or repeat while rows arrive: %s', async (_, stepMs) => {
    await act(25, stepMs)
    const all = idsOf((await page({ limit: 200 })).actions)
    expect(all).toHaveLength(25)
    const seen: number[] = []
    const sizes: number[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { actions, next_cursor } = await page({ limit: 10, ...(cursor && { cursor }) })
      seen.push(...idsOf(actions))
      sizes.push(actions.length)
      cursor = next_cursor
      await act(3)
    }
    expect(sizes).toEqual([10, 10, 5])
    expect(seen).toEqual(all)
    expect((await page({ limit: 200 })).actions).toHaveLength(25 + 9)
  })

  test('the last page says so, also when it is full', async () => {
    await act(4)
    const first = await page({ limit: 2 })
    const second = await page({ limit: 2, cursor: first.next_cursor ?? '' })
    expect(second.actions).toHaveLength(2)
    expect(second.next_cursor).toBeNull()
    expect(await page({ limit: 200, from: NOON + 1 })).toEqual({ actions: [], next_cursor: null })
  })

  test('the newest come first, fifty a page unless asked otherwise', async () => {
    await act(51, 1_000)
    const { actions, next_cursor } = await page()
    expect(actions).toHaveLength(50)
    expect(actions.map(({ timestamp }) => timestamp)).toEqual(
      Array.from({ length: 50 }, (_, index) => NOON + 50 - index),
    )
    expect(next_cursor).not.toBeNull()
  })

  test('it can be asked for some kinds only, paged too', async () => {
    const { socket } = room.admin
    for (let time = 0; time < 3; time += 1) {
      await act(2)
      await done(socket, 'core.mixer.set_mute', { mute: true })
      await done(socket, 'core.tracklist.shuffle')
    }
    const kinds = async (action_type: string) =>
      (await page({ action_type })).actions.map((row) => row.action_type)
    expect(await kinds('mute_changed')).toEqual(Array(3).fill('mute_changed'))
    expect(await kinds('options_changed')).toHaveLength(6)
    expect((await kinds('queue_shuffle,mute_changed')).slice(0, 3)).toEqual([
      'queue_shuffle',
      'mute_changed',
      'queue_shuffle',
    ])
    expect(await kinds('seek')).toEqual([])
    const first = await page({ ...repeats, limit: 4 })
    const rest = await page({ ...repeats, limit: 4, cursor: first.next_cursor ?? '' })
    expect([first, rest].map(({ actions }) => actions.length)).toEqual([4, 2])
    expect(rest.actions.every(({ action_type }) => action_type === 'options_changed')).toBe(true)
  })

  test('it can be asked for a span of time: from counts, to no longer', async () => {
    await act(10, 1_000)
    const span = async (query: Record<string, number>) => {
      const { actions } = await page(query)
      return actions.map(({ timestamp }) => timestamp - NOON).reverse()
    }
    expect(await span({ from: NOON + 3 })).toEqual([3, 4, 5, 6, 7, 8, 9])
    expect(await span({ to: NOON + 3 })).toEqual([0, 1, 2])
    expect(await span({ from: NOON + 3, to: NOON + 6 })).toEqual([3, 4, 5])
    expect(await span({ from: NOON + 6, to: NOON + 3 })).toEqual([])
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=ten', 'limit'],
    ['from=-1', 'from'],
    ['to=1e99', 'to'],
    ['cursor=abc', 'cursor'],
    ['cursor=1-2-3', 'cursor'],
    ['action_type=dance', 'action_type'],
    ['action_type=play,', 'action_type'],
  ])('a wrong question is refused and named: %s', async (query, name) => {
    const reply = await room.musakone.request(`/api/analytics/history?${query}`, {
      token: room.admin.token,
    })
    expect(reply.status).toBe(400)
    const { error, message } = (await reply.json()) as { error: string; message: string }
    expect(error).toBe('invalid_request')
    expect(message).toStartWith(name)
  })

  test('each sees only their own, and strangers nothing', async () => {
    await act(3)
    await done(room.berta.socket, 'core.mixer.set_mute', { mute: true })
    const kinds = async ({ token }: { token: string }) =>
      (await historyOf(room.musakone, token)).actions.map((row) => row.action_type)
    expect(await kinds(room.admin)).toEqual(Array(3).fill('options_changed'))
    expect(await kinds(room.berta)).toEqual(['mute_changed'])
    // Somebody else's cursor shows nothing of theirs; admins alone may ask by `user`.
    const { next_cursor } = await page({ limit: 1 })
    const cursor = next_cursor ?? ''
    expect((await historyOf(room.musakone, room.berta.token, { cursor })).actions).toEqual([])
    for (const user of ['1', 'all']) {
      const reply = await room.musakone.request(`/api/analytics/history?user=${user}`, {
        token: room.berta.token,
      })
      expect(reply.status).toBe(403)
    }
    const others = async (user: string) =>
      (await historyOf(room.musakone, room.admin.token, { user })).actions.map(
        ({ user, action_type }) => [user?.username, action_type],
      )
    expect(await others('2')).toEqual([['berta', 'mute_changed']])
    expect(await others('all')).toEqual([
      ['berta', 'mute_changed'],
      ...Array(3).fill(['admin', 'options_changed']),
    ])
    for (const path of ['history', 'stats']) {
      const reply = await room.musakone.request(`/api/analytics/${path}`)
      expect(reply.status).toBe(401)
    }
  })

  test('words find tracks, artists and searches, whatever their case', async () => {
    await addTracks(room.admin.socket, 1, 2, 3)
    await done(room.admin.socket, 'core.library.search', { query: { any: ['Kettle'] } })
    const found = async (q: string) =>
      (await page({ q })).actions.map((row) => row.track_name ?? row.action_type)
    expect(await found('small HOURS')).toEqual(['Small Hours, Big Kitchen'])
    expect(await found('tidewater')).toEqual(HYMNS.toReversed())
    expect(await found('"kettle"')).toEqual(['search'])
    expect(await found('nobody sings this')).toEqual([])
  })

  test('a filter that few pass looks at some thousand rows a page, and misses none', async () => {
    const find = (query: Record<string, string | number>) => page({ limit: 2, ...query })
    withRows(room.databasePath, (rows) => {
      const insert = rows.query(
        `INSERT INTO user_actions (user_id, action_type, track_name, timestamp)
         VALUES (1, $kind, $name, $time)`,
      )
      rows.transaction(() => {
        for (let time = 1; time <= 12_000; time += 1) {
          const isRare = time % 4_000 === 0
          insert.run({ kind: isRare ? 'stop' : 'play', name: isRare ? 'Rare' : 'Common', time })
        }
      })()
    })
    const times: number[] = []
    let pages = 0
    for (let cursor: string | null = ''; cursor !== null; pages += 1) {
      const reply: Page = await find({ q: 'rare', ...(cursor !== '' && { cursor }) })
      times.push(...reply.actions.map(({ timestamp }) => timestamp))
      cursor = reply.next_cursor
    }
    expect(times).toEqual([12_000, 8_000, 4_000])
    expect(pages).toBe(3)
    // Each kind has an index, so one page shows its rows, however far apart they are.
    const { actions, next_cursor } = await find({ action_type: 'stop,previous' })
    expect(actions.map(({ timestamp }) => timestamp)).toEqual([12_000, 8_000])
    const rest = await find({ action_type: 'stop,previous', cursor: next_cursor ?? '' })
    expect(rest).toMatchObject({ actions: [{ timestamp: 4_000 }], next_cursor: null })
  })
})

test('a page of several kinds is of one moment, though others write while it is read', () => {
  const path = join(temporaryFolder(), 'musakone.db')
  const database = openDatabase(path)
  const outside = openDatabase(path)
  outside.sqlite.run(
    `INSERT INTO users (id, username, password_hash, role, created_at)
     VALUES (1, 'ada', 'x', 'member', 1)`,
  )
  const act = () =>
    outside.sqlite.run(
      `INSERT INTO user_actions (user_id, action_type, timestamp) VALUES (1, 'skip', 1);
       INSERT INTO user_actions (user_id, action_type, timestamp) VALUES (1, 'pause', 1)`,
    )
  act()
  // After each query, somebody else acts at once.
  const query = (sql: string) => {
    const statement = database.sqlite.query(sql)
    const all = (...values: Parameters<typeof statement.all>) => {
      const rows = statement.all(...values)
      act()
      return rows
    }
    return { all, get: statement.get.bind(statement) }
  }
  const sqlite = new Proxy(database.sqlite, {
    get: (target, name) =>
      name === 'query' ? query : Reflect.get(target, name, target).bind(target),
  })
  const { actions } = createActionHistory({ database: { ...database, sqlite } })(1, {
    action_type: 'skip,pause',
  })
  expect(actions.map(({ action_type }) => action_type)).toEqual(['pause', 'skip'])
  outside.close()
  database.close()
})
