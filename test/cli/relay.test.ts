import { Database } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { startDemoMopidy } from '../../src/demo/mopidy'
import { temporaryFolder } from '../support/executable'
import { connectOwn } from '../support/own-socket'
import { hasRealMopidy, startRealMopidy } from '../support/real-mopidy'
import { expectAsBefore, footprintOf, online } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

const neighbours = [
  { name: 'the demo Mopidy', present: true, startMopidy: () => startDemoMopidy() },
  { name: 'a real Mopidy', present: hasRealMopidy(), startMopidy: () => startRealMopidy() },
]

describe.each(neighbours)('the executable beside $name', ({ present, startMopidy }) => {
  test.skipIf(!present)('relays calls and keeps what was done', async () => {
    const mopidy = await startMopidy()
    const path = join(temporaryFolder(), 'data', 'musakone.db')
    const musakone = await start({ MOPIDY_URL: mopidy.url, DATABASE_PATH: path })
    await online(musakone)
    const token = await musakone.logIn()
    const before = footprintOf(musakone)

    const client = await connectOwn(musakone.socketUrl)
    await client.signIn(token)
    const search = await client.call('core.library.search', { query: { any: ['kettle'] } })
    const found = (search.result as { tracks?: { uri: string; name: string }[] }[])
      .flatMap(({ tracks = [] }) => tracks)
      .at(0)
    if (found === undefined) throw new Error('the library has no kettle')
    const added = await client.call('core.tracklist.add', { uris: [found.uri] })
    expect(added.result).toMatchObject([{ tlid: 1, track: { uri: found.uri } }])
    expect(await client.call('core.mixer.set_volume', { volume: 35 })).toMatchObject({
      type: 'mopidy_response',
      method: 'core.mixer.set_volume',
      result: true,
    })
    expect(await client.event('volume_changed')).toEqual({ volume: 35 })

    const response = await fetch(`${musakone.origin}/api/analytics/history`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const { actions } = (await response.json()) as { actions: Record<string, unknown>[] }
    expect(actions).toMatchObject([
      { action_type: 'volume_changed', metadata: { volume: 35 } },
      {
        action_type: 'queue_add',
        track_uri: found.uri,
        track_name: found.name,
        metadata: { tlid: 1 },
      },
      { action_type: 'search', metadata: { query: { any: ['kettle'] } } },
    ])

    client.close()
    await client.closed
    await expectAsBefore(musakone, before)
    expect(await musakone.stop()).toBe(0)
    const file = new Database(path, { readonly: true })
    expect(file.query('PRAGMA integrity_check').values()).toEqual([['ok']])
    expect(
      file
        .query('SELECT user_id, action_type, track_uri, track_name FROM user_actions ORDER BY id')
        .values(),
    ).toEqual([
      [1, 'search', null, null],
      [1, 'queue_add', found.uri, found.name],
      [1, 'volume_changed', null, null],
    ])
    file.close()
    await mopidy.stop()
  })
})

test('statistics count in the time zone of the box', async () => {
  const mopidy = await startDemoMopidy()
  const musakone = await start({ MOPIDY_URL: mopidy.url, TZ: 'Pacific/Kiritimati' })
  await online(musakone)
  const token = await musakone.logIn()
  const client = await connectOwn(`${musakone.socketUrl}?token=${token}`)
  await client.call('core.mixer.set_mute', { mute: true })
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(`${musakone.origin}/api/analytics/${path}`, { headers })).json()
  }
  const { actions } = (await get('history')) as { actions: { timestamp: number }[] }
  const { activity } = (await get('stats')) as { activity: Record<string, number[]> }
  // This zone is 14 hours ahead of UTC all year round.
  const there = new Date(((actions[0]?.timestamp ?? 0) + 14 * 3600) * 1000)
  expect(activity.by_hour?.indexOf(1)).toBe(there.getUTCHours())
  expect(activity.by_weekday?.indexOf(1)).toBe((there.getUTCDay() + 6) % 7)
  await musakone.stop()
  await mopidy.stop()
})
