import { type DemoClock, systemClock } from './clock'
import { createCore, type SavedState } from './core/core'
import { createPlaylistFolder } from './core/playlists'
import { createLibrary } from './library/library'
import { SocketKilled } from './models/decoding'
import { pythonJson } from './models/python-json'
import { createFaults, type DemoFaults } from './server/faults'
import { handleJson } from './server/jsonrpc'
import { createServer } from './server/server'
import { createTcpProxy } from './server/tcp-proxy'

export type DemoOptions = {
  /** 0, the default, takes a free one. */
  port?: number
  hostname?: string
  clock?: DemoClock
  maxTracklistLength?: number
  /** Makes every track of the library this long, for tests. */
  lengthMs?: number
  version?: string
  /** Puts a TCP proxy before the server; the faults that say so need it. */
  faulty?: boolean
  /** Milliseconds between a reply and the events of the audio; 0, the default, is at once. */
  audioDelayMs?: number
  /** Its mixer tells of no change, as some of Mopidy's do. */
  silentMixer?: boolean
  /** A number from 0 up to 1, for shuffling. */
  random?: () => number
}

export type DemoMopidy = {
  url: string
  port: number
  faults: DemoFaults
  /** The last 10,000 text frames that clients sent over sockets. */
  received: string[]
  connections(): number
  /** Sends this event to every socket. */
  emit(event: object): void
  /**
   * Drops all sockets, forgets tracklist, tlids and state unless it restores them, and listens on the
   * same port again.
   */
  restart(options?: { restoreState?: boolean }): Promise<void>
  stop(): Promise<void>
}

const MAX_RECEIVED = 10_000

/** Starts a simulated Mopidy 3.4 with a made-up library; fails when the port is taken. */
export async function startDemoMopidy(options: DemoOptions = {}): Promise<DemoMopidy> {
  const { clock = systemClock, version = '3.4.1', hostname = '127.0.0.1' } = options
  const library = createLibrary({ version, ...pickLength(options) })
  const folder = createPlaylistFolder(library)
  const received: string[] = []
  let outbox: string[] | null = null
  let core = createLife()

  function createLife(saved?: SavedState) {
    const life = createCore({
      library,
      folder,
      clock,
      emit,
      random: options.random ?? Math.random,
      maxTracklistLength: options.maxTracklistLength ?? 10_000,
      audioDelayMs: options.audioDelayMs ?? 0,
      version,
      silentMixer: options.silentMixer ?? false,
    })
    if (saved) life.restore(saved)
    return life
  }

  /** Events that a call causes are sent after its reply. */
  function emit(event: object) {
    const text = pythonJson(event)
    if (outbox) outbox.push(text)
    else server.broadcast(text)
  }

  function answer(text: string, send: (reply: string | null) => void) {
    const events: string[] = []
    outbox = events
    try {
      const reply = handleJson(core, text)
      send(reply)
    } finally {
      outbox = null
      for (const event of events) server.broadcast(event)
    }
  }

  // Before the server: when the port is taken, this throws while nothing is open yet.
  const proxy = options.faulty
    ? createTcpProxy({ port: options.port ?? 0, hostname, target: () => server.port() })
    : null
  const server = createServer({
    port: options.faulty ? 0 : (options.port ?? 0),
    hostname: options.faulty ? '127.0.0.1' : hostname,
    version,
    onFrame(socket, text) {
      received.push(text)
      if (received.length > MAX_RECEIVED) received.shift()
      faults.treat(text, () => {
        try {
          answer(text, (reply) => reply !== null && socket.send(faults.readdress(reply)))
        } catch (error) {
          if (!(error instanceof SocketKilled)) throw error
          socket.close()
        }
      })
    },
    onPost(text) {
      let body = ''
      answer(text, (reply) => {
        body = reply ?? ''
      })
      return body
    },
  })
  const faults = createFaults({ clock, server, proxy })
  const port = proxy?.port ?? server.port()
  const host = hostname === '0.0.0.0' || hostname === '::' ? '127.0.0.1' : hostname

  return {
    url: `ws://${host.includes(':') ? `[${host}]` : host}:${port}/mopidy/ws`,
    port,
    faults: faults.switches,
    received,
    connections: server.connections,
    emit,

    async restart({ restoreState = false } = {}) {
      proxy?.dropAll()
      await server.close()
      const saved = restoreState ? core.save() : undefined
      core.close()
      core = createLife(saved)
      if (!faults.closesServer()) server.listen()
    },
    async stop() {
      core.close()
      faults.close()
      proxy?.close()
      await server.close()
    },
  }
}

function pickLength({ lengthMs }: DemoOptions): { lengthMs?: number } {
  return lengthMs === undefined ? {} : { lengthMs }
}
