import { AppError } from '../../errors'
import { resultOr } from '../../guard'
import type { RequestServer } from '../../http/network/client-address'
import type { Log } from '../../log'
import { isApiKey } from '../keys/keys'
import type { Confirming } from '../passwords/confirming'
import type { Roles } from '../roles/roles'
import type { LastUse } from '../sessions/last-use'
import { isProxyToken, type ProxyLogin } from '../sessions/proxy-login'
import type { Identity, Sessions } from '../sessions/sessions'
import type { Tokens } from '../sessions/tokens'
import { type PresentedToken, tokenIn } from './credentials'

/** While a first password still has to be changed, only `beforePasswordChange` gets an identity. */
type IdentifyOptions = Readonly<{ beforePasswordChange?: boolean }>

export type Door = ReturnType<typeof createDoor>
type DoorOptions = {
  sessions: Sessions
  tokens: Tokens
  roles: Roles
  lastUse: LastUse
  confirming: Pick<Confirming, 'mustBeConfirmed'>
  proxyLogin: ProxyLogin | undefined
  log: Log
}

/** Tells whose session a request or a token belongs to, and whether that session still holds. */
export function createDoor(options: DoorOptions) {
  const { sessions, tokens, roles, lastUse, confirming, proxyLogin, log } = options
  const looking = { what: 'look whether a session has ended', log }

  function presented(
    request: Request,
    server: RequestServer | null,
    { inQuery = false } = {},
  ): PresentedToken | undefined {
    return tokenIn(request, { inQuery, fromProxy: () => proxyLogin?.tokenFor(request, server) })
  }

  async function liveIdentity(token: string): Promise<Identity | undefined> {
    // The signature of a token that is in memory was checked before; `find` checks its end each time.
    if (sessions.knows(token)) return sessions.find(token)
    if (isApiKey(token) || isProxyToken(token)) return sessions.find(token)
    const userId = await tokens.verify(token)
    return userId === undefined ? undefined : sessions.find(token, userId)
  }

  async function identify(
    token: string,
    { beforePasswordChange = false }: IdentifyOptions = {},
  ): Promise<Identity> {
    const identity = await liveIdentity(token)
    if (identity === undefined) throw new AppError('unauthorized', 'Invalid token')
    // A user whom a proxy has logged in needs no password here, so need not change the first one.
    const changesFirst = identity.mustChangePassword && identity.kind !== 'header'
    if (changesFirst && !beforePasswordChange)
      throw new AppError('password_change_required', 'Change your password first.')
    lastUse.note(identity)
    return identity
  }

  async function identityOf(
    request: Request,
    server: RequestServer | null,
    options?: IdentifyOptions,
  ): Promise<Identity> {
    const credentials = presented(request, server)
    if (credentials === undefined) throw new AppError('unauthorized', 'Log in first.')
    return identify(credentials.token, options)
  }

  return {
    /**
     * The token that a request presents, if any, unchecked.
     * @throws {AppError} `unauthorized` when a trusted proxy names several users, `forbidden` when it
     * names one who may not come in.
     */
    presented,

    /**
     * The identity that a token proves.
     * @throws {AppError} `unauthorized` when the token is not that of a live session,
     * `password_change_required` while the first password still has to be changed.
     */
    identify,

    /**
     * The identity that a request proves; it throws what `presented` and `identify` throw.
     * @throws {AppError} `unauthorized` also when the request presents no token.
     */
    identityOf,

    /** Whether a request has a session, if only one in which the first password is still to be changed. */
    async isSignedIn(request: Request, server: RequestServer | null): Promise<boolean> {
      try {
        await identityOf(request, server, { beforePasswordChange: true })
        return true
      } catch (error) {
        if (error instanceof AppError) return false
        throw error
      }
    },

    /**
     * Whether the session that proved this identity has not ended since, nor its account changed. It never
     * throws: a database that cannot be read for a moment ends nobody's session.
     */
    stillSignedIn: (identity: Identity): boolean =>
      resultOr(true, looking, () => sessions.isLive(identity)),

    /**
     * @throws {AppError} `confirm_required` or `forbidden` unless the session may do acts of
     * administration now.
     */
    mustBeConfirmed: confirming.mustBeConfirmed,

    /** Notes that a session is used now, for `last_seen`; cheap enough for every message. */
    noteUse: lastUse.note,

    /** What each role may do. */
    roles,
  }
}
