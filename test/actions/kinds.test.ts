import { afterAll, afterEach, beforeEach, describe, expect, test } from 'bun:test'
import { ACTION_TYPES } from '../../src/mopidy/methods/method'
import { createFakeClock } from '../demo/fake-clock'
import type { OwnSocket } from '../support/own-socket'
import { startTestMusakone, type TestMusakone } from '../support/test-musakone'
import { type Added, addTracks, CHOIR, done, HYMNS, historyOf, hymn, signIn } from './recorded'

type Player = {
  client: OwnSocket
  queue: Added[]
  /** Moves the time, while something plays. */
  advance(ms: number): void
}
type Kind = {
  type: string
  act(player: Player): Promise<unknown>
  /** The rows of that type, oldest first. */
  rows(queue: Added[]): Record<string, unknown>[]
}

const onTrack = (number: number, position_ms: number | null, metadata: unknown) => ({
  track_uri: hymn(number),
  track_name: HYMNS[number - 1],
  artist: CHOIR,
  position_ms,
  metadata,
})
const onNothing = (metadata: unknown) => ({
  track_uri: null,
  track_name: null,
  artist: null,
  position_ms: null,
  metadata,
})
const tlidOf = (queue: Added[], number: number) => ({ tlid: queue[number - 1]?.tlid })

async function play({ client, queue }: Player, number = 1): Promise<void> {
  await done(client, 'core.playback.play', tlidOf(queue, number))
  await client.event('track_playback_started')
}

/** Plays the second track for five seconds, then gives a command. */
const afterFiveSeconds = (method: string, event: string) => async (player: Player) => {
  await play(player, 2)
  player.advance(5_000)
  await done(player.client, `core.playback.${method}`)
  await player.client.event(event)
}

