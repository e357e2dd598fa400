import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { PlaybackState } from '../../src/listening/model'
import { addTracks, CHOIR, done, HYMNS, hymn } from '../actions/recorded'
import { connectRpc } from '../support/rpc-client'
import { until } from '../support/test-musakone'
import { openRoom, type Room } from './room'

describe('the playback state', () => {
  let room: Room
  beforeEach(async () => {
    room = await openRoom()
  })
  afterEach(() => room.close())

  const state = () => room.admin.get<PlaybackState>('playback/state')
  const play = async (params: unknown = {}) => {
    await done(room.admin.socket, 'core.playback.play', params)
    await room.admin.socket.event('track_playback_started')
  }
  /** A call by a program that talks to Mopidy without Musakone. */
  const outsider = async (method: string, params: Record<string, unknown> = {}) => {
    const outside = await connectRpc(room.musakone.demo?.url ?? '')
    await outside.call(method, params)
    await outside.close()
  }

  test('with nothing in the queue', async () => {
    expect(await state()).toEqual({
      state: 'stopped',
      track: null,
      position_ms: 0,
      volume: 100,
      mute: false,
      queued_by: null,
    })
  })

  test('names the track, the position and who queued it, not who pressed play', async () => {
    const [added] = await addTracks(room.berta.socket, 2)
    await play()
    room.advance(7_000)
    expect(await state()).toEqual({
      state: 'playing',
      track: {
        tlid: added?.tlid ?? 0,
        uri: hymn(2),
        name: HYMNS[1] ?? '',
        artist: CHOIR,
        album: 'The Kettle Hymnal',
        length_ms: added?.track.length ?? 0,
      },
      position_ms: 7_000,
      volume: 100,
      mute: false,
      queued_by: { id: 2, username: 'berta' },
    })
  })

  test('follows pause, seek, volume, mute and stop', async () => {
    const { socket } = room.admin
    await addTracks(socket, 1)
    await play()
    room.advance(3_000)
    await done(socket, 'core.playback.seek', { time_position: 50_000 })
    await socket.event('seeked')
    room.advance(1_000)
    expect(await state()).toMatchObject({ state: 'playing', position_ms: 51_000 })
    await done(socket, 'core.playback.pause')
    await socket.event('track_playback_paused')
    room.advance(60_000)
    expect(await state()).toMatchObject({ state: 'paused', position_ms: 51_000 })
    await done(socket, 'core.playback.seek', { time_position: 20_000 })
    await socket.event('seeked')
    await done(socket, 'core.mixer.set_volume', { volume: 15 })
    await done(socket, 'core.mixer.set_mute', { mute: true })
    await socket.event('mute_changed')
    expect(await state()).toMatchObject({ position_ms: 20_000, volume: 15, mute: true })
    await done(socket, 'core.playback.stop')
    await until(async () => (await state()).state === 'stopped', 'it to stop')
    expect(await state()).toMatchObject({ position_ms: 0 })
  })

  test('each track has its own queuer, and one from outside has none', async () => {
    const [first] = await addTracks(room.berta.socket, 1)
    const [second] = await addTracks(room.admin.socket, 2)
    await outsider('core.tracklist.add', { uris: [hymn(3)] })
    await play({ tlid: first?.tlid })
    expect((await state()).queued_by).toEqual({ id: 2, username: 'berta' })
    await play({ tlid: second?.tlid })
    expect((await state()).queued_by).toEqual({ id: 1, username: 'admin' })
    await done(room.admin.socket, 'core.playback.next')
    await room.admin.socket.event('track_playback_started')
    expect(await state()).toMatchObject({ track: { uri: hymn(3) }, queued_by: null })
  })

  test('after a restart of Mopidy the same number is not taken for the same track', async () => {
    const [added] = await addTracks(room.berta.socket, 1)
    expect(added?.tlid).toBe(1)
    await room.musakone.demo?.restart()
    expect(await room.admin.socket.next('mopidy_status')).toMatchObject({ online: false })
    await room.musakone.online()
    await outsider('core.tracklist.add', { uris: [hymn(2)] })
    await play()
    expect(await state()).toMatchObject({ track: { tlid: 1, uri: hymn(2) }, queued_by: null })
  })

  test('without Mopidy it is unavailable, and without a name refused', async () => {
    const { musakone, admin } = room
    expect((await musakone.request('/api/playback/state')).status).toBe(401)
    musakone.demo?.faults.refuse(true)
    expect(await admin.socket.next('mopidy_status')).toMatchObject({ online: false })
    const reply = await musakone.request('/api/playback/state', { token: admin.token })
    expect(reply.status).toBe(503)
    expect(await reply.json()).toMatchObject({ error: 'mopidy_offline' })
  })
})
