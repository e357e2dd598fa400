import { columns, csvRow } from './csv'
import { toListens } from './listenbrainz'
import type { HistoryRecord } from './record'

export type ExportFormat = Readonly<{
  contentType: string
  extension: string
  /** What stands before everything. */
  head: string
  /** Actions are left out. */
  playsOnly: boolean
  write(records: readonly HistoryRecord[]): string
}>

const lines = (values: readonly unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

/** What a history can be taken away as. */
export const exportFormats = {
  jsonl: {
    contentType: 'application/jsonl; charset=utf-8',
    extension: 'jsonl',
    head: '',
    playsOnly: false,
    write: lines,
  },
  // A line is what ListenBrainz's submit-listens takes as one request.
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
    head: csvRow(columns),
    playsOnly: false,
    write: (records) =>
      records.map((record) => csvRow(columns.map((name) => valueIn(record, name)))).join(''),
  },
} as const satisfies Record<string, ExportFormat>

export type ExportFormatName = keyof typeof exportFormats

const valueIn = (record: HistoryRecord, name: string): unknown =>
  (record as Record<string, unknown>)[name]
