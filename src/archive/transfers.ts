import type { Clock } from '../clock'
import { AppError } from '../errors'
import { every } from '../guard'
import type { Log } from '../log'

export type TransferLimits = Readonly<{
  perPerson: number
  inAll: number
  /** How long a transfer may wait for the other side in vain, in milliseconds. */
  idleMs: number
  /** What ends such a wait, in bytes: fewer are no progress. */
  leastBytes: number
  /** Between two looks for transfers that have to end, in milliseconds. */
  lookEveryMs: number
}>

export const TRANSFER_LIMITS: TransferLimits = {
  perPerson: 2,
  inAll: 8,
  idleMs: 30_000,
  leastBytes: 16 * 1024,
  lookEveryMs: 1_000,
}

/** The person of a transfer, and whether the session that began it still may. */
export type Carrier = Readonly<{ userId: number; mayGoOn: () => boolean }>

/** An export or import that is under way. */
export type Transfer = ReturnType<ReturnType<typeof createTransfers>['begin']>

const TRY_AGAIN_S = 10

type TransfersOptions = { limits: TransferLimits; clock: Clock; log: Log }

/** Keeps count of the exports and imports under way, and ends those that stall or may not go on. */
export function createTransfers({ limits, clock, log }: TransfersOptions) {
  const open = new Set<{ userId: number; look(): void; end(reason: AppError): void }>()
  const stopLooking = every(
    limits.lookEveryMs,
    { what: 'look for exports and imports that stall', log },
    look,
  )

  function look(): void {
    for (const transfer of open) transfer.look()
  }

  return {
    /** @throws {AppError} `too_many_requests` when the person, or all together, have enough under way. */
    begin({ userId, mayGoOn }: Carrier) {
      const own = [...open].filter((transfer) => transfer.userId === userId).length
      if (own >= limits.perPerson)
        throw tooMany(
          `${own} exports and imports of yours are under way: wait until one has ended.`,
        )
      if (open.size >= limits.inAll)
        throw tooMany('Many exports and imports are under way here: try again in a moment.')

      let waitingSince: number | undefined
      let waitedMs = 0
      let movedBytes = 0
      let ended: AppError | undefined
      let onEnd = (_: AppError): void => {}
      const transfer = { userId, look, end }
      open.add(transfer)

      function end(reason: AppError): void {
        if (!open.delete(transfer)) return
        ended = reason
        onEnd(reason)
      }

      function look(): void {
        if (!mayGoOn()) return end(notAnyMore())
        const now = clock.elapsed()
        const waited = waitedMs + (waitingSince === undefined ? 0 : now - waitingSince)
        if (waited > limits.idleMs) end(stalled())
      }

      return {
        /** @throws {AppError} when the session may not go on, or the transfer has been ended. */
        check(): void {
          if (ended === undefined && !mayGoOn()) end(notAnyMore())
          if (ended !== undefined) throw ended
        },

        /** From now on the other side is waited for; `whenEnded` is called if the transfer is ended meanwhile. */
        wait(whenEnded: (reason: AppError) => void): void {
          onEnd = whenEnded
          waitingSince = clock.elapsed()
        },

        /** The other side has moved so many bytes. */
        moved(bytes: number): void {
          waitedMs += waitingSince === undefined ? 0 : clock.elapsed() - waitingSince
          waitingSince = undefined
          movedBytes += bytes
          if (movedBytes < limits.leastBytes) return
          waitedMs = 0
          movedBytes = 0
        },

        /** The transfer is over. */
        close: (): void => void open.delete(transfer),
      }
    },

    /** Ends, after a change of accounts, what may not go on. */
    look,

    /** How many are under way. */
    open: (): number => open.size,

    close(): void {
      stopLooking()
      for (const transfer of open) transfer.end(new AppError('unavailable', 'The service stops.'))
    },
  }
}

const tooMany = (message: string) => new AppError('too_many_requests', message, TRY_AGAIN_S)
const notAnyMore = () =>
  new AppError('unauthorized', 'Your session may not do this any more: it was ended on the way.')
const stalled = () =>
  new AppError('request_timeout', 'The transfer has stalled. Send the file again.')
