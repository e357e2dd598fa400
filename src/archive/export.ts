import type { Database } from '../database/database'
import type { ExportFormat } from './export-formats'
import type { ActionRecord, HistoryRecord, PlayRecord } from './record'
import type { Transfer } from './transfers'

type Place = Readonly<{ time: number; id: number }>
type Span = Readonly<{ userId: number; from: number; to: number }>
type Query<Row> = { iterate(values: Record<string, number>): Iterable<Row & Place> }

type ActionRow = Omit<ActionRecord, 'record' | 'metadata'> & { metadata: string | null }
type PlayRow = Omit<PlayRecord, 'record' | 'queued_by_me' | 'started_by_me' | 'ended_by_me'> &
  Record<'queued_by_me' | 'started_by_me' | 'ended_by_me', number>

/** Rows that are read at once: a thousand would hold up everything else for some milliseconds. */
const ROWS_AT_ONCE = 500
/** Characters of texts that are read at once; a row may have long ones. */
const TEXT_AT_ONCE = 64 * 1024

/** Exports a user's whole history, a part at a time, as fast as the client takes it. */
export function createExport({ database: { sqlite } }: { database: Database }) {
  // Each query walks an index of the user's own rows, so other users' rows cost nothing.
  const actions = sqlite.query<ActionRow & Place, Record<string, number>>(
    `SELECT id, timestamp AS time, timestamp, action_type, track_uri, track_name, artist,
            position_ms, metadata
       FROM user_actions
      WHERE user_id = $userId AND timestamp < $to AND (timestamp, id) > ($time, $id)
      ORDER BY timestamp, id LIMIT $most`,
  )
  const playColumns = `id, started_at_ms AS time, started_at_ms, track_uri, track_name, artist, album,
            length_ms, listened_ms, end_reason, queued_by IS $userId AS queued_by_me,
            started_by IS $userId AS started_by_me, ended_by IS $userId AS ended_by_me`
  const inSpan = `started_at_ms < $to AND (started_at_ms, id) > ($time, $id)
      ORDER BY started_at_ms, id LIMIT $most`
  const queued = sqlite.query<PlayRow & Place, Record<string, number>>(
    `SELECT ${playColumns} FROM plays WHERE queued_by = $userId AND ${inSpan}`,
  )
  const started = sqlite.query<PlayRow & Place, Record<string, number>>(
    `SELECT ${playColumns} FROM plays
      WHERE started_by = $userId AND queued_by IS NOT $userId AND ${inSpan}`,
  )

  function* records(span: Span, playsOnly: boolean): Generator<HistoryRecord[]> {
    // To read a million actions and send none would take longer than a connection may be silent.
    if (!playsOnly) for (const rows of partsOf(actions, span)) yield rows.map(toActionRecord)
    const spanMs = { ...span, from: span.from * 1_000, to: span.to * 1_000 }
    for (const rows of partsOf(queued, spanMs)) yield rows.map(toPlayRecord)
    for (const rows of partsOf(started, spanMs)) yield rows.map(toPlayRecord)
  }

  /** The export, as bytes; `from` and `to` in Unix seconds. It fails when the transfer is ended. */
  return (
    span: Span,
    { head, playsOnly, write }: ExportFormat,
    transfer: Transfer,
  ): ReadableStream<Uint8Array> => {
    const parts = records(span, playsOnly)
    const encoder = new TextEncoder()

    function finish(): void {
      parts.return(undefined)
      transfer.close()
    }

    /** The next text that is not empty; undefined after the last. */
    async function nextText(): Promise<string | undefined> {
      for (;;) {
        transfer.check()
        const { done, value } = parts.next()
        if (done === true) return undefined
        const text = write(value)
        // Yields to the event loop after each part, however fast the client takes them.
        await new Promise((resolve) => setImmediate(resolve))
        if (text !== '') return text
      }
    }

    return new ReadableStream<Uint8Array>(
      {
        start(controller) {
          if (head !== '') controller.enqueue(encoder.encode(head))
        },
        // Called when there is room again: a client that reads slowly costs no memory.
        async pull(controller) {
          try {
            transfer.moved(Number.POSITIVE_INFINITY)
            const text = await nextText()
            if (text === undefined) {
              finish()
              return controller.close()
            }
            controller.enqueue(encoder.encode(text))
            transfer.wait((reason) => {
              finish()
              controller.error(reason)
            })
          } catch (error) {
            finish()
            throw error
          }
        },
        cancel: finish,
      },
      { highWaterMark: 1 },
    )
  }
}

function* partsOf<Row>(query: Query<Row>, { userId, from, to }: Span): Generator<Row[]> {
  // SQLite uses only one lower bound to search the index, so `from` is given as the first place.
  for (let after: Place = { time: from, id: 0 }; ; ) {
    const rows: Row[] = []
    let length = 0
    let last: Place | undefined
    for (const { time, id, ...row } of query.iterate({
      userId,
      to,
      ...after,
      most: ROWS_AT_ONCE,
    })) {
      rows.push(row as unknown as Row)
      last = { time, id }
      length += lengthOf(row)
      if (length > TEXT_AT_ONCE) break
    }
    if (last !== undefined) yield rows
    if (last === undefined || (rows.length < ROWS_AT_ONCE && length <= TEXT_AT_ONCE)) return
    after = last
  }
}

/** The length of a row's texts, in characters. */
function lengthOf(row: object): number {
  const texts = Object.values(row).filter((value) => typeof value === 'string')
  return texts.reduce((sum, text) => sum + text.length, 0)
}

const toActionRecord = ({ metadata, ...row }: ActionRow): ActionRecord => ({
  record: 'action',
  ...row,
  metadata: metadata === null ? null : JSON.parse(metadata),
})

const toPlayRecord = (row: PlayRow): PlayRecord => ({
  record: 'play',
  ...row,
  queued_by_me: row.queued_by_me === 1,
  started_by_me: row.started_by_me === 1,
  ended_by_me: row.ended_by_me === 1,
})
