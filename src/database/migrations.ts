import type { Database as Sqlite } from 'bun:sqlite'
import accounts from './001-accounts.sql' with { type: 'text' }
import listening from './002-listening.sql' with { type: 'text' }

const migrations: readonly string[] = [accounts, listening]

/**
 * Brings the schema up to date: each migration once, in a transaction of its own.
 * @throws when the file was written by a newer version.
 */
export function migrate(sqlite: Sqlite): void {
  const { user_version: current } = sqlite
    .query<{ user_version: number }, []>('PRAGMA user_version')
    .get() ?? { user_version: 0 }
  if (current > migrations.length)
    throw new Error(
      `its schema ${current} is newer than this version's ${migrations.length}: install a newer musakone or restore a backup`,
    )
  migrations.slice(current).forEach((sql, index) => {
    sqlite.transaction(() => {
      sqlite.run(sql)
      sqlite.run(`PRAGMA user_version = ${current + index + 1}`)
    })()
  })
}
