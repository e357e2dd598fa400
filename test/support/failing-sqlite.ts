import { Database as Sqlite } from 'bun:sqlite'

type Code = 'SQLITE_IOERR' | 'SQLITE_FULL' | 'SQLITE_BUSY'
type Failing = Readonly<{
  /** The number of the first call that fails, counted from 1 since `fail` was called. */
  at: number
  code: Code
  /** Whether all calls after it fail too. */
  forGood: boolean
}>

const STATEMENT_METHODS = ['get', 'all', 'run', 'values', 'iterate'] as const

let failing: Failing | undefined
let calls = 0

/** Counts a call of SQLite, and throws if that is to fail. */
function count(): void {
  calls += 1
  if (failing === undefined) return
  const { at, code, forGood } = failing
  if (calls === at || (forGood && calls > at))
    throw Object.assign(new Error(`as if from SQLite: ${code}`), { name: 'SQLiteError', code })
}

/**
 * Makes SQLite fail on demand in this process, for databases that are opened from now on: statements,
 * and the beginning and the end of transactions. A rollback never fails, as with SQLite itself.
 */
export function installFailingSqlite() {
  const original = Sqlite.prototype
  const { query, run, transaction } = original
  Object.assign(original, {
    query(this: Sqlite, sql: string) {
      const statement = query.call(this, sql) as unknown as Record<
        string,
        (...v: unknown[]) => unknown
      >
      for (const method of STATEMENT_METHODS) {
        const execute = statement[method]?.bind(statement)
        statement[method] = (...values) => {
          count()
          return execute?.(...values)
        }
      }
      return statement
    },
    run(this: Sqlite, sql: string) {
      count()
      return run.call(this, sql)
    },
    transaction(this: Sqlite, work: (...values: unknown[]) => unknown) {
      const begun = transaction.call(this, (...values: unknown[]) => {
        const result = work(...values)
        // As if COMMIT had failed: what was done is taken back.
        count()
        return result
      })
      const counted =
        (how: (...values: unknown[]) => unknown) =>
        (...values: unknown[]) => {
          count()
          return how(...values)
        }
      const { deferred, immediate, exclusive } = begun
      return Object.assign(counted(begun), {
        deferred: counted(deferred),
        immediate: counted(immediate),
        exclusive: counted(exclusive),
      })
    },
  })

  return {
    /** From now on calls are counted, and those that it names fail. */
    fail(how: Failing): void {
      calls = 0
      failing = how
    },

    /** No call fails any more. */
    heal(): void {
      failing = undefined
    },

    /** The number of calls since `fail`, or since the beginning. */
    calls: (): number => calls,

    /** Gives SQLite its own methods back. */
    uninstall(): void {
      failing = undefined
      Object.assign(original, { query, run, transaction })
    },
  }
}
