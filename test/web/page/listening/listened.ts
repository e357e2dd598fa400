import { withRows } from '../../../support/user-rows'

export type Play = {
  at: Date
  by: number | null
  /** A song of the demo library; `TICKET` without it. */
  song?: readonly [uri: string, name: string, artist: string, album: string]
  minutes?: number
  reason?: string
  endedBy?: number | null
}
export type Deed = { at: Date; by: number; type: string; metadata?: object; song?: Play['song'] }

export const TICKET = [
  'demo:track:neon-commuter:01',
  'Ticket Gate Love',
  'Mirai Arcade',
  'Neon Commuter',
] as const
export const VESPA = [
  'demo:track:apres-the-rain:04',
  'Rain on a Tin Vespa',
  'Lumen Café',
  'Après the Rain',
] as const

/** Noon of the day that lies so many days back. */
export function noon(daysAgo: number): Date {
  const now = new Date()
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysAgo, 12)
}

/** Writes plays and actions into the database while the program has it open. */
export function writeListening(
  databasePath: string,
  { plays = [], deeds = [] }: { plays?: readonly Play[]; deeds?: readonly Deed[] },
): void {
  withRows(databasePath, (rows) => {
    const insertPlay = rows.query<unknown, Record<string, string | number | null>>(
      `INSERT INTO plays (track_uri, track_name, artist, album, length_ms, queued_by, ended_by,
                          started_at_ms, listened_ms, end_reason)
       VALUES ($uri, $name, $artist, $album, 240000, $by, $endedBy, $at, $ms, $reason)`,
    )
    const insertDeed = rows.query<unknown, Record<string, string | number | null>>(
      `INSERT INTO user_actions (user_id, action_type, track_uri, track_name, artist, metadata,
                                 timestamp)
       VALUES ($by, $type, $uri, $name, $artist, $metadata, $at)`,
    )
    rows.transaction(() => {
      for (const { at, by, song = TICKET, minutes = 4, reason = 'finished', endedBy } of plays) {
        const [uri, name, artist, album] = song
        const ms = Math.round(minutes * 60_000)
        const track = { uri, name, artist, album, by, reason, ms }
        insertPlay.run({ ...track, endedBy: endedBy ?? null, at: at.getTime() })
      }
      for (const { at, by, type, metadata = null, song } of deeds) {
        const [uri = null, name = null, artist = null] = song ?? []
        const text = metadata && JSON.stringify(metadata)
        const seconds = Math.floor(at.getTime() / 1_000)
        insertDeed.run({ by, type, uri, name, artist, metadata: text, at: seconds })
      }
    })()
  })
}

/** The ids of all accounts, by name. */
export function idsOf(databasePath: string): Readonly<Record<string, number>> {
  const users = withRows(databasePath, (rows) =>
    rows.query<{ id: number; username: string }, []>('SELECT id, username FROM users').all(),
  )
  return Object.fromEntries(users.map(({ id, username }) => [username, id]))
}
