import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import { type Client, connect } from './client'
import { createFakeClock } from './fake-clock'

const URIS = ['demo:track:valoisa:01', 'demo:track:valoisa:02', 'demo:track:valoisa:03']
const LENGTH = 4_000

let clock: ReturnType<typeof createFakeClock>
let mopidy: DemoMopidy
let client: Client

beforeEach(async () => {
  clock = createFakeClock()
  mopidy = await startDemoMopidy({ clock, lengthMs: LENGTH, random: () => 0 })
  client = await connect(mopidy.url)
})

afterEach(async () => {
  client.close()
  await mopidy.stop()
})

async function queue(count: number) {
  await client.call('tracklist.add', { uris: URIS.slice(0, count) })
}

async function playing(count: number) {
  await queue(count)
  await client.call('playback.play')
  await client.heard()
}

describe('The order of the events', () => {
  test('a reply arrives before the events that its call caused', async () => {
    await queue(1)
    await client.next()
    await client.next()
    client.send('{"jsonrpc":"2.0","id":"p","method":"core.playback.play"}')
    expect(await client.next()).toBe('{"jsonrpc": "2.0", "id": "p", "result": null}')
    expect(await client.next()).toBe('{"volume": 100, "event": "volume_changed"}')
    expect(await client.next()).toBe(
      '{"old_state": "stopped", "new_state": "playing", "event": "playback_state_changed"}',
    )
    expect(await client.next()).toStartWith('{"tl_track": {"__model__": "TlTrack", "tlid": 1, ')
  })

  test('a track that ends by itself ends, plays on, and the next starts', async () => {
    await playing(2)
    clock.advance(LENGTH)
    expect(await client.heard()).toEqual([
      'volume_changed 100',
      'ended 1 @4000',
      'state_changed playing→playing',
      'started 2',
    ])
  })

  test('the end of the list stops before the last track ends', async () => {
    await playing(1)
    clock.advance(LENGTH)
    expect(await client.heard()).toEqual(['state_changed playing→stopped', 'ended 1 @4000'])
    expect(await client.call('playback.get_current_tl_track')).toBeNull()
  })

  test('next past the end stops twice and ends the track at 0', async () => {
    await playing(1)
    clock.advance(700)
    await client.call('playback.next')
    expect(await client.heard()).toEqual([
      'state_changed playing→stopped',
      'state_changed stopped→stopped',
      'ended 1 @0',
    ])
  })

  test('stop ends no track; the stale end comes at the next play', async () => {
    await playing(1)
    clock.advance(900)
    await client.call('playback.stop')
    expect(await client.heard()).toEqual(['state_changed playing→stopped'])
    await client.call('playback.play')
    expect(await client.heard()).toEqual([
      'volume_changed 100',
      'ended 1 @0',
      'state_changed stopped→playing',
      'started 1',
    ])
  })

  test('pausing a stopped player ends the track that was stopped', async () => {
    await playing(1)
    clock.advance(900)
    await client.call('playback.stop')
    await client.heard()
    await client.call('playback.pause')
    expect(await client.heard()).toEqual([
      'state_changed stopped→paused',
      'paused 1 @0',
      'ended 1 @900',
    ])
  })

  test('play with an unknown tlid is no error and starts the current track again', async () => {
    await playing(1)
    clock.advance(250)
    expect(await client.call('playback.play', { tlid: 9999 })).toBeNull()
    expect(await client.heard()).toEqual([
      'volume_changed 100',
      'ended 1 @250',
      'state_changed playing→playing',
      'started 1',
    ])
  })

  test('next while paused plays for a moment and pauses again', async () => {
    await playing(2)
    clock.advance(200)
    await client.call('playback.pause')
    await client.heard()
    await client.call('playback.next')
    expect(await client.heard()).toEqual([
      'volume_changed 100',
      'ended 1 @200',
      'state_changed paused→playing',
      'started 2',
      'state_changed playing→paused',
      'paused 2 @0',
    ])
  })

  test('clear while playing stops without an end', async () => {
    await playing(2)
    await client.call('tracklist.clear')
    expect(await client.heard()).toEqual(['state_changed playing→stopped', 'tracklist_changed'])
  })

  test('removing the track that plays leaves it sounding, and the list ends after it', async () => {
    await playing(2)
    await client.call('tracklist.remove', { criteria: { tlid: [1] } })
    expect(await client.heard()).toEqual(['tracklist_changed'])
    expect(await client.call('playback.get_state')).toBe('playing')
    expect(await client.call('playback.get_current_tlid')).toBeNull()
    clock.advance(LENGTH)
    expect(await client.heard()).toEqual(['state_changed playing→stopped'])
  })

  test('consume takes a track off before it announces its end', async () => {
    await client.call('tracklist.set_consume', [true])
    await playing(2)
    await client.call('playback.next')
    expect(await client.heard()).toEqual([
      'volume_changed 100',
      'tracklist_changed',
      'ended 1 @0',
      'state_changed playing→playing',
      'started 2',
    ])
    expect(await client.call<unknown[]>('tracklist.get_tl_tracks')).toHaveLength(1)
  })

  test('consume keeps a track on going back to it', async () => {
    await client.call('tracklist.set_consume', [true])
    await playing(2)
    await client.call('playback.previous')
    expect(await client.heard()).not.toContain('tracklist_changed')
    expect(await client.call('tracklist.get_length')).toBe(2)
  })

  test('with consume a stopped track is taken off when it is started again', async () => {
    await client.call('tracklist.set_consume', [true])
    await playing(2)
    await client.call('playback.stop')
    await client.call('playback.play')
    expect(await client.heard()).toContain('started 1')
    expect(await client.call('playback.get_current_tlid')).toBe(1)
    expect(await client.call('tracklist.index')).toBeNull()
  })

  test('the audio may be heard some milliseconds after the reply', async () => {
    const slow = await startDemoMopidy({ clock, audioDelayMs: 20 })
    const other = await connect(slow.url)
    await other.call('tracklist.add', { uris: URIS })
    await other.heard()
    await other.call('playback.play')
    expect(await other.call('playback.get_current_tlid')).toBeNull()
    expect(await other.heard()).toEqual([])
    clock.advance(20)
    expect(await other.heard()).toEqual([
      'volume_changed 100',
      'state_changed stopped→playing',
      'started 1',
    ])
    other.close()
    await slow.stop()
  })
})

