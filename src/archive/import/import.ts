import { TypeCompiler } from '@sinclair/typebox/compiler'
import type { Clock } from '../../clock'
import type { Database } from '../../database/database'
import { cutText, metadataText } from '../../database/row-texts'
import { AppError } from '../../errors'
import { isRecord } from '../../json'
import type { Imported } from '../model'
import { ActionRecord, PlayRecord } from '../record'
import type { Transfer } from '../transfers'
import type { Allowance } from './allowance'
import type { Candidate } from './import-reader'
import { LIFE_MS, whyImplausible } from './plausible'

type Values = Record<string, string | number | null>
type Import = {
  userId: number
  candidates: AsyncIterable<Candidate>
  allowance: Pick<Allowance, 'takeRow'>
  transfer: Pick<Transfer, 'check'>
}

/** Rows that wait in memory to be written; each has at most a few texts of 4 KiB, or is refused. */
const ROWS_AT_ONCE = 64
/** So many counts of equal rows are remembered. */
const MOST_COUNTED = 10_000
const MOST_PROBLEMS = 10
const SAME = `timestamp = $timestamp AND action_type = $action_type AND track_uri IS $track_uri
                AND position_ms IS $position_ms AND metadata IS $metadata`
/** Nothing else is answered while a step writes; a row takes up to half a millisecond. */
const MOST_MS_A_STEP = 5

/**
 * Imports records as a user's own, marked as brought: they count for the user and not for the room. Records
 * that the user has already are left as they are, so the same file can be imported twice.
 */
