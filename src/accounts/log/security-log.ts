import { type Clock, DAY_S, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { placeOf } from '../../http/client-address'
import type { Familiarity } from './familiar-places'
import type { SecurityEventType } from './security-events'

export type SecurityEvent = Readonly<{
  type: SecurityEventType
  /** Who did it; absent when nobody had signed in, or the machine's owner at the command line. */
  userId?: number | null
  /** To whom it was done, if not to oneself. */
  subjectId?: number | null
  ip?: string | null
  /** Never a password or a token. */
  details?: Readonly<Record<string, unknown>>
}>

export type SecurityLogLimits = Readonly<{
  mostEvents: number
  /** Of these at most so many that anybody outside can cause, so that no flood of them hides the rest. */
  mostFailures: number
  keptDays: number
  /** Rows that are removed at once. */
  step: number
  forgetEveryMs: number
}>

export const SECURITY_LOG_LIMITS: SecurityLogLimits = {
  mostEvents: 100_000,
  mostFailures: 50_000,
  keptDays: 400,
  step: 500,
  forgetEveryMs: 10_000,
}

const MOST_RECALLED = 10_000

export type SecurityLog = ReturnType<typeof createSecurityLog>
export type SecurityLogOptions = { database: Database; clock: Clock; limits?: SecurityLogLimits }

/** The rows of `security_events`. */
export function createSecurityLog({
  database,
  clock,
  limits = SECURITY_LOG_LIMITS,
}: SecurityLogOptions) {
  const { sqlite } = database
  const insert = sqlite.query<unknown, Record<string, string | number | null>>(
    `INSERT INTO security_events (event_type, user_id, subject_id, ip, details, timestamp)
     VALUES ($type, $userId, $subjectId, $ip, $details, $now)`,
  )
  const forgetExcess = sqlite.query<unknown, { most: number; step: number }>(
    `DELETE FROM security_events WHERE id IN (
       SELECT id FROM security_events ORDER BY id
        LIMIT min($step, max(0, (SELECT COUNT(*) FROM security_events) - $most)))`,
  )
  const forgetFailures = sqlite.query<unknown, { most: number; step: number }>(
    `DELETE FROM security_events WHERE id IN (
       SELECT id FROM security_events
        WHERE event_type IN ('login_failed', 'login_locked') ORDER BY id
        LIMIT min($step, max(0, (SELECT COUNT(*) FROM security_events
                                  WHERE event_type IN ('login_failed', 'login_locked')) - $most)))`,
  )
  // Of the oldest rows only: should the clock be years ahead for a moment, little is lost.
  const forgetOld = sqlite.query<unknown, { before: number; step: number }>(
    `DELETE FROM security_events WHERE timestamp < $before AND id IN (
       SELECT id FROM security_events ORDER BY id LIMIT $step)`,
  )
  const findLogins = sqlite.query<{ account: string; ip: string }, { most: number }>(
    `SELECT u.name_key AS account, e.ip
       FROM security_events e JOIN users u ON u.id = e.user_id
      WHERE e.event_type = 'login' AND e.ip IS NOT NULL
      ORDER BY e.id DESC LIMIT $most`,
  )
  let lost = 0
  let changed = true
  const forgetting = setInterval(forget, limits.forgetEveryMs)
  forgetting.unref()

  function note({ type, userId, subjectId, ip, details }: SecurityEvent): void {
    insert.run({
      type,
      userId: userId ?? null,
      subjectId: subjectId ?? null,
      ip: ip ?? null,
      details: details === undefined ? null : JSON.stringify(details),
      now: secondsOf(clock),
    })
    changed = true
  }

  /** One small step; those that follow come in time. */
  function forget(): void {
    if (!changed) return
    const { mostEvents, mostFailures, keptDays, step } = limits
    try {
      const failures = forgetFailures.run({ most: mostFailures, step }).changes
      // Otherwise others would make room for failures that are about to go.
      const excess = failures < step ? forgetExcess.run({ most: mostEvents, step }).changes : 0
      const before = secondsOf(clock) - keptDays * DAY_S
      const old = forgetOld.run({ before, step }).changes
      changed = failures + excess + old > 0
    } catch {
      // Not on a full disk, which refuses this too: it is tried again.
    }
  }

  return {
    /**
     * Notes an event; inside a transaction it stands or falls with that. What changes an account is
     * noted so: it writes rows of its own, which a full disk refuses just the same.
     */
    note,

    /**
     * Notes what changes nothing else, such as a wrong password. When it cannot be written, as on a full
     * disk, that must not show in the answer; the next one tells how many are missing.
     */
    noteIfPossible(event: SecurityEvent): void {
      try {
        note(lost === 0 ? event : { ...event, details: { ...event.details, lost_before: lost } })
        lost = 0
      } catch {
        lost += 1
      }
    },

    /** From where accounts have logged in, oldest first; of the latest logins only. */
    loginPlaces: (): Familiarity[] =>
      findLogins
        .all({ most: MOST_RECALLED })
        .reverse()
        .map(({ account, ip }) => ({ account, place: placeOf(ip) })),

    forget,

    close(): void {
      clearInterval(forgetting)
    },
  }
}
