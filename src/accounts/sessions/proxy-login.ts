import { type Clock, DAY_S, secondsOf } from '../../clock'
import type { RegistrationPolicy } from '../../config'
import type { Database } from '../../database/database'
import { AppError } from '../../errors'
import {
  createClientAddress,
  createFromTrustedProxy,
  type RequestServer,
} from '../../http/network/client-address'
import type { SecurityLog } from '../log/security-log'
import { isSameName, readUsername } from '../users/name'
import { isUsable, type UserRow, type Users } from '../users/users'
import type { Sessions } from './sessions'
import { hashOf } from './tokens'

export type ProxyLoginOptions = {
  users: Users
  sessions: Sessions
  securityLog: SecurityLog
  database: Database
  clock: Clock
  secret: string
  sessionDays: number
  /** When `open`, a user whom the proxy names and who has no account gets one. */
  registration: RegistrationPolicy
  /** The header, in lower case, in which the proxies name the user who has logged in with them. */
  header: string
  trustedProxies: readonly string[]
}

const PREFIX = 'mh_'
/** Names whose token is kept in memory. */
const MOST_KNOWN = 10_000

export type ProxyLogin = ReturnType<typeof createProxyLogin>

/** Whether a token is one of those that a session gets by the word of a proxy. */
export function isProxyToken(token: string): boolean {
  return token.startsWith(PREFIX)
}

/**
 * Login by the word of a trusted proxy, which names the user in a header of every request. Each user
 * has one session for it, so that it is listed and ends like any other. Its token is never given out.
 */
export function createProxyLogin(options: ProxyLoginOptions) {
  const { users, sessions, securityLog, database, clock, registration, header } = options
  const fromTrustedProxy = createFromTrustedProxy(options.trustedProxies)
  const clientAddress = createClientAddress(options.trustedProxies)
  const known = new Map<string, string>()
  const removeExpired = database.sqlite.query<unknown, { tokenHash: string; now: number }>(
    'DELETE FROM sessions WHERE token_hash = $tokenHash AND expires_at <= $now',
  )

  // Made from the secret, so that nobody can guess it, and the same for the user each time.
  function tokenOf({ id }: UserRow): string {
    const hasher = new Bun.CryptoHasher('sha256', options.secret)
    return PREFIX + hasher.update(`login by a trusted proxy: ${id}`).digest('base64url')
  }

  /**
   * The account of exactly that name; a new one if there is none and registration is open. The proxy
   * asked for no password of ours, so a name that is only like that of an account is another's.
   */
  function accountOf(name: string, ip: string): UserRow {
    const account = users.findByName(name)
    if (account !== undefined && isSameName(account.username, name)) return account
    const username = readUsername(name)
    if (registration !== 'open' || username === undefined)
      throw new AppError('forbidden', 'There is no account here with the name you logged in by.')
    if (users.holdersOf(username).length > 0)
      throw new AppError('forbidden', 'The name you logged in by looks like that of another here.')
    const created = users.create({ username, passwordHash: '', role: 'guest' })
    const details = { by: 'proxy', role: 'guest' }
    securityLog.note({ type: 'registered', userId: created.id, ip, details })
    return created
  }

  function start(name: string, request: Request, server: RequestServer | null): string {
    return database.durably(() => {
      const ip = clientAddress(request, server)
      const account = accountOf(name, ip)
      const now = secondsOf(clock)
      if (!isUsable(account, now)) throw new AppError('forbidden', 'Your account is disabled.')
      const token = tokenOf(account)
      if (sessions.find(token) !== undefined) return token
      removeExpired.run({ tokenHash: hashOf(token), now })
      const expiresAt = now + options.sessionDays * DAY_S
      const origin = { ip, userAgent: request.headers.get('user-agent') }
      sessions.start({ userId: account.id, token, expiresAt, origin, kind: 'header' })
      users.noteLogin(account.id)
      securityLog.note({ type: 'login', userId: account.id, ip, details: { by: 'proxy' } })
      return token
    })
  }

  return {
    /**
     * The token of the user whom the proxy names; undefined when no trusted proxy names one.
     * @throws {AppError} `unauthorized` when it names several, `forbidden` when that user may not
     * come in.
     */
    tokenFor(request: Request, server: RequestServer | null): string | undefined {
      const value = request.headers.get(header)
      if (value === null || value === '' || !fromTrustedProxy(request, server)) return undefined
      // Two headers arrive as one list, and nothing tells which of them the proxy wrote.
      if (value.includes(','))
        throw new AppError('unauthorized', 'The proxy must name exactly one user.')
      const name = asUtf8(value)
      const token = known.get(name)
      const username = token && sessions.find(token)?.username
      // After a renaming the name may be another user's.
      if (username !== undefined && isSameName(username, name)) return token
      const started = start(name, request, server)
      if (known.size >= MOST_KNOWN) known.clear()
      known.set(name, started)
      return started
    },
  }
}

/** Bytes of a header arrive as Latin-1; proxies mean UTF-8 by them. */
function asUtf8(value: string): string {
  const bytes = Buffer.from(value, 'latin1')
  const text = bytes.toString()
  return text.includes('\ufffd') ? value : text
}
