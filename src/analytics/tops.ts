import type { Database } from '../database/database'
import {
  type Counted,
  type Counts,
  createLooseCounts,
  type Item,
  increase,
  LISTS,
  type List,
  type NamedTrack,
} from './loose-counts'
import type { LooseAction, LoosePlay, Subject } from './loose-rows'
import type { Part } from './spans'

type Row = Counted & { item: Item }
type Asked = { subject: Subject; list: number; period: number }

export type Tops = Awaited<ReturnType<ReturnType<typeof createTops>>>

/** So many rows are read before others have their turn: some milliseconds. */
const ROWS_AT_ONCE = 10_000
/** Up to so many items are looked up one by one rather than all read. */
const MOST_LOOKED_UP = 500
const FIRST_YEAR_OF_LONG = 10_000

/** Finds what occurs most, in periods that are rolled up and in loose rows. */
export function createTops({ sqlite }: Pick<Database, 'sqlite'>) {
  const ordered = 'ORDER BY times DESC, listened_ms DESC, item LIMIT $limit'
  const first = sqlite.query<Row, Asked & { limit: number }>(
    `SELECT item, times, listened_ms AS listenedMs FROM tops
      WHERE subject = $subject AND list = $list AND period = $period ${ordered}`,
  )
  // The same by an index, which is for this period only.
  const firstOfAllTime = sqlite.query<Row, Omit<Asked, 'period'> & { limit: number }>(
    `SELECT item, times, listened_ms AS listenedMs FROM tops
      WHERE subject = $subject AND list = $list AND period = 0 ${ordered}`,
  )
  const one = sqlite.query<Counted, Asked & { item: Item }>(
    `SELECT times, listened_ms AS listenedMs FROM tops
      WHERE subject = $subject AND list = $list AND period = $period AND item = $item`,
  )
  const all = sqlite.query<Row, Asked>(
    `SELECT item, times, listened_ms FROM tops
      WHERE subject = $subject AND list = $list AND period = $period`,
  )
  const short = sqlite.query<Row, Asked>(
    `SELECT track, artist, album, times, listened_ms, skipped FROM short_tops
      WHERE subject = $subject AND list = $list AND period = $period`,
  )
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

  /** Reads as many periods as there are, and lets others have their turn now and then. */
  async function read(
    query: typeof all,
    asked: { subject: Subject; list: number },
    parts: readonly Part[],
    use: (sign: number, row: number[]) => void,
  ): Promise<void> {
    let rows = 0
    for (const { sign, period } of parts) {
      const found = query.values({ ...asked, period }) as number[][]
      for (const row of found) use(sign, row)
      rows += found.length
      if (rows < ROWS_AT_ONCE) continue
      rows = 0
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  return async (
    subject: Subject,
    parts: readonly Part[],
    { actions, plays }: { actions: readonly LooseAction[]; plays: readonly LoosePlay[] },
  ) => {
    const isLong = ({ period }: Part) => period < FIRST_YEAR_OF_LONG
    const longParts = parts.filter(isLong)
    const shortParts = parts.filter((part) => !isLong(part))
    const loose = createLooseCounts(known)
    loose.addActions(actions)
    loose.addPlays(plays)
    await addShort()

    /** Days and months have tracks, with their artists and albums, and searches. */
    async function addShort(): Promise<void> {
      await read(short, { subject, list: LISTS.tracksQueued }, shortParts, (sign, row) => {
        const [track = 0, artist = 0, , times = 0] = row
        loose.addQueued(track, artist, sign * times)
      })
      await read(short, { subject, list: LISTS.tracksPlayed }, shortParts, (sign, row) => {
        const [track = 0, artist = 0, album = 0, times = 0, ms = 0, skipped = 0] = row
        loose.addPlayed([track, artist, album], [sign * times, sign * ms, sign * skipped])
      })
      const { searches } = loose.counts
      await read(all, { subject, list: LISTS.searches }, shortParts, (sign, row) => {
        increase(searches, row[0] ?? 0, sign * (row[1] ?? 0), 0)
      })
    }

    /** All that occur, and some that do not after all. */
    async function counts(list: List): Promise<Counts> {
      const sums: Counts = new Map()
      for (const [item, { times, listenedMs }] of loose.counts[list])
        increase(sums, item, times, listenedMs)
      await read(all, { subject, list: LISTS[list] }, longParts, (sign, row) => {
        increase(sums, row[0] ?? 0, sign * (row[1] ?? 0), sign * (row[2] ?? 0))
      })
      return sums
    }

    async function top(list: List, limit: number): Promise<Row[]> {
      const extras = loose.counts[list]
      const [only, ...others] = longParts
      if (only === undefined) return firstOf(extras, limit)
      if (only.sign < 0 || others.length > 0 || extras.size > MOST_LOOKED_UP)
        return firstOf(await counts(list), limit)
      // Its order is that of the roll-up, but for what is loose.
      const { period } = only
      const asked = { subject, list: LISTS[list] }
      const most = { ...asked, limit: limit + extras.size }
      const rows = period === 0 ? firstOfAllTime.all(most) : first.all({ ...most, period })
      const changed: Counts = new Map()
      for (const { item, ...counted } of rows) if (!extras.has(item)) changed.set(item, counted)
      for (const [item, { times, listenedMs }] of extras) {
        const rolledUp = one.get({ ...asked, period, item })
        increase(changed, item, times, listenedMs)
        if (rolledUp !== null) increase(changed, item, rolledUp.times, rolledUp.listenedMs)
      }
      return firstOf(changed, limit)
    }

    function texts(rows: readonly Row[]) {
      return rows.map(({ item, ...counted }) => {
        const text = typeof item === 'number' ? nameOf.get({ id: item })?.text : item
        return { text: text ?? '', ...counted }
      })
    }

    return {
      counts,
      /** The rows by their names. */
      texts,

      async topTracks(list: 'tracksQueued' | 'tracksPlayed' | 'tracksSkipped', limit: number) {
        return (await top(list, limit)).map(({ item, times, listenedMs }) => {
          const track =
            typeof item === 'number' ? trackOf.get({ id: item }) : loose.unknown.get(item)
          const name = track ?? { track_uri: String(item), track_name: null, artist: null }
          return { ...name, times, listenedMs }
        })
      },

      topTexts: async (list: Exclude<List, `tracks${string}`>, limit: number) =>
        texts(await top(list, limit)),
    }
  }
}

/** The first of so many that occur, as the queries order them. */
export function firstOf(counts: Counts, limit: number): Row[] {
  let rows: Row[] = []
  let least = 0
  for (const [item, { times, listenedMs }] of counts) {
    if (times <= 0 || times < least) continue
    rows.push({ item, times, listenedMs })
    // Sorting now and then costs less than finding each one's place.
    if (rows.length < 2 * limit + 1_000) continue
    rows = rows.sort(inOrder).slice(0, limit)
    least = rows.at(-1)?.times ?? 0
  }
  return rows.sort(inOrder).slice(0, limit)
}

/** Numbers before texts. */
function inOrder(one: Row, other: Row): number {
  return (
    other.times - one.times ||
    other.listenedMs - one.listenedMs ||
    Number(typeof one.item === 'string') - Number(typeof other.item === 'string') ||
    (one.item < other.item ? -1 : 1)
  )
}
