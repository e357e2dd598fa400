import type { Database } from '../../database/database'
import type { EdgeAction, EdgePlay, Subject } from '../edge-rows'
import { yieldToEventLoop } from '../event-loop'
import type { Part } from '../time/spans'
import {
  type Counts,
  createExtraCounts,
  increase,
  type List,
  type NamedTrack,
} from './extra-counts'
import { createTopRows, isDay, type TopRow } from './top-rows'

export type Tops = Awaited<ReturnType<ReturnType<typeof createTops>>>

/** Up to so many items are looked up one by one; for more the whole roll-up is read. */
const MOST_LOOKED_UP = 500

/** Finds the items that occur most, in the roll-ups of periods and in edge rows. */
export function createTops(database: Pick<Database, 'sqlite'>) {
  const { sqlite } = database
  const topRows = createTopRows(database)
  const trackId = sqlite.query<{ id: number }, { uri: string }>(
    'SELECT id FROM known_tracks WHERE uri = $uri',
  )
  const nameId = sqlite.query<{ id: number }, { text: string }>(
    'SELECT id FROM known_names WHERE text = $text',
  )
  const trackOf = sqlite.query<NamedTrack, { id: number }>(
    'SELECT uri AS track_uri, name AS track_name, artist FROM known_tracks WHERE id = $id',
  )
  const nameOf = sqlite.query<{ text: string }, { id: number }>(
    'SELECT text FROM known_names WHERE id = $id',
  )
  const known = {
    track: (uri: string) => trackId.get({ uri })?.id,
    name: (text: string) => nameId.get({ text })?.id,
  }

  return async (
    subject: Subject,
    parts: readonly Part[],
    { actions, plays }: { actions: readonly EdgeAction[]; plays: readonly EdgePlay[] },
  ) => {
    const days = parts.filter(({ period }) => isDay(period))
    const periods = parts.filter(({ period }) => !isDay(period))
    const extra = createExtraCounts(known)
    extra.addActions(actions)
    extra.addPlays(plays)
    // The roll-ups of a day hold tracks with their artists and albums, from which all lists but that of
    // the searches are counted; searches have a list of their own for each day.
    await read(
      days,
      (period) => [topRows.day({ subject, list: 'tracksQueued', period })],
      (sign, [track = 0, artist = 0, , times = 0]) => extra.addQueued(track, artist, sign * times),
    )
    await read(
      days,
      (period) => [topRows.day({ subject, list: 'tracksPlayed', period })],
      (sign, [track = 0, artist = 0, album = 0, times = 0, ms = 0, skipped = 0]) =>
        extra.addPlayed([track, artist, album], [sign * times, sign * ms, sign * skipped]),
    )

    const periodsOf = (list: List) => (list === 'searches' ? parts : periods)

    /** The counts of all items; some may be zero, because what was added was subtracted again. */
    async function counts(list: List): Promise<Counts> {
      const sums: Counts = new Map()
      for (const [item, { times, listenedMs }] of extra.counts[list])
        increase(sums, item, times, listenedMs)
      await read(
        periodsOf(list),
        (period) => topRows.all({ subject, list, period }),
        (sign, [item = 0, times = 0, ms = 0]) => increase(sums, item, sign * times, sign * ms),
      )
      return sums
    }

    async function top(list: List, limit: number): Promise<TopRow[]> {
      await yieldToEventLoop()
      const extras = extra.counts[list]
      const [only, ...others] = periodsOf(list)
      if (only === undefined) return firstOf(extras, limit)
      if (only.sign < 0 || others.length > 0 || extras.size > MOST_LOOKED_UP)
        return firstOf(await counts(list), limit)
      // One roll-up covers it: its first items, corrected by the extra counts, are the first of all.
      const asked = { subject, list, period: only.period }
      const changed: Counts = new Map()
      for (const { item, ...counted } of topRows.first(asked, extras.keys(), limit))
        changed.set(item, counted)
      for (const { item, times, listenedMs } of topRows.some(asked, extras.keys()))
        increase(changed, item, times, listenedMs)
      for (const [item, { times, listenedMs }] of extras) increase(changed, item, times, listenedMs)
      return firstOf(changed, limit)
    }

    function texts(rows: readonly TopRow[]) {
      return rows.map(({ item, ...counted }) => {
        const text = typeof item === 'number' ? nameOf.get({ id: item })?.text : item
        return { text: text ?? '', ...counted }
      })
    }

    return {
      counts,
      /** The rows with the names of their items. */
      texts,

      async topTracks(list: 'tracksQueued' | 'tracksPlayed' | 'tracksSkipped', limit: number) {
        return (await top(list, limit)).map(({ item, times, listenedMs }) => {
          const track =
            typeof item === 'number' ? trackOf.get({ id: item }) : extra.unknown.get(item)
          const name = track ?? { track_uri: String(item), track_name: null, artist: null }
          return { ...name, times, listenedMs }
        })
      },

      topTexts: async (list: Exclude<List, `tracks${string}`>, limit: number) =>
        texts(await top(list, limit)),
    }
  }
}

/** Hands each row of these periods to `use`, and yields to the event loop in between. */
async function read(
  parts: readonly Part[],
  rowsOf: (period: number) => Iterable<number[][]>,
  use: (sign: number, row: number[]) => void,
): Promise<void> {
  for (const { sign, period } of parts)
    for (const rows of rowsOf(period)) {
      for (const row of rows) use(sign, row)
      await yieldToEventLoop()
    }
}

/** The first `limit` of the items that occur, in the order of the queries. */
export function firstOf(counts: Counts, limit: number): TopRow[] {
  let rows: TopRow[] = []
  let least = 0
  for (const [item, { times, listenedMs }] of counts) {
    if (times <= 0 || times < least) continue
    rows.push({ item, times, listenedMs })
    // To sort now and then costs less than to insert each row at its place.
    if (rows.length < 2 * limit + 1_000) continue
    rows = rows.sort(inOrder).slice(0, limit)
    least = rows.at(-1)?.times ?? 0
  }
  return rows.sort(inOrder).slice(0, limit)
}

/** The order of the queries: in SQLite numbers come before texts. */
function inOrder(one: TopRow, other: TopRow): number {
  return (
    other.times - one.times ||
    other.listenedMs - one.listenedMs ||
    Number(typeof one.item === 'string') - Number(typeof other.item === 'string') ||
    (one.item < other.item ? -1 : 1)
  )
}
