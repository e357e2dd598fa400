import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { type DemoMopidy, startDemoMopidy } from '../../../src/demo/mopidy'
import { createTcpProxy } from '../../../src/demo/server/tcp-proxy'
import { addTracks, done, hymn, signIn } from '../../actions/recorded'
import type { OwnSocket } from '../../support/own-socket'
import { connectRpc, type RpcClient } from '../../support/rpc-client'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'

const SOON = { backOffFirstMs: 20, backOffMostMs: 50 }

describe('S2 after Mopidy was away, clients made for it are told by its own events', () => {
  let demo: DemoMopidy
  let line: ReturnType<typeof createTcpProxy>
  let musakone: TestMusakone
  let own: OwnSocket
  let client: RpcClient
  beforeEach(async () => {
    demo = await startDemoMopidy()
    line = createTcpProxy({ port: 0, hostname: '127.0.0.1', target: () => demo.port })
    const mopidyUrl = `ws://127.0.0.1:${line.port}/mopidy/ws`
    musakone = await startTestMusakone({ mopidyUrl, limits: { mopidy: SOON } })
    await musakone.online()
    const token = await musakone.logIn()
    own = await signIn(musakone, token)
    client = await connectRpc(`${musakone.origin.replace('http', 'ws')}/mopidy/ws?token=${token}`)
  })
  afterEach(async () => {
    own.close()
    await client.close()
    await musakone.stop()
    line.close()
    await demo.stop()
  })

  /** Cuts the line, lets something happen to Mopidy, and gives the line back; the events after that. */
  async function away(meanwhile: () => Promise<unknown>) {
    line.refuse(true)
    await client.nextEvent('mopidy_disconnected')
    await meanwhile()
    line.refuse(false)
    await client.nextEvent('mopidy_connected')
    const back = performance.now()
    await musakone.services.mopidy.idle()
    // Its answer comes after the events, which are sent as soon as Mopidy has answered.
    await client.call('core.library.browse', { uri: null })
    expect(performance.now() - back).toBeLessThan(2_000)
    return client.events.map(({ name, data }) => [name, data] as const)
  }

  async function outsider(...calls: [method: string, params?: Record<string, unknown>][]) {
    const outside = await connectRpc(demo.url)
    for (const [method, params] of calls) await outside.call(method, params)
    await outside.close()
  }

  /** What a client of Mopidy's reads when it opens. */
  async function read(): Promise<void> {
    for (const method of [
      'tracklist.get_tl_tracks',
      'playback.get_state',
      'playback.get_current_tl_track',
      'mixer.get_volume',
      'mixer.get_mute',
      'tracklist.get_consume',
      'tracklist.get_random',
      'tracklist.get_repeat',
      'tracklist.get_single',
      'playlists.as_list',
    ])
      await client.call(`core.${method}`)
  }

  test('restarted without its state: what is no longer so', async () => {
    await addTracks(own, 1, 2)
    await done(own, 'core.playback.play')
    await client.nextEvent('track_playback_started')
    await done(own, 'core.mixer.set_volume', { volume: 40 })
    await done(own, 'core.tracklist.set_random', { value: true })
    await client.nextEvent('options_changed')
    await read()
    expect(await away(() => demo.restart())).toEqual([
      ['tracklist_changed', {}],
      ['options_changed', {}],
      ['volume_changed', { volume: 100 }],
      ['playback_state_changed', { old_state: 'playing', new_state: 'stopped' }],
    ])
    const told = own.messages.map(({ event }) => event)
    expect(told).toContain('tracklist_changed')
    expect(told.at(-1)).toBe('playback_state_changed')
  })

  test('restarted with another queue that plays: its song, and where it is', async () => {
    await addTracks(own, 1)
    await read()
    const events = await away(async () => {
      await demo.restart()
      await outsider(['core.tracklist.add', { uris: [hymn(2)] }], ['core.playback.play'])
    })
    const tl_track = { __model__: 'TlTrack', tlid: 1, track: { uri: hymn(2) } }
    expect(events).toMatchObject([
      ['tracklist_changed', {}],
      ['playback_state_changed', { old_state: 'stopped', new_state: 'playing' }],
      ['track_playback_started', { tl_track }],
      ['seeked', { time_position: expect.any(Number) }],
    ])
  })

  test('a pause, the sound and the playlists, by whomever they were changed', async () => {
    await addTracks(own, 1)
    await done(own, 'core.playback.play')
    await client.nextEvent('track_playback_started')
    await read()
    const events = await away(() =>
      outsider(
        ['core.playback.pause'],
        ['core.mixer.set_mute', { mute: true }],
        ['core.playlists.create', { name: 'New' }],
      ),
    )
    expect(events).toMatchObject([
      ['playlists_loaded', {}],
      ['mute_changed', { mute: true }],
      ['playback_state_changed', { old_state: 'playing', new_state: 'paused' }],
      ['track_playback_paused', { tl_track: { tlid: 1 }, time_position: expect.any(Number) }],
      ['seeked', {}],
    ])
  })

  test('what nobody has read since it changed is told in any case', async () => {
    await addTracks(own, 1)
    const names = (await away(() => demo.restart())).map(([name]) => name)
    expect(names).toEqual(
      expect.arrayContaining(['tracklist_changed', 'options_changed', 'playlists_loaded']),
    )
  })

  test('a line that was only cut: nothing while nothing plays', async () => {
    await addTracks(own, 1, 2)
    await client.nextEvent('tracklist_changed')
    await read()
    expect(await away(async () => {})).toEqual([])
  })
})
