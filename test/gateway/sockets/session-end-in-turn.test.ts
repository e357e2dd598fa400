import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { historyOf } from '../../actions/recorded'
import { CHUNK, framesOf, manyUris, type TlTrack, urisOf } from '../../mopidy/large-add'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import {
  startTestMusakone,
  TEST_PASSWORD,
  type TestMusakone,
  until,
} from '../../support/test-musakone'

const ADD = 'core.tracklist.add'
const uris = manyUris(400)
/** So long that the end comes before the add is done, in milliseconds a chunk. */
const CHUNK_MS = 200

type Person = { id: number; token: string; socket: OwnSocket }

describe('what is still to be done of a call to the queue', () => {
  let musakone: TestMusakone
  let admin: Person
  let member: Person
  let members = 0
  beforeAll(async () => {
    musakone = await startTestMusakone()
    await musakone.online()
    admin = await signedIn('admin')
  })
  afterAll(async () => {
    admin.socket.close()
    await musakone.stop()
  })
  beforeEach(async () => {
    members += 1
    const username = `member-${members}`
    await musakone.services.accounts.administration.create(
      { by: 'the test' },
      { username, role: 'member', password: TEST_PASSWORD },
    )
    member = await signedIn(username)
    await admin.socket.call('core.tracklist.clear')
    await musakone.services.mopidy.idle()
    admin.socket.messages.splice(0)
    musakone.demo?.received.splice(0)
    musakone.demo?.faults.delay(CHUNK_MS, ADD)
  })
  afterEach(() => {
    member.socket.close()
    musakone.services.accounts.roles.reset('member', {})
    hurry()
  })

  async function signedIn(username: string): Promise<Person> {
    const token = await musakone.logIn(username)
    const socket = await connectOwn(`${musakone.socketUrl}?token=${token}`)
    const { id } = (await (await musakone.request('/api/auth/me', { token })).json()) as Person
    await socket.call('core.get_version')
    return { id, token, socket }
  }

  const sent = (...methods: string[]) =>
    musakone.demo === undefined ? [] : framesOf(musakone.demo, ...methods)
  const someChunks = () => until(() => sent('tracklist.add').length > 1, 'some chunks')
  const list = async () =>
    (await admin.socket.call('core.tracklist.get_tl_tracks')).result as TlTrack[]

  /** From now on Mopidy takes no time for a chunk. */
  const hurry = () => musakone.demo?.faults.delay(0)

  const asAdmin = async (method: string, path: string, json?: object) => {
    const init = { method, token: admin.token, ...(json && { json }) }
    expect((await musakone.request(path, init)).status).toBe(200)
  }
  const ends: [name: string, end: () => Promise<void>][] = [
    [
      'whose account is disabled',
      () => asAdmin('PATCH', `/api/users/${member.id}`, { disabled: true }),
    ],
    ['whose account is deleted', () => asAdmin('DELETE', `/api/users/${member.id}`)],
    ['who gets another role', () => asAdmin('PATCH', `/api/users/${member.id}`, { role: 'guest' })],
    [
      'who logs out',
      async () => {
        const init = { method: 'POST', token: member.token }
        expect((await musakone.request('/api/auth/logout', init)).status).toBe(200)
      },
    ],
  ]
  const take = (...taken: string[]) => {
    const { roles } = musakone.services.accounts
    const permissions = roles.permissionsOf('member').filter((name) => !taken.includes(name))
    roles.change('member', { permissions }, {})
  }

  test.each(ends)(
    'B10 that waits after a large add is not done for somebody %s',
    async (_, end) => {
      const adding = admin.socket.call(ADD, { uris })
      await someChunks()
      member.socket.send({ type: 'mopidy', id: 1, method: 'core.tracklist.clear' })
      member.socket.send({ type: 'mopidy', id: 2, method: ADD, params: { uris: uris.slice(0, 1) } })
      // What it says after these has been answered: they have been taken.
      await member.socket.call('core.get_version')
      await end()
      hurry()
      expect((await member.socket.closed).code).toBe(4401)
      expect(urisOf((await adding).result as TlTrack[])).toEqual(uris)
      await musakone.services.mopidy.idle()
      expect(sent('tracklist.clear')).toEqual([])
      expect(urisOf(await list())).toEqual(uris)
    },
  )

  test.each(ends)('B10 of a large add is not done for somebody %s', async (_, end) => {
    member.socket.send({ type: 'mopidy', id: 1, method: ADD, params: { uris } })
    await someChunks()
    await end()
    hurry()
    const { length: chunks } = sent('tracklist.add')
    expect(chunks).toBeLessThan(uris.length / CHUNK)
    await musakone.services.mopidy.idle()
    // Whoever comes next need not wait.
    await admin.socket.call('core.tracklist.shuffle', { start: 0, end: 1 })
    expect(sent('tracklist.add')).toHaveLength(chunks)
    expect(urisOf(await list())).toEqual(uris.slice(0, chunks * CHUNK))
  })

  test('B10 of a large add over HTTP is not done after a logout, and that is the answer', async () => {
    const json = { jsonrpc: '2.0', id: 1, method: ADD, params: { uris } }
    const adding = musakone.request('/mopidy/rpc', { token: member.token, json })
    await someChunks()
    await musakone.request('/api/auth/logout', { method: 'POST', token: member.token })
    hurry()
    expect(await (await adding).json()).toMatchObject({
      error: { code: -32002, message: 'The session has ended.' },
    })
    const { length: chunks } = sent('tracklist.add')
    expect(await list()).toHaveLength(chunks * CHUNK)
    expect(chunks).toBeLessThan(uris.length / CHUNK)
  })

  test('B10 a permission that is taken in the middle ends what waits and what is under way', async () => {
    const adding = member.socket.call(ADD, { uris })
    const clearing = member.socket.call('core.tracklist.clear')
    const reading = member.socket.call('core.tracklist.get_length')
    await someChunks()
    take('queue.add', 'queue.edit')
    hurry()
    expect(await adding).toMatchObject({
      error: { code: -32002, message: 'A member may not add to the queue.' },
    })
    expect(await clearing).toMatchObject({
      error: { code: -32002, message: 'A member may not clear the queue.' },
    })
    const { length: chunks } = sent('tracklist.add')
    expect(await reading).toMatchObject({ result: chunks * CHUNK })
    expect(chunks).toBeLessThan(uris.length / CHUNK)
  })

  test('what was added before the end is announced once, recorded, and its queuer’s', async () => {
    member.socket.send({ type: 'mopidy', id: 1, method: ADD, params: { uris } })
    await someChunks()
    await asAdmin('PATCH', `/api/users/${member.id}`, { disabled: true })
    hurry()
    await admin.socket.event('tracklist_changed')
    const added = await list()
    expect(added.length).toBeLessThan(uris.length)
    await admin.socket.call('core.library.browse', { uri: '' })
    const more = admin.socket.messages.filter(({ event }) => event === 'tracklist_changed')
    expect(more).toEqual([])

    const query = { user: member.id, action_type: 'queue_add', limit: 200 }
    const { actions } = await historyOf(musakone, admin.token, query)
    expect(actions.map(({ metadata }) => metadata?.tlid).reverse()).toEqual(
      added.map(({ tlid }) => tlid).slice(-200),
    )
    const reply = await musakone.request('/api/queue', { token: admin.token })
    const { tracks } = (await reply.json()) as { tracks: { queued_by: { id: number } | null }[] }
    expect(tracks.map(({ queued_by }) => queued_by?.id)).toEqual(added.map(() => member.id))
  })
})
