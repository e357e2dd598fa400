import { csvHead, toCsv } from './csv'
import { toListens } from './listenbrainz'
import type { HistoryRecord } from './record'

export type ExportFormat = Readonly<{
  contentType: string
  extension: string
  /** The text before the first record. */
  head: string
  /** Whether actions are left out. */
  playsOnly: boolean
  write(records: readonly HistoryRecord[]): string
}>

const lines = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

/** The formats that a history can be exported in. */
export const exportFormats = {
  jsonl: {
    contentType: 'application/jsonl; charset=utf-8',
    extension: 'jsonl',
    head: '',
    playsOnly: false,
    write: lines,
  },
  // Each line is the body of one request to ListenBrainz's `submit-listens`.
  listenbrainz: {
    contentType: 'application/jsonl; charset=utf-8',
    extension: 'listenbrainz.jsonl',
    head: '',
    playsOnly: true,
    write(records) {
      const listens = toListens(records)
      return listens.length === 0 ? '' : lines([{ listen_type: 'import', payload: listens }])
    },
  },
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    head: csvHead,
    playsOnly: false,
    write: (records) => records.map(toCsv).join(''),
  },
} as const satisfies Record<string, ExportFormat>
