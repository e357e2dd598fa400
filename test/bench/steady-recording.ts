import { createRecorder } from '../../src/actions/recorder/recorder'
import { openDatabase } from '../../src/database/database'
import { createLog } from '../../src/log'
import { until } from '../support/test-musakone'

const EVERY_MS = 1

/**
 * Records so many actions a second, of the kinds that people do, until it is told another number. Resolves
 * to the milliseconds until all are written, once it is told none.
 */
export async function recordSteadily(databasePath: string) {
  const log = await createLog({ level: 'silent', format: 'json' })
  const recorder = createRecorder({ database: openDatabase(databasePath), log })
  let timer: Timer | undefined
  let recorded = 0

  return async (actionsPerSecond: number): Promise<number> => {
    clearInterval(timer)
    if (actionsPerSecond > 0) {
      let owed = 0
      let last = performance.now()
      timer = setInterval(() => {
        const now = performance.now()
        owed += ((now - last) * actionsPerSecond) / 1_000
        last = now
        for (; owed >= 1; owed -= 1) recorder.record(entryOf(recorded++))
      }, EVERY_MS)
      return 0
    }
    const stoppedAt = performance.now()
    await until(() => recorder.waiting() === 0, 'all to be recorded')
    return performance.now() - stoppedAt
  }
}

/** One of eight queues a track and one searches. */
export function entryOf(row: number, seconds = Math.floor(Date.now() / 1_000)) {
  const track = (row * 7_919) % 50_000
  return {
    userId: row % 5 < 3 ? 1 : 2 + (row % 19),
    action: {
      type: KINDS[row % 8] ?? 'skip',
      track: {
        uri: `local:track:Artist%20${Math.floor(track / 12)}/${track}.ogg`,
        name: `Song number ${track}`,
        artist: `The Artists of ${Math.floor(track / 12)}`,
        album: null,
        lengthMs: 240_000,
      },
      positionMs: 1_000,
      metadata: row % 8 === 1 ? { query: { any: [`tea ${track % 999}`] } } : { tlid: row },
    },
    timestamp: seconds,
  }
}

const KINDS = ['queue_add', 'search', 'play', 'skip', 'play', 'skip', 'play', 'skip'] as const
