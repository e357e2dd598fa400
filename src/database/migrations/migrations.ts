import type { Database as Sqlite } from 'bun:sqlite'
import accounts from './001-accounts.sql' with { type: 'text' }
import listening from './002-listening.sql' with { type: 'text' }
import door from './003-door.sql' with { type: 'text' }
import lives from './004-lives.sql' with { type: 'text' }
import rollups from './005-rollups.sql' with { type: 'text' }
import accountChanges from './006-account-changes.sql' with { type: 'text' }
import brought from './007-brought.sql' with { type: 'text' }
import trust from './008-trust.sql' with { type: 'text' }
import fillRollups from './fill-rollups.sql' with { type: 'text' }

const migrations: readonly string[] = [
  accounts,
  listening,
  door,
  lives,
  rollups,
  accountChanges,
  brought,
  trust,
]

/** The first schema that has counts, which the triggers keep from then on. */
const WITH_ROLLUPS = migrations.indexOf(rollups) + 1

/** The schema that this version reads and writes. */
export const SCHEMA_VERSION = migrations.length

/**
 * Brings the schema up to date, or up to an older version: runs all missing migrations in one transaction.
 * @throws an Error when a newer version has written the file, and SQLite's own.
 */
export function migrate(sqlite: Sqlite, version = SCHEMA_VERSION): void {
  const { user_version: current } = sqlite
    .query<{ user_version: number }, []>('PRAGMA user_version')
    .get() ?? { user_version: 0 }
  if (current > migrations.length)
    throw new Error(
      `its schema ${current} is newer than this version's ${migrations.length}: install a newer musakone or restore a backup`,
    )
  if (current >= version) return
  sqlite.transaction(() => {
    for (const sql of migrations.slice(current, version)) sqlite.run(sql)
    if (current < WITH_ROLLUPS && version >= WITH_ROLLUPS) sqlite.run(fillRollups)
    sqlite.run(`PRAGMA user_version = ${version}`)
  })()
}
