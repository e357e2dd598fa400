import { type DemoMopidy, startDemoMopidy } from '../../src/demo/mopidy'
import { createTcpProxy } from '../../src/demo/server/tcp-proxy'
import { hasRealMopidy, type RealMopidy, startRealMopidy } from '../support/real-mopidy'
import { startTestMusakone, TEST_PASSWORD, until } from '../support/test-musakone'
import { MOST_TRACKS } from './session'

/** A Mopidy, or Musakone before one, that a client reaches over a line that can be cut. */
export type Place = {
  origin: string
  /** The address for mopidy.js outside of a browser. */
  webSocketUrl: string
  /** What a browser has to log in with before; a Mopidy alone knows no accounts. */
  credentials?: { username: string; password: string }
  /** A page of the same origin. */
  page: string
  interrupt(): Promise<void>
  stop(): Promise<void>
}

type Neighbour = Pick<DemoMopidy | RealMopidy, 'url' | 'port'> & { stop(): Promise<void> }

/** The Mopidys that the session is tried with, each time a new one. */
export const neighbours = [
  {
    name: 'the demo Mopidy',
    present: () => true,
    start: (): Promise<Neighbour> => startDemoMopidy({ maxTracklistLength: MOST_TRACKS }),
  },
  {
    name: 'a real Mopidy',
    present: hasRealMopidy,
    start: (): Promise<Neighbour> =>
      startRealMopidy({ extraConfig: `[core]\nmax_tracklist_length = ${MOST_TRACKS}` }),
  },
]

/** That Mopidy without anything before it. */
export async function openDirect(start: () => Promise<Neighbour>): Promise<Place> {
  const mopidy = await start()
  return { ...placeAt(mopidy.port, () => mopidy.stop()), page: '/mopidy/' }
}

/** The same behind Musakone. */
export async function openThrough(start: () => Promise<Neighbour>): Promise<Place> {
  const mopidy = await start()
  const musakone = await startTestMusakone({ mopidyUrl: mopidy.url })
  await musakone.online()
  const place = placeAt(Number(new URL(musakone.origin).port), async () => {
    await until(() => musakone.services.gateway.connectionCount() === 0, 'the sockets to be gone')
    await musakone.services.mopidy.idle()
    const health = (await (await musakone.request('/health')).json()) as { status: string }
    if (health.status !== 'ok') throw new Error(`health: ${health.status}`)
    await musakone.stop()
    await mopidy.stop()
  })
  return {
    ...place,
    webSocketUrl: `${place.webSocketUrl}?token=${await musakone.logIn()}`,
    credentials: { username: 'admin', password: TEST_PASSWORD },
    page: '/swagger',
  }
}

function placeAt(port: number, stop: () => Promise<void>) {
  const line = createTcpProxy({ port: 0, hostname: '127.0.0.1', target: () => port })
  return {
    origin: `http://127.0.0.1:${line.port}`,
    webSocketUrl: `ws://127.0.0.1:${line.port}/mopidy/ws`,
    interrupt: async () => line.dropAll(),
    async stop() {
      line.close()
      await stop()
    },
  }
}
