import { afterEach, describe, expect, test } from 'bun:test'
import { createFakeClock } from '../../demo/fake-clock'
import { startTestMusakone } from '../../support/test-musakone'
import { createStage } from '../stage'
import { outsideCaller, ownCaller, resultOf } from './mirror-caller'

const stage = createStage()
afterEach(stage.clear)

const POSITION = { method: 'playback.get_time_position' }
const uris = [1, 2].map((number) => `demo:track:the-kettle-hymnal:0${number}`)

/** A track of ten seconds plays; Musakone and Mopidy go by one clock. */
async function start() {
  const clock = createFakeClock(Date.UTC(2026, 0, 5, 12))
  const musakone = stage.keep(await startTestMusakone({ clock, demo: { clock, lengthMs: 10_000 } }))
  await musakone.online()
  const { demo } = musakone
  if (demo === undefined) throw new Error('no demo')
  const client = await ownCaller('a client', musakone)
  const outsider = await outsideCaller('an outsider', demo.url)
  for (const { close } of [client, outsider]) stage.keep({ stop: close })
  const heard = () => client.call({ method: 'library.browse', params: { uri: '' } })
  await resultOf(client, { method: 'tracklist.add', params: { uris } })
  await resultOf(client, { method: 'playback.play' })
  await heard()
  await musakone.services.mopidy.idle()
  demo.received.splice(0)
  return {
    clock,
    client,
    outsider,
    heard,
    position: () => resultOf<number>(client, POSITION),
    asked: () => demo.received.filter((text) => text.includes('get_time_position')).length,
  }
}

describe('The position', () => {
  test('goes on by itself for two seconds', async () => {
    const { clock, position, asked } = await start()
    expect(await position()).toBe(0)
    clock.advance(1_500)
    expect(await position()).toBe(1_500)
    clock.advance(499)
    expect(await position()).toBe(1_999)
    expect(asked()).toBe(1)
    clock.advance(1)
    expect(await position()).toBe(2_000)
    expect(asked()).toBe(2)
  })

  test('stands still while paused, whoever pauses', async () => {
    const { clock, outsider, heard, position, asked } = await start()
    clock.advance(700)
    await resultOf(outsider, { method: 'playback.pause' })
    await heard()
    expect(await position()).toBe(700)
    clock.advance(1_500)
    expect(await position()).toBe(700)
    expect(asked()).toBe(1)
  })

  test('jumps with a seek of anybody', async () => {
    const { client, outsider, heard, position } = await start()
    expect(await position()).toBe(0)
    await resultOf(outsider, { method: 'playback.seek', params: { time_position: 4_000 } })
    await heard()
    expect(await position()).toBe(4_000)
    await resultOf(client, { method: 'playback.seek', params: { time_position: 1_000 } })
    expect(await position()).toBe(1_000)
  })

  test('does not go past the end of the track', async () => {
    const { clock, outsider, client, heard, position } = await start()
    const seek = { method: 'playback.seek', params: { time_position: 9_900 } }
    await resultOf(client, { method: 'tracklist.set_single', params: { value: true } })
    await resultOf(outsider, seek)
    await heard()
    expect(await position()).toBe(9_900)
    clock.advance(99)
    expect(await position()).toBe(9_999)
    clock.advance(500)
    await heard()
    expect(await position()).toBe(await resultOf<number>(outsider, POSITION))
  })

  test('is 0 when an outsider removes the playing track, which is no longer current', async () => {
    const { clock, client, outsider, heard, position } = await start()
    clock.advance(1_000)
    expect(await position()).toBe(1_000)
    const current = { method: 'playback.get_current_tlid' }
    expect(await resultOf<number>(client, current)).toBe(1)
    await resultOf(outsider, {
      method: 'tracklist.remove',
      params: { criteria: { uri: uris.slice(0, 1) } },
    })
    await heard()
    expect(await resultOf<null>(client, current)).toBeNull()
    expect(await position()).toBe(0)
    clock.advance(1_000)
    expect(await position()).toBe(0)
    expect(await resultOf<string>(outsider, { method: 'playback.get_state' })).toBe('playing')
  })
})
