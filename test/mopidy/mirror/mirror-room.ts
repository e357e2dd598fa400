import { createFakeClock } from '../../demo/fake-clock'
import { startRealMopidy } from '../../support/real-mopidy'
import { startTestMusakone, type TestMusakone } from '../../support/test-musakone'
import type { Random } from '../seeded-random'
import { type Caller, mopidyCaller, outsideCaller, ownCaller, resultOf } from './mirror-caller'

export type TlTrack = { tlid: number; track: { uri: string; length?: number } }

/** Clients of Musakone and outsiders, at one Mopidy. */
export type MirrorRoom = Readonly<{
  /** Whether Mopidy's sound stands still while its clock does, so that every moment can be judged. */
  deterministic: boolean
  clients: readonly Caller[]
  outsiders: readonly Caller[]
  uris: readonly string[]
  latestSeekMs: number
  /** Lets so much time go by, in milliseconds; on a real Mopidy it goes by itself. */
  pass(ms: number): void
  /** Lets a little time go by, in which a position moves. */
  moment(): unknown
  /** Lets Musakone's clock alone jump ahead, which makes what it keeps that much older. */
  grow(ms: number): void
  /** Resolves when all that was asked for has happened, and Musakone has heard of it. */
  quiet(): Promise<void>
  stop(): Promise<void>
}>

/** Fewer than the random adds put in: some go past it. */
const MOST_TRACKS = 60
const CLIENTS = 4
const SILENCE_MS = 150
const LENGTH_MS = 20_000
// Near the end of a track a real Mopidy 3.4 sometimes freezes for good: its core waits for GStreamer,
// which asks the core what follows.
const FAR_FROM_THE_END_MS = 12_000

/** At a demo, under one clock with Musakone; its sound is heard that much after the reply. */
export async function demoRoom(random: Random, audioDelayMs: number): Promise<MirrorRoom> {
  const clock = createFakeClock(Date.UTC(2026, 0, 5, 12))
  let ahead = 0
  const musakone = await startTestMusakone({
    clock: { now: () => clock.now() + ahead, elapsed: () => clock.elapsed() + ahead },
    demo: {
      clock,
      audioDelayMs,
      lengthMs: LENGTH_MS,
      maxTracklistLength: MOST_TRACKS,
      random: random.fork().next,
    },
  })
  const { demo } = musakone
  if (demo === undefined) throw new Error('no demo')
  const callers = await meet(musakone, demo.url)
  return {
    deterministic: true,
    ...callers,
    uris: await someUris(callers.outsiders),
    latestSeekMs: LENGTH_MS,
    pass: clock.advance,
    moment: () => clock.advance(1),
    grow(ms) {
      ahead += ms
    },
    async quiet() {
      clock.advance(2 * audioDelayMs)
      await fence(callers.clients)
    },
    stop: () => leave(callers, musakone),
  }
}

/** At a real Mopidy, whose time nobody holds. */
export async function realRoom(): Promise<MirrorRoom> {
  const extraConfig = `[core]\nmax_tracklist_length = ${MOST_TRACKS}`
  const mopidy = await startRealMopidy({ extraConfig })
  let ahead = 0
  const musakone = await startTestMusakone({
    mopidyUrl: mopidy.url,
    clock: { now: () => Date.now() + ahead, elapsed: () => performance.now() + ahead },
  })
  const callers = await meet(musakone, mopidy.url)
  const heard = () => callers.outsiders.reduce((sum, caller) => sum + caller.heard(), 0)
  return {
    deterministic: false,
    ...callers,
    uris: mopidy.tracks.filter(({ lengthMs }) => lengthMs >= LENGTH_MS).map(({ uri }) => uri),
    latestSeekMs: LENGTH_MS - FAR_FROM_THE_END_MS,
    pass: () => {},
    moment: () => Bun.sleep(10),
    grow(ms) {
      ahead += ms
    },
    async quiet() {
      // Nothing on the wire tells that GStreamer has no more to say.
      for (let before = -1; before !== heard(); ) {
        before = heard()
        await Bun.sleep(SILENCE_MS)
      }
      await fence(callers.clients)
    },
    async stop() {
      await leave(callers, musakone)
      await mopidy.stop()
    },
  }
}

type Callers = Pick<MirrorRoom, 'clients' | 'outsiders'>

async function meet(musakone: TestMusakone, mopidyUrl: string): Promise<Callers> {
  await musakone.online()
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) =>
      index % 2 === 0
        ? ownCaller(`own client ${index}`, musakone)
        : mopidyCaller(`mopidy client ${index}`, musakone),
    ),
  )
  const outsiders = [
    await outsideCaller('outsider 1', mopidyUrl),
    await outsideCaller('outsider 2', mopidyUrl),
  ]
  return { clients, outsiders }
}

/** This answer is not kept, and comes on Musakone's one socket behind the events before it. */
async function fence(clients: readonly Caller[]): Promise<void> {
  for (const client of clients) await client.call({ method: 'library.browse', params: { uri: '' } })
}

async function someUris([outsider]: readonly Caller[]): Promise<string[]> {
  if (outsider === undefined) throw new Error('no outsider')
  const query = { album: ['The Kettle Hymnal'] }
  const [found] = await resultOf<{ tracks: { uri: string }[] }[]>(outsider, {
    method: 'library.search',
    params: { query },
  })
  return [...(found?.tracks ?? []).map(({ uri }) => uri), 'demo:stream:radio']
}

async function leave({ clients, outsiders }: Callers, musakone: TestMusakone): Promise<void> {
  for (const caller of [...clients, ...outsiders]) await caller.close()
  await musakone.stop()
}
