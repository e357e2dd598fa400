import type { LazySqlite } from '../../database/lazy-statements'
import { reasonOf } from '../../errors'

/** A row of `user_actions` to write; one with an id is there already, and gets new metadata. */
export type ActionRow = Readonly<{
  id?: number
  userId: number
  type: string
  uri: string | null
  name: string | null
  artist: string | null
  positionMs: number | null
  /** JSON. */
  metadata: string | null
  /** Unix seconds. */
  timestamp: number
}>

/**
 * The ids of the rows of a group that were written, and why the disk refused the others, if it did, with
 * SQLite's code.
 */
export type Written = { ids: number[]; problem?: string; code?: string | undefined }

// While a transaction writes no other can, and a row, which triggers count in several tables, takes up to
// half a millisecond on a slow disk.
const MOST_MS_A_TRANSACTION = 5

/** Writes the first rows of a group, as many as one short transaction takes; none if the disk refuses. */
export function createRowWriter(sqlite: LazySqlite): (rows: readonly ActionRow[]) => Written {
  // The user may have been deleted while the row waited: the row stays, without the name.
  const insert = sqlite.query<unknown, Record<string, string | number | null>>(
    `INSERT INTO user_actions
       (user_id, action_type, track_uri, track_name, artist, position_ms, metadata, timestamp)
     VALUES ((SELECT id FROM users WHERE id = $userId),
             $type, $uri, $name, $artist, $positionMs, $metadata, $timestamp)`,
  )
  // The row may have been deleted since, and its id given to another one.
  const update = sqlite.query<unknown, Record<string, string | number | null>>(
    `UPDATE user_actions SET metadata = $metadata
      WHERE id = $id AND user_id IS (SELECT id FROM users WHERE id = $userId)
        AND action_type = $type AND timestamp = $timestamp`,
  )

  function write({ id, ...row }: ActionRow): number {
    if (id === undefined) return Number(insert.run(row).lastInsertRowid)
    const { userId, type, timestamp, metadata } = row
    update.run({ id, userId, type, timestamp, metadata })
    return id
  }

  function writeSome(rows: readonly ActionRow[]): number[] {
    const end = performance.now() + MOST_MS_A_TRANSACTION
    const ids: number[] = []
    for (const row of rows) {
      ids.push(write(row))
      if (performance.now() >= end) break
    }
    return ids
  }
  return (rows) => {
    try {
      return { ids: sqlite.together(() => writeSome(rows)) }
    } catch (error) {
      const { code } = error as { code?: string }
      return { ids: [], problem: reasonOf(error), code }
    }
  }
}
