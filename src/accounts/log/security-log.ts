import { type Clock, DAY_S, secondsOf } from '../../clock'
import type { Database } from '../../database/database'
import { every } from '../../guard'
import { placeOf } from '../../http/network/client-address'
import type { Log } from '../../log'
import type { Familiarity } from './familiar-places'
import type { SecurityEventType } from './security-events'

export type SecurityEvent = Readonly<{
  type: SecurityEventType
  /** The user who did it; absent when nobody was signed in, and for the command line. */
  userId?: number | null
  /** The user to whom it was done, if that is another. */
  subjectId?: number | null
  ip?: string | null
  /** Never a password or a token. */
  details?: Readonly<Record<string, unknown>>
}>

type SecurityLogLimits = Readonly<{
  mostEvents: number
  /** Of these failed logins, which strangers cause: a flood of them pushes nothing else out. */
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
type SecurityLogOptions = {
  database: Database
  clock: Clock
  /** Without one, as in a command, a failure of the timer is not logged. */
  log?: Log
  limits?: SecurityLogLimits
}

/** The rows of `security_events`. */
export function createSecurityLog({
  database,
  clock,
  log,
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
  // Among the oldest rows only: if the clock is years ahead for a moment, few rows are lost.
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
  const forgetting = { what: 'forget old security events', log }
  const stopForgetting = every(limits.forgetEveryMs, forgetting, forget)

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

  /** Deletes what is too much or too old, at most a step of each; the timer comes back for the rest. */
  function forget(): void {
    if (!changed) return
    const { mostEvents, mostFailures, keptDays, step } = limits
    const failures = forgetFailures.run({ most: mostFailures, step }).changes
    // Failures first: otherwise other events would be deleted to make room for failures that go next.
    const excess = failures < step ? forgetExcess.run({ most: mostEvents, step }).changes : 0
    const before = secondsOf(clock) - keptDays * DAY_S
    const old = forgetOld.run({ before, step }).changes
    changed = failures + excess + old > 0
  }

  return {
    /**
     * Notes an event, in the transaction that is open, if any: a change of accounts is not made when it
     * cannot be noted.
     */
    note,

    /**
     * Notes an event that changes nothing else, such as a wrong password. One that cannot be written, as on
     * a full disk, is dropped, so that the answer is the same; the next event tells how many were lost.
     */
    noteIfPossible(event: SecurityEvent): void {
      try {
        note(lost === 0 ? event : { ...event, details: { ...event.details, lost_before: lost } })
        lost = 0
      } catch {
        lost += 1
      }
    },

    /** The places from which accounts were logged in to, oldest first, of the latest 10,000 logins. */
    loginPlaces: (): Familiarity[] =>
      findLogins
        .all({ most: MOST_RECALLED })
        .reverse()
        .map(({ account, ip }) => ({ account, place: placeOf(ip) })),

    forget,

    close(): void {
      stopForgetting()
    },
  }
}
