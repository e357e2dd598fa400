/** SQLite's codes for what is wrong with the file, its disk or its locks, not with a statement. */
const FAILURES = [
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_PROTOCOL',
  'SQLITE_NOMEM',
] as const

/** The code of such an error, without its details; undefined for any other error. */
export function failureIn(error: unknown): (typeof FAILURES)[number] | undefined {
  const { code } = (error ?? {}) as { code?: unknown }
  if (typeof code !== 'string') return undefined
  // The details follow after an underscore: SQLITE_IOERR_WRITE.
  return FAILURES.find((failure) => code === failure || code.startsWith(`${failure}_`))
}
