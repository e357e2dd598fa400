import { expect } from 'bun:test'
import { connectRpc, type RpcClient, RpcError, type RpcEvent } from '../support/rpc-client'

export type ConformanceServer = {
  url: string
  headers?: Record<string, string>
  stop(): Promise<void>
}

export type ConformanceOptions = {
  /** Musakone checks values itself, denies some calls and strips tracebacks. */
  throughMusakone?: boolean
  /** The limit that the server was started with; without it the limit is not tested. */
  maxTracklistLength?: number
}

export type Ref = { __model__: 'Ref'; uri: string; name?: string; type: string }
export type Track = {
  __model__: 'Track'
  uri: string
  name: string
  length: number
  artists?: { name: string }[]
}
export type TlTrack = { __model__: 'TlTrack'; tlid: number; track: Track }

export type Room = ReturnType<typeof createRoom>

/** A server, a client on it, the tracks it offers, and ways to wait for what it does. */
export function createRoom(start: () => Promise<ConformanceServer>) {
  let server: ConformanceServer
  let client: RpcClient
  let offered: Track[] = []

  const call = <Result = unknown>(method: string, params?: Record<string, unknown> | unknown[]) =>
    client.call<Result>(`core.${method}`, params)

  /** All events up to now: playlists_loaded, which nothing else causes, comes after them. */
  async function arrived(): Promise<RpcEvent[]> {
    await call('playlists.refresh')
    return (await client.eventsUntil('playlists_loaded')).slice(0, -1).filter(countsAsMopidys)
  }

  return {
    call,
    get client() {
      return client
    },
    /** Longest first: real Mopidy is best left alone from 3.2 s before a track's end. */
    get tracks() {
      return offered
    },
    connect: () => connectRpc(server.url, server.headers ? { headers: server.headers } : {}),

    async open() {
      server = await start()
      client = await connectRpc(server.url, server.headers ? { headers: server.headers } : {})
      offered = await tracksOffered(call)
    },

    /** Stopped, empty, no modes, volume 50, and the events of getting there are gone. */
    async tidy() {
      await call('playback.stop')
      await call('tracklist.clear')
      for (const mode of modes) await call(`tracklist.set_${mode}`, { value: false })
      await call('mixer.set_mute', { mute: false })
      for (const volume of [51, 50]) {
        await call('mixer.set_volume', { volume })
        // Announced by the thread of the sound, which playlists_loaded does not wait for.
        while ((await client.nextEvent('volume_changed')).data.volume !== volume);
      }
      await arrived()
    },

    /** Pauses, and lets the sound follow: a resume before that is taken back by real Mopidy. */
    async pause() {
      await call('playback.pause')
      await Bun.sleep(settlingMs) // nothing on the wire tells when
    },

    async close() {
      await client?.close()
      await server?.stop()
    },

    /** The events that `action` causes, up to `last` and whatever comes with it; none without. */
    async eventsOf(action: () => Promise<unknown>, last?: string): Promise<RpcEvent[]> {
      await arrived()
      await action()
      const awaited = last === undefined ? [] : await client.eventsUntil(last)
      return [...awaited.filter(countsAsMopidys), ...(await arrived())]
    },

    async queue(count = 3): Promise<TlTrack[]> {
      const uris = offered.slice(0, count).map(({ uri }) => uri)
      const added = await call<TlTrack[]>('tracklist.add', { uris })
      expect(added).toHaveLength(count)
      return added
    },

    /** Queues tracks and plays the first; resolves when Mopidy has announced it. */
    async play(count = 3): Promise<TlTrack[]> {
      const added = await this.queue(count)
      await call('playback.play', { tlid: added[0]?.tlid })
      await client.nextEvent('track_playback_started')
      await arrived()
      return added
    },

    async failureOf(method: string, params?: Record<string, unknown> | unknown[]) {
      const outcome = await call(method, params).then(
        (result) => new Error(`${method} gave ${JSON.stringify(result)}`),
        (error: unknown) => error,
      )
      if (outcome instanceof RpcError) return outcome
      throw outcome
    },
  }
}

const settlingMs = 150

export const modes = ['consume', 'random', 'repeat', 'single'] as const

export function names(events: RpcEvent[]): string[] {
  return events.map(({ name, data }) =>
    name === 'playback_state_changed' ? `${data.old_state} → ${data.new_state}` : name,
  )
}

/** The same without volume_changed, which comes with every change of track. */
export function namesButVolume(events: RpcEvent[]): string[] {
  return names(events.filter(({ name }) => name !== 'volume_changed' && !besides.includes(name)))
}

/** What the first event of that name carried. */
export function dataOf(events: RpcEvent[], name: string): Record<string, unknown> | undefined {
  return events.find((event) => event.name === name)?.data
}

// The gateway adds the first two; the third depends on when GStreamer reads a file's tags.
const besides = ['mopidy_connected', 'mopidy_disconnected', 'stream_title_changed']

function countsAsMopidys({ name }: RpcEvent): boolean {
  return !besides.includes(name)
}

/** Browses until some tracks are found; longest first. */
async function tracksOffered(call: RpcCall): Promise<Track[]> {
  const folders: (string | null)[] = [null]
  const uris = new Set<string>()
  for (let visits = 0; visits < 60 && uris.size < 40; visits += 1) {
    const folder = folders.shift()
    if (folder === undefined) break
    for (const { type, uri } of await call<Ref[]>('library.browse', { uri: folder })) {
      if (type === 'track') uris.add(uri)
      else folders.push(uri)
    }
  }
  const found = await call<Record<string, Track[]>>('library.lookup', { uris: [...uris] })
  // A stream has no length, cannot be sought in and does not end.
  const tracks = Object.values(found)
    .flat()
    .filter(({ length }) => length > 0)
  expect(tracks.length).toBeGreaterThanOrEqual(6)
  return tracks.sort((one, other) => other.length - one.length)
}

type RpcCall = <Result>(method: string, params: Record<string, unknown>) => Promise<Result>
