import { SQLiteError } from 'bun:sqlite'

/** The codes, or their beginnings, of what may be over later: a full or failing disk, or another writer. */
const CODES = [
  'SQLITE_BUSY',
  'SQLITE_CANTOPEN',
  'SQLITE_CORRUPT',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_LOCKED',
  'SQLITE_NOMEM',
  'SQLITE_NOTADB',
  'SQLITE_READONLY',
]

/** Whether an error says that the disk or the file does not take a write now, and not that the row is wrong. */
export function isDiskTrouble(error: unknown): boolean {
  if (!(error instanceof SQLiteError)) return false
  const { code = '' } = error
  return CODES.some((start) => code.startsWith(start))
}
