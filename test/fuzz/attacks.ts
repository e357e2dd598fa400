import { connect, type Socket } from 'node:net'
import type { Random } from '../mopidy/seeded-random'
import { frame, upgradeRequest } from '../support/raw-socket'

/** Somebody who is signed in. */
export type Insider = Readonly<{ name: 'guest' | 'member'; token: string; origin: string }>

type Attack = (insider: Insider, random: Random) => Promise<unknown>

const LONGEST_MS = 3_000
const TRACKS = Array.from(
  { length: 6 },
  (_, index) => `demo:track:the-kettle-hymnal:${String(index + 1).padStart(2, '0')}`,
)
const LONG_READS = [
  'core.tracklist.get_tl_tracks',
  'core.tracklist.get_tracks',
  'core.tracklist.slice',
  'core.tracklist.filter',
  'core.describe',
  'core.history.get_history',
]

/** What an insider tries, in sizes that hurt, by what it tries to use up. */
export const ATTACKS = {
  /** Many large answers asked for at once, in one frame or one request. */
  batches: async (insider, random) => {
    const method = random.pick(LONG_READS)
    const params = method.endsWith('slice') ? { start: 0, end: 10_000 } : {}
    const calls = Array.from({ length: 1 + random.below(100) }, () => ({ method, params }))
    if (random.chance(0.5)) return post(insider, '/mopidy/rpc', batch(calls))
    return overSocket(insider, '/mopidy/ws', [batch(calls)], random.below(LONGEST_MS))
  },

  /** Searches without end, each another one, of up to 60 KB. */
  searches: async (insider, random) => {
    const calls = Array.from({ length: 1 + random.below(200) }, () => search(random))
    if (random.chance(0.3))
      return Promise.all(calls.slice(0, 20).map((call) => post(insider, '/mopidy/rpc', rpc(call))))
    const own = random.chance(0.5)
    const texts = calls.map((call) => (own ? ownCall(call) : rpc(call)))
    return overSocket(insider, own ? '/ws' : '/mopidy/ws', texts, random.below(LONGEST_MS))
  },

  /** Histories that are wide, deep, long, or of numbers that no clock has. */
  imports: async (insider, random) => {
    const kind = random.pick(['wide', 'deep', 'long', 'huge', 'many'] as const)
    const isCsv = kind === 'wide'
    return post(insider, '/api/analytics/import', importText(kind, random), {
      'content-type': isCsv ? 'text/csv' : 'application/jsonl',
    })
  },

  /** Exports that are read, read slowly, or not at all. */
  exports: async (insider, random) => {
    const format = random.pick(['jsonl', 'csv', 'listenbrainz'])
    const path = `/api/analytics/export?format=${format}`
    if (random.chance(0.5)) return get(insider, path)
    const sockets = Array.from({ length: 1 + random.below(20) }, () => unread(insider, path))
    await Bun.sleep(random.below(LONGEST_MS))
    for (const socket of sockets) socket.destroy()
  },

  /** Sockets that come, say nothing or little, and go. */
  sockets: async (insider, random) => {
    const texts = random.chance(0.5) ? [] : [rpc({ method: 'core.get_version', params: {} })]
    const many = Array.from({ length: 1 + random.below(60) }, () =>
      overSocket(insider, random.pick(['/ws', '/mopidy/ws']), texts, random.below(500)),
    )
    return Promise.all(many)
  },

  /** Frames that are long, deep, cut short, binary, or no JSON. */
  frames: async (insider, random) => {
    const texts = Array.from({ length: 1 + random.below(10) }, () => badFrame(random))
    return overSocket(insider, random.pick(['/ws', '/mopidy/ws']), texts, random.below(1_000))
  },

  /** Playlists that are long, many, and of addresses with line breaks. */
  playlists: async (insider, random) => {
    const count = random.below(300)
    const tracks = Array.from({ length: count }, (_, index) => ({
      __model__: 'Track',
      uri: random.chance(0.1) ? `demo:track:\n${index}` : random.pick(TRACKS),
      name: 'x'.repeat(random.below(100)),
    }))
    const uri = `m3u:fuzz-${random.below(20)}.m3u8`
    const playlist = { __model__: 'Playlist', uri, name: uri, tracks }
    const name = `fuzz ${random.below(20)}${'\u0000'.repeat(random.below(2))}`
    const calls = [
      { method: 'core.playlists.create', params: { name } },
      { method: 'core.playlists.save', params: { playlist } },
      { method: 'core.playlists.lookup', params: { uri } },
      { method: 'core.playlists.as_list', params: {} },
    ]
    return overSocket(insider, '/mopidy/ws', calls.map(rpc), random.below(1_000))
  },

  /** Who asks for long answers, and takes them slowly or not at all. */
  slow: async (insider, random) => {
    const socket = silentSocket(insider)
    socket.write(upgradeRequest('/mopidy/ws', authorized(insider)))
    const call = { method: 'core.tracklist.get_tl_tracks', params: {} }
    for (let left = random.below(50); left > 0; left -= 1) socket.write(frame(rpc(call)))
    for (let left = 1 + random.below(5); left > 0; left -= 1) {
      await Bun.sleep(random.below(LONGEST_MS / 3))
      socket.resume()
      await Bun.sleep(5)
      socket.pause()
    }
    socket.destroy()
  },

  /** Songs that are added, many at once; they go to the end of the queue. */
  adds: async (insider, random) => {
    const uris = Array.from({ length: random.below(500) }, () => random.pick(TRACKS))
    const call = { method: 'core.tracklist.add', params: { uris } }
    return overSocket(insider, '/mopidy/ws', [rpc(call)], random.below(1_000))
  },
} satisfies Record<string, Attack>

