import { TypeCompiler } from '@sinclair/typebox/compiler'
import { type Clock, DAY_MS } from '../clock'
import type { Database } from '../database/database'
import { ROWS_A_STEP } from '../database/steps'
import type { Candidate } from './import-reader'
import type { Imported } from './model'
import { type ActionRecord, HistoryRecord, type PlayRecord } from './record'

type Values = Record<string, string | number | null>

/** Kinds of rows whose number is remembered. */
const MOST_COUNTED = 10_000
const MOST_PROBLEMS = 10
/** The clocks of two machines may differ. */

/**
 * Brings a history back, as somebody's own. What is there already stays as it is: the same file can be
 * brought back twice.
 */
export function createImport({ database, clock }: { database: Database; clock: Clock }) {
  const { sqlite } = database
  const countActions = sqlite.query<{ count: number }, Values>(
    `SELECT COUNT(*) AS count FROM user_actions
      WHERE user_id = $userId AND timestamp = $timestamp AND action_type = $action_type
        AND track_uri IS $track_uri AND position_ms IS $position_ms AND metadata IS $metadata`,
  )
  const insertAction = sqlite.query<unknown, Values>(
    `INSERT INTO user_actions
       (user_id, action_type, track_uri, track_name, artist, position_ms, metadata, timestamp)
     VALUES ($userId, $action_type, $track_uri, $track_name, $artist, $position_ms, $metadata,
             $timestamp)`,
  )
  const findPlay = sqlite.query<unknown, Values>(
    'SELECT 1 FROM plays WHERE started_at_ms = $started_at_ms AND track_uri = $track_uri',
  )
  const insertPlay = sqlite.query<unknown, Values>(
    `INSERT INTO plays (track_uri, track_name, artist, album, length_ms, queued_by, started_by,
                        ended_by, started_at_ms, listened_ms, end_reason)
     VALUES ($track_uri, $track_name, $artist, $album, $length_ms, $queuedBy, $startedBy,
             $endedBy, $started_at_ms, $listened_ms, $end_reason)`,
  )

  return async (userId: number, candidates: AsyncIterable<Candidate>): Promise<Imported> => {
    // Not at the start of the program, of which it would be a tenth.
    const check = TypeCompiler.Compile(HistoryRecord)
    const result: Imported = {
      actions: { imported: 0, known: 0 },
      plays: { imported: 0, known: 0 },
      invalid: 0,
      problems: [],
    }
    // Two equal rows may both be true: somebody paused twice within a second. So they are counted.
    const left = new Map<string, number>()

    function isKnown(values: Values): boolean {
      const key = JSON.stringify(values)
      const there = left.get(key) ?? countActions.get(values)?.count ?? 0
      if (left.size >= MOST_COUNTED) left.clear()
      left.set(key, Math.max(0, there - 1))
      return there > 0
    }

    function writeAction({ record: _, ...action }: ActionRecord): void {
      const metadata = action.metadata === null ? null : JSON.stringify(action.metadata)
      const { track_name, artist, ...same } = { ...action, metadata }
      if (isKnown({ userId, ...same })) {
        result.actions.known += 1
        return
      }
      insertAction.run({ userId, ...same, track_name, artist })
      result.actions.imported += 1
    }

    function writePlay(play: PlayRecord): void {
      const { record: _, queued_by_me, started_by_me, ended_by_me, ...row } = play
      const { started_at_ms, track_uri } = row
      if (findPlay.get({ started_at_ms, track_uri }) !== null) {
        result.plays.known += 1
        return
      }
      const mine = (flag: boolean) => (flag ? userId : null)
      insertPlay.run({
        ...row,
        // Open when it was taken away; nobody here will see its end.
        end_reason: row.end_reason ?? 'lost',
        queuedBy: mine(queued_by_me),
        startedBy: mine(started_by_me),
        endedBy: mine(ended_by_me),
      })
      result.plays.imported += 1
    }

    function refuse(line: number, problem: string): void {
      result.invalid += 1
      if (result.problems.length < MOST_PROBLEMS) result.problems.push({ line, problem })
    }

    function write({ line, value }: Candidate): void {
      if (!check.Check(value)) return refuse(line, problemOf(check.Errors(value)))
      const timeMs = value.record === 'action' ? value.timestamp * 1_000 : value.started_at_ms
      if (timeMs > clock.now() + DAY_MS) return refuse(line, 'is in the future')
      if (value.record === 'action') writeAction(value)
      else if (value.listened_ms === 0) refuse(line, 'was not heard at all')
      else writePlay(value)
    }

    for await (const part of inParts(candidates)) {
      await database.inTurn(() => database.together(() => part.forEach(write)))
      await new Promise((resolve) => setImmediate(resolve))
    }
    return result
  }
}

async function* inParts(candidates: AsyncIterable<Candidate>): AsyncGenerator<Candidate[]> {
  let part: Candidate[] = []
  for await (const candidate of candidates) {
    part.push(candidate)
    if (part.length < ROWS_A_STEP) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

/** What is wrong with it, without its text. */
function problemOf(errors: Iterable<{ path: string }>): string {
  const [first] = [...errors].map(({ path }) => path.slice(1)).filter(Boolean)
  return first === undefined ? 'is not a record' : `${first} is not valid`
}
