import { afterAll, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { connectOwn } from '../support/own-socket'
import { online } from './footprint'
import { endAll, start } from './launch'

afterAll(endAll)

test('musakone demo runs, answers, and leaves nothing behind', async () => {
  const demo = await start({}, { args: ['demo'] })
  await online(demo)
  const client = await connectOwn(`${demo.socketUrl}?token=${await demo.logIn()}`)
  const { result } = await client.call('core.library.search', { query: { any: ['kettle'] } })
  const [{ tracks }] = result as [{ tracks: { uri: string }[] }]
  await client.call('core.tracklist.add', { uris: [tracks[0]?.uri] })
  await client.call('core.playback.play')
  expect(await client.event('track_playback_started')).toMatchObject({
    tl_track: { tlid: 1, track: { uri: tracks[0]?.uri } },
  })
  expect(demo.lines().map(({ msg }) => msg)).toContainEqual(
    expect.stringContaining(`http://localhost:${demo.port}/, log in`),
  )
  expect(await demo.stop()).toBe(0)
  expect(readdirSync(demo.cwd)).toEqual([])
})

test('musakone demo tells the password that it was given only by name', async () => {
  const variables = { ADMIN_PASSWORD: 'mind-the-lemon-cake' }
  const demo = await start(variables, { args: ['demo'] })
  await demo.logIn(variables.ADMIN_PASSWORD)
  const log = JSON.stringify(demo.lines())
  expect(log).not.toContain('the password admin')
  expect(log).not.toContain(variables.ADMIN_PASSWORD)
  expect(log).toContain('ADMIN_PASSWORD')
  await demo.stop()
})
