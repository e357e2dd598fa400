import type { Database as Sqlite } from 'bun:sqlite'
import type { TruePlay } from './truth'

type Row = {
  tlid: number
  track_uri: string
  queued_by: number | null
  started_by: number | null
  started_at_ms: number
  listened_ms: number
  end_reason: string | null
  ended_by: number | null
}

/**
 * Throws when the rows of `plays` are not the plays that were heard. Times may differ by `slackMs`; of
 * what was not heard for longer than that there may be a row or none.
 */
export function compare(
  { sqlite }: { sqlite: Sqlite },
  plays: readonly TruePlay[],
  { slackMs }: { slackMs: number },
): void {
  const rows = sqlite
    .query<Row, []>(
      `SELECT tlid, track_uri, queued_by, started_by, started_at_ms, listened_ms, end_reason, ended_by
         FROM plays ORDER BY id`,
    )
    .all()
  let at = 0
  const isShort = () => (rows[at]?.listened_ms ?? Number.POSITIVE_INFINITY) <= slackMs
  for (const play of plays) {
    while (isShort() && differences(play, rows[at], slackMs).length > 0) at += 1
    const wrong = differences(play, rows[at], slackMs)
    if (wrong.length === 0) at += 1
    else if (play.listenedMs[0] > slackMs)
      throw new Error(
        [
          `play ${at}: ${wrong.join(', ')}`,
          `true:     ${JSON.stringify(play)}`,
          `recorded: ${JSON.stringify(rows[at])}`,
          `before:   ${JSON.stringify(rows[at - 1])}`,
        ].join('\n'),
      )
  }
  while (isShort()) at += 1
  if (at < rows.length)
    throw new Error(`recorded, but never heard: ${JSON.stringify(rows.slice(at))}`)
}

function differences(play: TruePlay, row: Row | undefined, slackMs: number): string[] {
  if (row === undefined) return ['there is no row']
  const within = ([least, most]: readonly [number, number], value: number) =>
    value >= least - slackMs && value <= most + slackMs
  const is: Record<string, boolean> = {
    tlid: row.tlid === play.tlid,
    track_uri: row.track_uri === play.uri,
    queued_by: row.queued_by === play.queuedBy,
    started_by: row.started_by === play.startedBy,
    started_at_ms: within(play.startedAtMs, row.started_at_ms),
    listened_ms: within(play.listenedMs, row.listened_ms),
    end_reason: play.reasons.some((reason) => reason === row.end_reason),
    ended_by: row.ended_by === play.endedBy,
  }
  return Object.keys(is).filter((name) => !is[name])
}