export type Category = keyof typeof ATTACKS
export const CATEGORIES = Object.keys(ATTACKS) as readonly Category[]

type Call = { method: string; params: Record<string, unknown> }
let lastId = 0

const message = ({ method, params }: Call) => {
  lastId += 1
  return { jsonrpc: '2.0', id: lastId, method, params }
}
const rpc = (call: Call) => JSON.stringify(message(call))
const batch = (calls: readonly Call[]) => JSON.stringify(calls.map(message))
const ownCall = (call: Call) => JSON.stringify({ type: 'mopidy', id: 1, ...call })

function search(random: Random): Call {
  const long = random.chance(0.2) ? random.below(60_000) : random.below(30)
  const any = [`${random.below(1e9)}${'ä'.repeat(long / 2)}`]
  return random.chance(0.8)
    ? { method: 'core.library.search', params: { query: { any } } }
    : { method: 'core.library.get_images', params: { uris: Array(100).fill(random.pick(TRACKS)) } }
}

function importText(kind: 'wide' | 'deep' | 'long' | 'huge' | 'many', random: Random): string {
  const play = {
    kind: 'play',
    track_uri: 'demo:imported',
    track_name: 'Imported',
    started_at_ms: random.below(1e12),
    listened_ms: 1_000,
    length_ms: 2_000,
    end_reason: 'finished',
  }
  const line = (members: object) => `${JSON.stringify({ ...play, ...members })}\n`
  switch (kind) {
    case 'wide':
      return `${Array.from({ length: random.below(100_000) }, (_, n) => `c${n}`).join(',')}\n`
    case 'deep':
      return `${'['.repeat(random.below(100_000))}\n`
    case 'long':
      return line({ track_name: 'n'.repeat(random.below(4_000_000)) })
    case 'huge':
      return line({ listened_ms: random.pick([2 ** 53 - 1, 1e308, -1]) })
    case 'many': {
      const first = random.below(1e12)
      return Array.from({ length: random.below(5_000) }, (_, n) =>
        line({ started_at_ms: first + n, track_name: `${n}` }),
      ).join('')
    }
  }
}

function badFrame(random: Random): string {
  const size = random.pick([10, 60_000, 66_000, 500_000, 2_000_000])
  return random.pick([
    () => 'x'.repeat(size),
    () => '['.repeat(size),
    () => `{"jsonrpc":"2.0","id":"${'i'.repeat(size)}","method":"core.get_version"}`,
    () => `{"__proto__":{"type":"mopidy"},"a":"${'b'.repeat(size)}"}`,
    () =>
      rpc({ method: 'core.library.lookup', params: { uris: Array(size / 50).fill(TRACKS[0]) } }),
  ])()
}

const authorized = ({ token }: Insider) => ({ authorization: `Bearer ${token}` })

/** Whatever the answer is, and whether there is one: only what others notice counts. */
async function post(
  insider: Insider,
  path: string,
  body: string,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<void> {
  await taken(`${insider.origin}${path}`, {
    method: 'POST',
    body,
    headers: { ...headers, ...authorized(insider) },
  })
}

const get = (insider: Insider, path: string) =>
  taken(`${insider.origin}${path}`, { headers: authorized(insider) })

async function taken(url: string, init: RequestInit): Promise<void> {
  try {
    const reply = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
    await reply.arrayBuffer()
  } catch {
    // Refused, cut off, or too slow.
  }
}

/** A connection that takes nothing until it is resumed. */
function silentSocket({ origin }: Insider): Socket {
  const socket = connect({ port: Number(new URL(origin).port), host: '127.0.0.1' })
  socket.on('data', () => {})
  socket.on('error', () => {})
  return socket.pause()
}

function unread(insider: Insider, path: string): Socket {
  const socket = silentSocket(insider)
  const { authorization } = authorized(insider)
  socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: ${authorization}\r\n\r\n`)
  return socket
}

/** Sends the texts over a socket of their own, and leaves after so many milliseconds. */
async function overSocket(
  insider: Insider,
  path: string,
  texts: readonly string[],
  stayMs: number,
): Promise<void> {
  const url = `${insider.origin.replace('http', 'ws')}${path}`
  const socket = new WebSocket(url, { headers: authorized(insider) })
  const ended = new Promise<void>((resolve) => {
    socket.onclose = () => resolve()
    socket.onerror = () => resolve()
  })
  socket.onopen = () => {
    for (const text of texts) if (socket.readyState === WebSocket.OPEN) socket.send(text)
    setTimeout(() => socket.terminate(), stayMs)
  }
  await Promise.race([ended, Bun.sleep(LONGEST_MS + 2_000)])
  socket.terminate()
}
