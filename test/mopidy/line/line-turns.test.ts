import { afterEach, expect, test } from 'bun:test'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/executable'
import { connectOwn, type OwnSocket } from '../../support/own-socket'
import { startTestMusakone, type TestMusakoneOptions, until } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'
import { createStage, timed } from '../stage'

const SEARCH = 'core.library.search'
const SEARCH_MS = 200
/** Beyond the one call that Mopidy is busy with. */
const MOST_WAIT_MS = 500
const PEOPLE = ['anna', 'bela', 'carla', 'dora', 'emil']

const stage = createStage()
afterEach(stage.clear)

/** Musakone before a Mopidy whose library takes its time, and in that time hears nobody. */
async function openSlowRoom(limits: TestMusakoneOptions['limits'] = {}) {
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const musakone = stage.keep(await startTestMusakone({ databasePath, limits }))
  await musakone.online()
  for (const username of PEOPLE) await addUser(databasePath, { username, role: 'guest' })
  const { demo } = musakone
  if (demo === undefined) throw new Error('no demo')
  async function connect(name = 'admin'): Promise<OwnSocket> {
    const client = await connectOwn(`${musakone.socketUrl}?token=${await musakone.logIn(name)}`)
    stage.keep({ stop: client.close })
    return client
  }
  return { musakone, demo, connect }
}

function search(client: OwnSocket, text: string): void {
  client.send({ type: 'mopidy', id: text, method: SEARCH, params: { query: { any: [text] } } })
}

const searchesAt = (received: readonly string[]) =>
  received.filter((text) => text.includes(SEARCH)).map((text) => /"any":\["(\w+)/.exec(text)?.[1])

test('B2 B4 an admin’s pause does not wait for the searches of five guests', async () => {
  const { demo, connect } = await openSlowRoom()
  const admin = await connect()
  const guests = await Promise.all(PEOPLE.map((name) => connect(name)))
  demo.faults.occupy(SEARCH_MS, SEARCH)
  guests.forEach((guest, person) => {
    for (let each = 0; each < 400; each += 1) search(guest, `${PEOPLE[person]}${each}`)
  })
  await until(() => searchesAt(demo.received).length > 0, 'the first search')
  for (let round = 0; round < 3; round += 1) {
    const pause = timed(admin.call('core.playback.pause'))
    expect(await pause).toBeLessThan(SEARCH_MS + MOST_WAIT_MS)
    const add = admin.call('core.tracklist.add', { uris: ['demo:track:valoisa:01'] })
    expect(await timed(add)).toBeLessThan(SEARCH_MS + MOST_WAIT_MS)
  }
})

test('B2 people take turns with the library, however much one of them asks', async () => {
  const { demo, connect } = await openSlowRoom()
  const [greedy, modest] = [await connect('anna'), await connect('bela')]
  demo.faults.occupy(20, SEARCH)
  for (let each = 0; each < 100; each += 1) search(greedy, `anna${each}`)
  await until(() => searchesAt(demo.received).length > 0, 'the first search')
  for (let each = 0; each < 3; each += 1)
    expect(await modest.call(SEARCH, { query: { any: [`bela${each}`] } })).toMatchObject({
      type: 'mopidy_response',
    })
  const first = searchesAt(demo.received).indexOf('bela2')
  expect(first).toBeGreaterThan(0)
  expect(searchesAt(demo.received).length).toBeLessThan(30)
})

test('B2 Mopidy has one library call at a time', async () => {
  const { demo, connect } = await openSlowRoom()
  const guests = await Promise.all(PEOPLE.map((name) => connect(name)))
  demo.faults.mute(SEARCH)
  guests.forEach((guest, person) => {
    search(guest, PEOPLE[person] ?? '')
  })
  const admin = await connect()
  expect(await admin.call('core.playback.pause')).toMatchObject({ type: 'mopidy_response' })
  expect(searchesAt(demo.received)).toHaveLength(1)
})

test('B2 a client that writes and then reads sees its own write, also while its write waits', async () => {
  const { demo, connect } = await openSlowRoom()
  const [guest, admin] = [await connect('anna'), await connect()]
  expect(await admin.call('core.tracklist.get_length')).toMatchObject({ result: 0 })
  demo.faults.occupy(SEARCH_MS, SEARCH)
  search(guest, 'anna')
  await until(() => searchesAt(demo.received).length > 0, 'the search')
  const add = admin.call('core.tracklist.add', { uris: ['demo:track:valoisa:01'] })
  const next = admin.call('core.tracklist.add', { uris: ['demo:track:valoisa:02'] })
  expect(await admin.call('core.tracklist.get_length')).toMatchObject({ result: 2 })
  expect(await add).toMatchObject({ type: 'mopidy_response' })
  expect(await next).toMatchObject({ type: 'mopidy_response' })
})

test('B2 a library that did not answer in time is left alone, and the rest goes on', async () => {
  const { demo, connect } = await openSlowRoom({ mopidy: { libraryCallMs: 300 } })
  const [guest, admin] = [await connect('anna'), await connect()]
  demo.faults.mute(SEARCH)
  const timedOut = await guest.call(SEARCH, { query: { any: ['anna'] } })
  expect(timedOut).toMatchObject({ error: { code: -32001 } })
  const asked = searchesAt(demo.received).length
  const again = admin.call(SEARCH, { query: { any: ['admin'] } })
  expect(await again).toMatchObject({
    error: {
      code: -32001,
      message:
        'The library (core.library.search) did not answer in time and is left alone for a minute',
    },
  })
  expect(searchesAt(demo.received)).toHaveLength(asked)
  const uris = ['demo:track:valoisa:01']
  expect(await admin.call('core.library.lookup', { uris })).toMatchObject({
    type: 'mopidy_response',
  })
  expect(await admin.call('core.playback.pause')).toMatchObject({ type: 'mopidy_response' })
})

test('B4 a call that waits in the line is not made once its account is disabled', async () => {
  const { musakone, demo, connect } = await openSlowRoom()
  const [guest, admin] = [await connect('anna'), await connect()]
  demo.faults.occupy(SEARCH_MS, SEARCH)
  for (let each = 0; each < 20; each += 1) search(guest, `anna${each}`)
  await until(() => searchesAt(demo.received).length > 0, 'the first search')
  const users = (await (
    await musakone.request('/api/users', { token: await musakone.logIn() })
  ).json()) as { users: { id: number; username: string }[] }
  const id = users.users.find(({ username }) => username === 'anna')?.id
  await musakone.request(`/api/users/${id}`, {
    method: 'PATCH',
    token: await musakone.logIn(),
    json: { disabled: true },
  })
  await guest.closed
  const sent = searchesAt(demo.received).length
  expect(await admin.call(SEARCH, { query: { any: ['admin'] } })).toMatchObject({
    type: 'mopidy_response',
  })
  expect(searchesAt(demo.received).length).toBeLessThanOrEqual(sent + 1)
})