export function createImport({ database, clock }: { database: Database; clock: Clock }) {
  const { sqlite } = database
  const countActions = sqlite.query<{ count: number }, Values>(
    `SELECT (SELECT COUNT(*) FROM user_actions INDEXED BY user_actions_brought
              WHERE brought_by = $userId AND ${SAME})
          + (SELECT COUNT(*) FROM user_actions INDEXED BY user_actions_of_room
              WHERE brought_by IS NULL AND user_id = $userId AND ${SAME}) AS count`,
  )
  const insertAction = sqlite.query<unknown, Values>(
    `INSERT INTO user_actions (user_id, brought_by, action_type, track_uri, track_name, artist,
                               position_ms, metadata, timestamp)
     VALUES ($userId, $userId, $action_type, $track_uri, $track_name, $artist, $position_ms,
             $metadata, $timestamp)`,
  )
  // Of what was recorded here only the user's own part is the user's already: the name may have been taken
  // off it since the export.
  const findPlay = sqlite.query<{ known: number }, Values>(
    `SELECT EXISTS (SELECT 1 FROM plays WHERE brought_by = $userId
                       AND started_at_ms = $started_at_ms AND track_uri = $track_uri)
         OR EXISTS (SELECT 1 FROM plays WHERE brought_by IS NULL
                       AND started_at_ms = $started_at_ms AND track_uri = $track_uri
                       AND (queued_by = $userId OR started_by = $userId)) AS known`,
  )
  const insertPlay = sqlite.query<unknown, Values>(
    `INSERT INTO plays (track_uri, track_name, artist, album, length_ms, queued_by, started_by,
                        ended_by, started_at_ms, listened_ms, end_reason, brought_by)
     VALUES ($track_uri, $track_name, $artist, $album, $length_ms, $queuedBy, $startedBy,
             $endedBy, $started_at_ms, $listened_ms, $end_reason, $userId)`,
  )
  const sumHeard = sqlite.query<{ ms: number }, { userId: number }>(
    'SELECT COALESCE(SUM(listened_ms), 0) AS ms FROM play_days WHERE subject = $userId',
  )

  return async ({ userId, candidates, allowance, transfer }: Import): Promise<Imported> => {
    // Compiled at the first import: at the start of the program it would take a tenth of the whole start.
    const isAction = TypeCompiler.Compile(ActionRecord)
    const isPlay = TypeCompiler.Compile(PlayRecord)
    const result: Imported = {
      actions: { imported: 0, known: 0 },
      plays: { imported: 0, known: 0 },
      invalid: 0,
      problems: [],
    }
    let heardMs = sumHeard.get({ userId })?.ms ?? 0
    // Equal actions may both be true (two pauses within a second), so equal ones are counted.
    const left = new Map<string, number>()

    function isKnown(values: Values): boolean {
      const key = JSON.stringify(values)
      const there = left.get(key) ?? countActions.get(values)?.count ?? 0
      if (left.size >= MOST_COUNTED) left.clear()
      left.set(key, Math.max(0, there - 1))
      return there > 0
    }

    function writeAction(action: ActionRecord): void {
      const { timestamp, action_type, position_ms } = action
      const values = {
        ...{ userId, timestamp, action_type, position_ms },
        track_uri: cutText(action.track_uri),
        metadata: metadataText(action.metadata),
      }
      if (isKnown(values)) {
        result.actions.known += 1
        return
      }
      allowance.takeRow()
      const [track_name, artist] = [cutText(action.track_name), cutText(action.artist)]
      insertAction.run({ ...values, track_name, artist })
      result.actions.imported += 1
    }

    function writePlay(line: number, play: PlayRecord): void {
      const { started_at_ms, length_ms, listened_ms } = play
      const track_uri = cutText(play.track_uri)
      if (findPlay.get({ userId, started_at_ms, track_uri })?.known === 1) {
        result.plays.known += 1
        return
      }
      if (heardMs + listened_ms > LIFE_MS)
        return refuse(line, 'is more than anybody hears in a hundred years')
      allowance.takeRow()
      const mine = (flag: boolean) => (flag ? userId : null)
      insertPlay.run({
        ...{ userId, started_at_ms, track_uri, length_ms, listened_ms },
        track_name: cutText(play.track_name),
        artist: cutText(play.artist),
        album: cutText(play.album),
        // The play was open when it was exported; its end was never recorded.
        end_reason: play.end_reason ?? 'lost',
        queuedBy: mine(play.queued_by_me),
        startedBy: mine(play.started_by_me),
        endedBy: mine(play.ended_by_me),
      })
      heardMs += listened_ms
      result.plays.imported += 1
    }

    function refuse(line: number, problem: string): void {
      allowance.takeRow()
      result.invalid += 1
      if (result.problems.length < MOST_PROBLEMS) result.problems.push({ line, problem })
    }

    function write({ line, value, problem }: Candidate): void {
      if (problem !== undefined) return refuse(line, problem)
      const kind = isRecord(value) ? value.record : undefined
      if (kind === 'action') {
        if (!isAction.Check(value)) return refuse(line, problemOf(isAction.Errors(value)))
      } else if (!isPlay.Check(value))
        return refuse(line, kind === 'play' ? problemOf(isPlay.Errors(value)) : 'is not a record')
      const implausible = whyImplausible(value, clock.now())
      if (implausible !== undefined) return refuse(line, implausible)
      if (value.record === 'action') writeAction(value)
      else writePlay(line, value)
    }

    /** Writes the first of them, as many as one short transaction takes; the number. */
    function writeSome(part: readonly Candidate[]): number {
      transfer.check()
      const end = performance.now() + MOST_MS_A_STEP
      let written = 0
      try {
        for (const candidate of part) {
          write(candidate)
          written += 1
          if (performance.now() >= end) break
        }
      } catch (error) {
        // What was written before it is kept; the next step begins with the one that was refused.
        if (!(error instanceof AppError) || written === 0) throw error
      }
      return written
    }

    for await (const part of inParts(candidates))
      for (let written = 0; written < part.length; ) {
        const rest = part.slice(written)
        written += await database.inTurn(() => database.together(() => writeSome(rest)))
        await new Promise((resolve) => setImmediate(resolve))
      }
    return result
  }
}

async function* inParts(candidates: AsyncIterable<Candidate>): AsyncGenerator<Candidate[]> {
  let part: Candidate[] = []
  for await (const candidate of candidates) {
    part.push(candidate)
    if (part.length < ROWS_AT_ONCE) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

/** Names the first wrong member, without its value. */
function problemOf(errors: Iterable<{ path: string }>): string {
  const [first] = [...errors].map(({ path }) => path.slice(1)).filter(Boolean)
  return first === undefined ? 'is not a record' : `${first} is not valid`
}
