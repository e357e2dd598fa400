import { type Clock, DAY_MS } from '../../clock'
import { AppError } from '../../errors'

/** What a person may bring within a day; null: no limit. */
export type DailyLimits = Readonly<{ role: string; rows: number | null; mebibytes: number | null }>

export type Allowance = ReturnType<ReturnType<typeof createAllowances>['of']>

const MEBIBYTE = 1024 * 1024

/** Counts what each person brings within a day; a restart of the service begins the day anew. */
export function createAllowances(clock: Clock) {
  const spent = new Map<number, { since: number; rows: number; bytes: number }>()

  function spentBy(userId: number) {
    const known = spent.get(userId)
    if (known !== undefined && clock.elapsed() - known.since < DAY_MS) return known
    const anew = { since: clock.elapsed(), rows: 0, bytes: 0 }
    spent.set(userId, anew)
    return anew
  }

  return {
    /** What is left to a person today; each function throws `too_many_requests` when it is too little. */
    of(userId: number, { role, rows, mebibytes }: DailyLimits) {
      const today = spentBy(userId)
      const most = mebibytes === null ? Number.POSITIVE_INFINITY : mebibytes * MEBIBYTE

      function tooMuch(what: string): AppError {
        const seconds = Math.ceil((today.since + DAY_MS - clock.elapsed()) / 1_000)
        const hours = Math.ceil(seconds / 3_600)
        return new AppError(
          'too_many_requests',
          `A ${role} may bring ${what} a day: what was read until now is kept, send the rest in ${hours} h.`,
          seconds,
        )
      }

      return {
        /** Refuses a file before it is read, by the size that it claims to have. */
        foresee(bytes: number): void {
          if (today.bytes + bytes > most) throw tooMuch(`${mebibytes} MiB`)
        },

        takeBytes(bytes: number): void {
          today.bytes += bytes
          if (today.bytes > most) throw tooMuch(`${mebibytes} MiB`)
        },

        /** Takes one row; rows that are there already cost none. */
        takeRow(): void {
          if (rows !== null && today.rows >= rows) throw tooMuch(`${rows} rows`)
          today.rows += 1
        },
      }
    },
  }
}
