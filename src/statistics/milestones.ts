import { DAY_S } from '../clock'
import type { Database } from '../database/database'
import { ROOM, type Subject } from './edge-rows'
import type { Heard } from './model'
import type { Span } from './time/spans'

type Asked = Span & { subject: Subject }
type Time = { at: number | null }

/** What was brought is not the room's. */
const RECORDED = 'brought_by IS NULL'
const RECORDED_ACTION = `action_type <> 'search' AND ${RECORDED}`

/** Finds the first and last action and play, by the indexes of the rows. */
export function createMilestones({ sqlite }: Pick<Database, 'sqlite'>) {
  const extreme = (what: 'MIN' | 'MAX') =>
    `SELECT ${what}(hour) FROM (
       SELECT (SELECT ${what}(hour) FROM active_hours WHERE subject = $subject) AS hour
       UNION ALL
       SELECT ${what}(started_at_ms) / 3600000 FROM plays INDEXED BY plays_open
        WHERE end_reason IS NULL AND iif($subject = 0, ${RECORDED}, owner_id = $subject))`
  const known = sqlite.query<{ first: number | null; last: number | null }, { subject: Subject }>(
    `SELECT (${extreme('MIN')}) AS first, (${extreme('MAX')}) AS last`,
  )
  const action = (direction: 'ASC' | 'DESC', condition: string) =>
    sqlite.query<Time, Span & { subject?: Subject }>(
      `SELECT timestamp AS at FROM user_actions
        WHERE ${condition} AND timestamp >= $from AND timestamp < $to
        ORDER BY timestamp ${direction} LIMIT 1`,
    )
  const play = (direction: 'ASC' | 'DESC', condition: string) =>
    sqlite.query<Heard, Span & { subject?: Subject }>(
      `SELECT started_at_ms, track_uri, track_name, artist, album FROM plays
        WHERE ${condition} AND started_at_ms >= $from * 1000 AND started_at_ms < $to * 1000
        ORDER BY started_at_ms ${direction}, id ${direction} LIMIT 1`,
    )
  const ofRoom = {
    action: {
      ASC: action('ASC', RECORDED_ACTION),
      DESC: action('DESC', RECORDED_ACTION),
    },
    play: { ASC: play('ASC', RECORDED), DESC: play('DESC', RECORDED) },
  }
  const ofUser = {
    action: {
      ASC: action('ASC', 'user_id = $subject'),
      DESC: action('DESC', 'user_id = $subject'),
    },
    play: { ASC: play('ASC', 'owner_id = $subject'), DESC: play('DESC', 'owner_id = $subject') },
  }

  return {
    /** The whole days of UTC in which the subject did or heard anything; undefined without any. */
    known(subject: Subject): Span | undefined {
      const { first = null, last = null } = known.get({ subject }) ?? {}
      if (first === null || last === null) return undefined
      return { from: Math.floor(first / 24) * DAY_S, to: (Math.floor(last / 24) + 1) * DAY_S }
    },

    /**
     * The first play in a span, or with `DESC` the last, and when the first or last thing happened, in Unix
     * seconds.
     */
    one(direction: 'ASC' | 'DESC', { subject, ...span }: Asked) {
      const queries = subject === ROOM ? ofRoom : ofUser
      const asked = subject === ROOM ? span : { subject, ...span }
      const heard = queries.play[direction].get(asked)
      const done = queries.action[direction].get(asked)?.at ?? null
      const times = [done, heard === null ? null : Math.floor(heard.started_at_ms / 1_000)]
      const known = times.filter((time) => time !== null)
      if (known.length === 0) return { at: null, heard }
      return { at: direction === 'ASC' ? Math.min(...known) : Math.max(...known), heard }
    },
  }
}
