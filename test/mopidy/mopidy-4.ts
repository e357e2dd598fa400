import type { ServerWebSocket } from 'bun'

export type Mopidy4 = ReturnType<typeof startMopidy4>

/**
 * A Mopidy 4.0 as far as its form goes: it answers each method with the text that is written here for
 * it, as 4.0 does: members without a value are written out, and a model is named `model` in events.
 */
export function startMopidy4(results: Readonly<Record<string, string>>) {
  const sockets = new Set<ServerWebSocket>()
  const received: { method: string; params: Record<string, unknown> }[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request, server) =>
      server.upgrade(request) ? undefined : new Response(null, { status: 404 }),
    websocket: {
      open: (socket) => void sockets.add(socket),
      close: (socket) => void sockets.delete(socket),
      message(socket, text) {
        const { id, method, params } = JSON.parse(String(text))
        received.push({ method, params })
        const known: Record<string, string> = { 'core.get_version': '"4.0.1"', ...results }
        socket.send(`{"jsonrpc":"2.0","id":${id},"result":${known[method] ?? 'null'}}`)
      },
    },
  })

  return {
    url: `ws://127.0.0.1:${server.port}/mopidy/ws`,
    received,
    /** Sends a text to everybody who is connected. */
    emit(text: string): void {
      for (const socket of sockets) socket.send(text)
    },
    stop: () => server.stop(true),
  }
}

// As pydantic writes them: the fields in their order, `model` by its alias in replies only.

const artist = (model: string) =>
  `{"${model}": "Artist", "uri": "demo:artist:a", "name": "Åsa", "sortname": null, "musicbrainz_id": null}`

const album = (model: string) =>
  `{"${model}": "Album", "uri": null, "name": "", "artists": [], "num_tracks": 0, "num_discs": null, "date": null, "musicbrainz_id": null}`

const track = (model: string) =>
  `{"${model}": "Track", "uri": "demo:track:1", "name": "One", "artists": [${artist(model)}], "album": ${album(model)}, "composers": [], "performers": [], "genre": null, "track_no": null, "disc_no": null, "date": null, "length": 5000, "bitrate": null, "comment": null, "musicbrainz_id": null, "last_modified": null}`

export const tlTrack = (model: '__model__' | 'model') =>
  `{"${model}": "TlTrack", "tlid": 1, "track": ${track(model)}}`

export const TRACK = track('__model__')

/** The same as Mopidy 3.4 sends it. */
export const TL_TRACK_IN_FORM_3 = {
  __model__: 'TlTrack',
  tlid: 1,
  track: {
    __model__: 'Track',
    uri: 'demo:track:1',
    name: 'One',
    artists: [{ __model__: 'Artist', uri: 'demo:artist:a', name: 'Åsa' }],
    album: { __model__: 'Album', name: '', num_tracks: 0 },
    length: 5_000,
  },
} as const
