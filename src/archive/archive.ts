import { type Clock, LATEST_S } from '../clock'
import type { Database } from '../database/database'
import type { Log } from '../log'
import { createExport } from './export'
import type { ExportFormat } from './export-formats'
import { createForgetting } from './forgetting'
import { createImport } from './import'
import { readCandidates } from './import-reader'
import type { Forgotten, Imported, SpanQuery } from './model'

export type Archive = ReturnType<typeof createArchive>
type ArchiveOptions = {
  database: Database
  clock: Clock
  log: Log
  /** Days that actions and plays are kept; 0 for ever. */
  historyDays: number
  /** Resolves when all that was done and heard before the call is in the database. */
  upToDate: () => Promise<void>
}

/** The history of one user, to take away, to bring back, and to remove. */
export function createArchive({ database, clock, log, historyDays, upToDate }: ArchiveOptions) {
  const exportHistory = createExport({ database })
  const importHistory = createImport({ database, clock })
  const forgetting = createForgetting({ database, clock, log, historyDays })

  return {
    /** The text of a user's history in that format. */
    async export(
      userId: number,
      { from = 0, to = LATEST_S }: SpanQuery,
      format: ExportFormat,
    ): Promise<ReadableStream<string>> {
      await upToDate()
      return exportHistory({ userId, from, to }, format)
    },

    /** Brings back, as the user's own, what `export` gave. */
    import: (
      userId: number,
      body: ReadableStream<Uint8Array>,
      format: 'csv' | 'jsonl',
    ): Promise<Imported> => importHistory(userId, readCandidates(body, format)),

    /** Deletes what a user did, and takes the user's name off what was heard. */
    async forget(userId: number, { from = 0, to = LATEST_S }: SpanQuery): Promise<Forgotten> {
      await upToDate()
      return forgetting.forgetUser(userId, { from, to })
    },

    close: forgetting.close,
  }
}
