import type { Database } from '../database/database'
import type { EdgeAction, EdgePlay, Subject } from './edge-rows'
import type { Span } from './time/spans'

/** Plays, and how those ended that the subject queued; for the room, all of them. */
type PlayTotals = {
  plays: number
  listened_ms: number
  finished: number
  queued: number
  skipped: number
  skipped_by_self: number
}
type PersonTotals = { id: number; username: string; plays: number; listened_ms: number }

type Days = Span & { subject: Subject }
type Edges<Row> = readonly Row[]

const SUMS = (
  ['plays', 'listened_ms', 'finished', 'queued', 'skipped', 'skipped_by_self'] as const
).map((column) => `COALESCE(SUM(${column}), 0) AS ${column}`)

/** Adds up the roll-ups of days (counted from 1970) and the edge rows. */
export function createTotals({ sqlite }: Pick<Database, 'sqlite'>) {
  // Goes from kind to kind by the index, and reads only the days asked for of each.
  const byKind = sqlite.query<{ kind: string; actions: number }, Days>(
    `WITH RECURSIVE kinds(kind) AS (
       SELECT MIN(action_type) FROM action_days WHERE subject = $subject
       UNION ALL
       SELECT (SELECT MIN(action_type) FROM action_days
                WHERE subject = $subject AND action_type > kind)
         FROM kinds WHERE kind IS NOT NULL)
     SELECT kind, (SELECT COALESCE(SUM(actions), 0) FROM action_days
                    WHERE subject = $subject AND action_type = kind
                      AND day >= $from AND day < $to) AS actions
       FROM kinds WHERE kind IS NOT NULL`,
  )
  const ofPlays = sqlite.query<PlayTotals, Days>(
    `SELECT ${SUMS.join(', ')} FROM play_days
      WHERE subject = $subject AND day >= $from AND day < $to`,
  )
  const byPerson = sqlite.query<PersonTotals, Span>(
    `SELECT id, username, SUM(plays - brought) AS plays, SUM(listened_ms - brought_ms) AS listened_ms
       FROM users CROSS JOIN play_days ON subject = id
      WHERE day >= $from AND day < $to
      GROUP BY id`,
  )
  const nameOf = sqlite.query<{ username: string }, { id: number }>(
    'SELECT username FROM users WHERE id = $id',
  )

  return {
    /** The number of actions of each kind; kinds without any are left out. */
    actions(subject: Subject, days: Span, edges: Edges<EdgeAction>): Record<string, number> {
      const counts = new Map<string, number>()
      for (const { kind, actions } of byKind.all({ subject, ...days })) counts.set(kind, actions)
      for (const { action_type: kind, count } of edges)
        counts.set(kind, (counts.get(kind) ?? 0) + count)
      return Object.fromEntries([...counts].filter(([, count]) => count > 0).sort())
    },

    plays(subject: Subject, days: Span, edges: Edges<EdgePlay>): PlayTotals {
      const totals = ofPlays.get({ subject, ...days }) ?? { ...NONE }
      for (const { sign, listened_ms, finished, queued, skipped, skipped_by_self } of edges) {
        totals.plays += sign
        totals.listened_ms += sign * listened_ms
        totals.finished += sign * finished
        totals.queued += sign * queued
        totals.skipped += sign * skipped
        totals.skipped_by_self += sign * skipped_by_self
      }
      return totals
    },

    /** The people whose plays the room has heard, those with the most plays first. */
    people(days: Span, edges: Edges<EdgePlay>, limit: number): PersonTotals[] {
      const people = new Map(byPerson.all(days).map((person) => [person.id, person]))
      for (const { sign, owner: id, listened_ms } of edges) {
        const username = id === null ? undefined : nameOf.get({ id })?.username
        if (id === null || username === undefined) continue
        const { plays = 0, listened_ms: before = 0 } = people.get(id) ?? {}
        people.set(id, {
          id,
          username,
          plays: plays + sign,
          listened_ms: before + sign * listened_ms,
        })
      }
      return [...people.values()]
        .filter(({ plays }) => plays > 0)
        .sort(
          (one, other) =>
            other.plays - one.plays || other.listened_ms - one.listened_ms || one.id - other.id,
        )
        .slice(0, limit)
    },
  }
}

const NONE: PlayTotals = {
  plays: 0,
  listened_ms: 0,
  finished: 0,
  queued: 0,
  skipped: 0,
  skipped_by_self: 0,
}