const KINDS: Kind[] = [
  {
    type: 'play',
    async act(player) {
      await play(player, 2)
      player.advance(3_000)
      await done(player.client, 'core.playback.pause')
      await player.client.event('track_playback_paused')
      await done(player.client, 'core.playback.resume')
      await player.client.event('track_playback_resumed')
      // Mopidy restarts what plays when it does not know the tlid.
      await done(player.client, 'core.playback.play', { tlid: 999 })
      await player.client.event('track_playback_started')
    },
    rows: (queue) => [
      onTrack(2, 0, tlidOf(queue, 2)),
      onTrack(2, 3_000, tlidOf(queue, 2)),
      onTrack(2, 0, tlidOf(queue, 2)),
    ],
  },
  {
    type: 'pause',
    act: afterFiveSeconds('pause', 'track_playback_paused'),
    rows: (queue) => [onTrack(2, 5_000, tlidOf(queue, 2))],
  },
  {
    type: 'stop',
    act: afterFiveSeconds('stop', 'playback_state_changed'),
    rows: (queue) => [onTrack(2, 5_000, tlidOf(queue, 2))],
  },
  {
    type: 'skip',
    act: afterFiveSeconds('next', 'track_playback_ended'),
    rows: (queue) => [onTrack(2, 5_000, tlidOf(queue, 2))],
  },
  {
    type: 'previous',
    act: afterFiveSeconds('previous', 'track_playback_ended'),
    rows: (queue) => [onTrack(2, 5_000, tlidOf(queue, 2))],
  },
  {
    type: 'seek',
    async act(player) {
      await play(player)
      player.advance(4_000)
      await done(player.client, 'core.playback.seek', { time_position: 60_000 })
      await player.client.event('seeked')
    },
    rows: () => [onTrack(1, 60_000, { from_ms: 4_000 })],
  },
  {
    type: 'search',
    act: ({ client }) =>
      done(client, 'core.library.search', { query: { album: ['The Kettle Hymnal'] } }),
    rows: () => [onNothing({ query: { album: ['The Kettle Hymnal'] }, results: 8 })],
  },
  {
    type: 'queue_add',
    act: async () => {},
    rows: (queue) => [1, 2, 3].map((number) => onTrack(number, null, tlidOf(queue, number))),
  },
  {
    type: 'queue_remove',
    act: ({ client, queue }) =>
      done(client, 'core.tracklist.remove', {
        criteria: { tlid: [queue[0]?.tlid, queue[2]?.tlid] },
      }),
    rows: (queue) => [1, 3].map((number) => onTrack(number, null, tlidOf(queue, number))),
  },
  {
    type: 'queue_move',
    act: ({ client }) => done(client, 'core.tracklist.move', { start: 1, end: 3, to_position: 0 }),
    rows: (queue) => [
      onTrack(2, null, {
        start: 1,
        end: 3,
        to_position: 0,
        tlids: [queue[1]?.tlid, queue[2]?.tlid],
      }),
    ],
  },
  {
    type: 'queue_shuffle',
    async act({ client }) {
      await done(client, 'core.tracklist.shuffle')
      await done(client, 'core.tracklist.shuffle', { start: 1, end: 3 })
    },
    rows: () => [onNothing({}), onNothing({ start: 1, end: 3 })],
  },
  {
    type: 'queue_clear',
    act: ({ client }) => done(client, 'core.tracklist.clear'),
    rows: () => [onNothing({ tracks: 3 })],
  },
  {
    type: 'volume_changed',
    act: ({ client }) => done(client, 'core.mixer.set_volume', { volume: 40 }),
    rows: () => [onNothing({ volume: 40, from: 100 })],
  },
  {
    type: 'mute_changed',
    async act({ client }) {
      await done(client, 'core.mixer.set_mute', { mute: true })
      await done(client, 'core.mixer.set_mute', { mute: false })
    },
    rows: () => [onNothing({ mute: true }), onNothing({ mute: false })],
  },
  {
    type: 'options_changed',
    async act({ client }) {
      for (const option of ['consume', 'random', 'repeat', 'single'])
        await done(client, `core.tracklist.set_${option}`, { value: option !== 'random' })
    },
    rows: () =>
      ['consume', 'random', 'repeat', 'single'].map((option) =>
        onNothing({ option, value: option !== 'random' }),
      ),
  },
  {
    type: 'playlist_saved',
    async act({ client }) {
      const playlist = await done<Record<string, unknown>>(client, 'core.playlists.create', {
        name: 'Washing-up',
      })
      const tracks = [1, 2].map((number) => ({ __model__: 'Track', uri: hymn(number) }))
      await done(client, 'core.playlists.save', { playlist: { ...playlist, tracks } })
    },
    rows: () =>
      [0, 2].map((tracks) => onNothing({ uri: 'm3u:Washing-up.m3u8', name: 'Washing-up', tracks })),
  },
  {
    type: 'playlist_deleted',
    async act({ client }) {
      await done(client, 'core.playlists.create', { name: 'Too sad' })
      await done(client, 'core.playlists.delete', { uri: 'm3u:Too%20sad.m3u8' })
    },
    rows: () => [onNothing({ uri: 'm3u:Too%20sad.m3u8', name: 'Too sad' })],
  },
]

describe('what is recorded of each kind of action', () => {
  const clock = createFakeClock()
  let musakone: TestMusakone
  let client: OwnSocket
  let token: string
  beforeEach(async () => {
    musakone = await startTestMusakone({ clock, demo: { clock } })
    await musakone.online()
    token = await musakone.logIn()
    client = await signIn(musakone, token)
  })
  afterEach(async () => {
    client.close()
    await musakone.stop()
  })
  const tried = new Set<string>()
  afterAll(() => expect([...tried].sort()).toEqual([...ACTION_TYPES].sort()))

  test.each(KINDS)('$type', async ({ type, act, rows }) => {
    tried.add(type)
    const queue = await addTracks(client, 1, 2, 3)
    await act({ client, queue, advance: (ms) => clock.advance(ms) })
    const { actions } = await historyOf(musakone, token, { action_type: type })
    const timestamp = expect.any(Number)
    expect(actions.reverse()).toEqual(
      rows(queue).map((row) => ({
        id: expect.any(Number),
        action_type: type,
        user: { id: 1, username: 'admin' },
        timestamp,
        ...row,
      })) as never,
    )
  })
})
