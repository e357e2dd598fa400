import { type ActionHistory, ask, type PlaybackHistory } from '../ask'
import { secondsOf, startOf } from '../spans'

export const WHEN = ['any', 'today', 'week', 'month', 'year', 'dates'] as const
export type When = (typeof WHEN)[number]

export type Filter = {
  list: 'heard' | 'done'
  /** The account whose plays are listed; undefined for everybody's. */
  user: number | undefined
  text: string
  kind: string
  when: When
  /** Days such as `2026-01-05`, or empty; the last day is included. */
  from: string
  to: string
}

export type Play = PlaybackHistory['plays'][number]
export type Action = ActionHistory['actions'][number]
export type Entry = { key: string; atMs: number } & ({ play: Play } | { action: Action })
type Page = { entries: Entry[]; cursor: string | null }

const PAGE = 50
/**
 * The server may answer with an empty page while a filter skips rows: up to so many pages are asked
 * for in a row.
 */
const MOST_PAGES = 8

/** The page after the cursor, with at least one entry if the next `MOST_PAGES` pages have one. */
export async function nextPage(filter: Filter, cursor: string | undefined): Promise<Page> {
  let at = cursor
  for (let asked = 1; ; asked += 1) {
    const page = await pageOf(filter, at)
    if (page.cursor === null || page.entries.length > 0 || asked === MOST_PAGES) return page
    at = page.cursor
  }
}

async function pageOf({ list, user, text, kind, ...time }: Filter, cursor?: string): Promise<Page> {
  const values = { ...spanOfFilter(time), q: text, cursor, limit: PAGE }
  if (list === 'heard') {
    const { plays, next_cursor } = await ask.plays({ ...values, user, end_reason: kind })
    return {
      entries: plays.map((play) => ({ key: `p${play.id}`, atMs: play.started_at_ms, play })),
      cursor: next_cursor,
    }
  }
  const { actions, next_cursor } = await ask.actions({ ...values, action_type: kind })
  return {
    entries: actions.map((action) => ({
      key: `a${action.id}`,
      atMs: action.timestamp * 1_000,
      action,
    })),
    cursor: next_cursor,
  }
}

/** The span of a filter in Unix seconds; a missing end is open. */
function spanOfFilter({ when, from, to }: Pick<Filter, 'when' | 'from' | 'to'>) {
  if (when === 'any') return {}
  if (when === 'today') return { from: secondsOf(new Date(new Date().setHours(0, 0, 0, 0))) }
  if (when !== 'dates') return { from: secondsOf(startOf(when)) }
  return { from: startOfDay(from), to: startOfDay(to, 1) }
}

/** The first Unix second of a day, or of the day so many days later; undefined for a text that is no day. */
function startOfDay(day: string, later = 0): number | undefined {
  const [, year, month, date] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? []).map(Number)
  if (year === undefined || month === undefined || date === undefined) return undefined
  // The server refuses a time before 1970.
  return Math.max(0, secondsOf(new Date(year, month - 1, date + later)) ?? 0)
}