describe('The time', () => {
  test('runs while playing and stands while paused', async () => {
    await playing(1)
    clock.advance(1_200)
    await client.call('playback.pause')
    clock.advance(60_000)
    expect(await client.call('playback.get_time_position')).toBe(1_200)
    await client.call('playback.resume')
    clock.advance(300)
    expect(await client.call('playback.get_time_position')).toBe(1_500)
    expect(await client.heard()).toEqual([
      'state_changed playing→paused',
      'paused 1 @1200',
      'state_changed paused→playing',
      'resumed 1 @1200',
    ])
  })

  test('seeking announces the place and moves the end', async () => {
    await playing(1)
    expect(await client.call('playback.seek', [3_000])).toBe(true)
    expect(await client.heard()).toEqual(['seeked @3000'])
    clock.advance(999)
    expect(await client.call('playback.get_state')).toBe('playing')
    clock.advance(1)
    expect(await client.call('playback.get_state')).toBe('stopped')
  })

  test('seeking beyond the end goes to the next track', async () => {
    await playing(2)
    expect(await client.call('playback.seek', [LENGTH + 1])).toBe(true)
    expect(await client.heard()).toContain('started 2')
  })

  test('seeking a stopped player starts it and answers false', async () => {
    await queue(1)
    await client.heard()
    expect(await client.call('playback.seek', [300])).toBe(false)
    expect(await client.heard()).toEqual([
      'volume_changed 100',
      'state_changed stopped→playing',
      'started 1',
      'seeked @300',
    ])
  })

  test('thousands of plays pass in a moment, and the history has each start', async () => {
    await client.call('tracklist.set_repeat', [true])
    await playing(3)
    const plays = 2_000
    clock.advance(LENGTH * plays)
    expect(await client.call('history.get_length')).toBe(plays + 1)
    const [[timestamp, ref]] =
      await client.call<[[number, { name: string }]]>('history.get_history')
    expect(timestamp).toBe(clock.now())
    expect(ref.name).toStartWith('Kesäyön Orkesteri - ')
  })

  test('a stream has no end, cannot be sought in, and tells titles now and then', async () => {
    await client.call('tracklist.add', { uris: ['demo:stream:radio'] })
    await client.call('playback.play')
    expect((await client.heard()).at(-1)).toBe('stream_title_changed Lumen Café - Déjà Brew')
    expect(await client.call('playback.seek', [5])).toBe(false)
    clock.advance(24 * 60 * 60_000)
    expect(await client.call('playback.get_state')).toBe('playing')
    expect(await client.call<string>('playback.get_stream_title')).not.toBeNull()
    await client.call('playback.stop')
    clock.advance(60 * 60_000)
  })
})
