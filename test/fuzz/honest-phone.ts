import type { Random } from '../mopidy/seeded-random'
import { connectOwn } from '../support/own-socket'

/** One thing that the phone did, as the record has to have it: the type and what tells it apart. */
export type Deed = readonly [type: string, detail: unknown]

/** A call of the phone's, with its time by `performance.now()`. */
export type Waited = Readonly<{ name: string; from: number; to: number }>

type PhoneOptions = {
  origin: string
  token: string
  random: Random
  /** Tracks of the queue that it plays. */
  tlids: readonly number[]
  onWaited: (waited: Waited) => void
}

// Turns of the volume that follow each other more quickly are one row.
const ONE_TURN_MS = 1_100

/** A phone that plays, pauses, turns the volume and reads, and remembers what it did. */
export async function openPhone({ origin, token, random, tlids, onWaited }: PhoneOptions) {
  const socket = await connectOwn(`${origin.replace('http', 'ws')}/ws`)
  await socket.signIn(token)
  const deeds: Deed[] = []
  const problems: string[] = []
  let playsSince: number | undefined
  let pausedMs = 0
  let current: number | undefined
  let turnedAt = Number.NEGATIVE_INFINITY

  async function timed<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const from = performance.now()
    try {
      return await work()
    } finally {
      onWaited({ name, from, to: performance.now() })
    }
  }

  async function call(method: string, params: Record<string, unknown> = {}): Promise<boolean> {
    const answer = await timed(method, () => socket.call(`core.${method}`, params))
    if (answer.type === 'mopidy_response') return true
    problems.push(`${method}: ${JSON.stringify(answer.error)}`)
    return false
  }

  async function get(path: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` }
    const reply = await timed(path, () => fetch(`${origin}${path}`, { headers }))
    await reply.arrayBuffer()
    if (!reply.ok) problems.push(`${path}: ${reply.status}`)
  }

  async function play(): Promise<void> {
    const tlid = random.pick(tlids)
    playsSince ??= performance.now()
    if (!(await call('playback.play', { tlid }))) return
    // What started is told by an event, and the record waits for it.
    await socket.event('track_playback_started')
    current = tlid
    deeds.push(['play', tlid])
  }

  const moves = [
    play,
    async () => {
      const from = performance.now()
      if (await call('playback.pause')) deeds.push(['pause', null])
      if (!(await call('playback.resume'))) return
      await socket.event('track_playback_resumed')
      pausedMs += performance.now() - from
      deeds.push(['play', current])
    },
    async () => {
      await Bun.sleep(Math.max(0, turnedAt + ONE_TURN_MS - performance.now()))
      const volume = random.below(101)
      if (await call('mixer.set_volume', { volume })) deeds.push(['volume_changed', volume])
      turnedAt = performance.now()
    },
    async () => {
      const time_position = 1_000 * random.below(60)
      if (await call('playback.seek', { time_position })) deeds.push(['seek', time_position])
    },
    () => call('playback.get_state'),
    () => call('tracklist.slice', { start: 0, end: 50 }),
    () => get('/api/playback/state'),
    () => get('/api/queue?limit=50'),
  ]

  return {
    deeds,
    problems,

    /** Does one thing after the other until that time by `performance.now()`. */
    async liveUntil(end: number): Promise<void> {
      try {
        await play()
        while (performance.now() < end) {
          await random.pick(moves)()
          socket.messages.splice(0)
          socket.texts.splice(0)
          await Bun.sleep(random.below(200))
        }
      } catch (error) {
        // An answer that never came, or a socket that was closed: the run is over.
        problems.push(String(error))
      }
    },

    /** How long it has played since its first song, at the most and without all that may have been a pause. */
    playedMs(): { least: number; most: number } {
      const most = performance.now() - (playsSince ?? performance.now())
      return { least: most - pausedMs, most }
    },

    close: (): void => socket.close(),
  }
}
