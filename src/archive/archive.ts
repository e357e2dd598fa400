import { type Clock, LATEST_S } from '../clock'
import type { Database } from '../database/database'
import type { Log } from '../log'
import { createExport } from './export'
import type { ExportFormat } from './export-formats'
import { createForgetting } from './forgetting'
import { createAllowances, type DailyLimits } from './import/allowance'
import { createImport } from './import/import'
import { readCandidates } from './import/import-reader'
import { readUpload } from './import/upload'
import type { Forgotten, Imported, SpanQuery } from './model'
import { type Carrier, createTransfers, TRANSFER_LIMITS, type TransferLimits } from './transfers'

export type Archive = ReturnType<typeof createArchive>
type ArchiveOptions = {
  database: Database
  clock: Clock
  log: Log
  /** Days that actions and plays are kept; 0 for ever. */
  historyDays: number
  limits?: TransferLimits
  /** Resolves when all that was done and heard before the call is in the database. */
  upToDate: () => Promise<void>
}

/** A file that a person sends. */
type File = Readonly<{
  body: ReadableStream<Uint8Array>
  format: 'csv' | 'jsonl'
  /** In bytes, as the sender claims; 0 when it claims nothing. */
  claimedBytes: number
}>

/** The history of one user, to take away, to bring back, and to remove. */
export function createArchive({
  database,
  clock,
  log,
  historyDays,
  limits = TRANSFER_LIMITS,
  upToDate,
}: ArchiveOptions) {
  const exportHistory = createExport({ database })
  const importHistory = createImport({ database, clock })
  const forgetting = createForgetting({ database, clock, log, historyDays })
  const transfers = createTransfers({ limits, clock, log })
  const allowances = createAllowances(clock)

  return {
    /**
     * A user's history in that format, for `carrier`. It breaks off when nobody reads it for a while, and
     * when the carrier's session may not go on.
     * @throws {AppError} `too_many_requests` while too many are under way.
     */
    async export(
      carrier: Carrier,
      userId: number,
      { from = 0, to = LATEST_S }: SpanQuery,
      format: ExportFormat,
    ): Promise<ReadableStream<Uint8Array>> {
      const transfer = transfers.begin(carrier)
      try {
        await upToDate()
        return exportHistory({ userId, from, to }, format, transfer)
      } catch (error) {
        transfer.close()
        throw error
      }
    },

    /**
     * Brings back, as the carrier's own, what `export` gave. What was written before a refusal is kept.
     * @throws {AppError} `too_many_requests` while too many are under way or beyond the day's limits,
     * `request_timeout` when the file stalls, `unauthorized` when the session ends on the way.
     */
    async import(carrier: Carrier, daily: DailyLimits, file: File): Promise<Imported> {
      const allowance = allowances.of(carrier.userId, daily)
      allowance.foresee(file.claimedBytes)
      const transfer = transfers.begin(carrier)
      try {
        const bytes = readUpload(file.body, transfer, allowance.takeBytes)
        const candidates = readCandidates(bytes, file.format)
        return await importHistory({ userId: carrier.userId, candidates, allowance, transfer })
      } finally {
        transfer.close()
      }
    },

    /** Deletes what a user did, and takes the user's name off what was heard. */
    async forget(userId: number, { from = 0, to = LATEST_S }: SpanQuery): Promise<Forgotten> {
      await upToDate()
      return forgetting.forgetUser(userId, { from, to })
    },

    /** Deletes all that a user has brought by imports. */
    removeBrought: (userId: number): Promise<Forgotten> =>
      forgetting.removeBrought(userId, { from: 0, to: LATEST_S }),

    /** Ends the exports and imports whose sessions may not go on, after a change of accounts. */
    closeEnded: transfers.look,

    /** How many exports and imports are under way. */
    transfers: transfers.open,

    close(): void {
      transfers.close()
      forgetting.close()
    },
  }
}
