import type { Door } from '../../accounts/door/door'
import type { Identity } from '../../accounts/sessions/sessions'
import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import type { Log } from '../../log'
import type { Client } from './client'

export type SignIn = ReturnType<typeof createSignIn>
export type SignInOptions = {
  accounts: Door
  clock: Clock
  log: Log
  /** From the open socket to a valid token. */
  signInMs: number
  isConnected: (client: Client) => boolean
  /** The client is who its token says; false when it has been closed instead. */
  admit: (client: Client, identity: Identity) => boolean
  /** Told once all that the token was good for has been done; why not, where it was not. */
  onChecked: (client: Client, outcome: 'first' | 'again' | { error: string }) => void
  /** Takes the frames that have waited. */
  receive: (client: Client, frame: string) => void
}

/** How clients prove who they are, and for how long that holds. */
export function createSignIn(options: SignInOptions) {
  const { accounts, clock, log, signInMs, isConnected, admit, onChecked, receive } = options

  async function check(
    client: Client,
    token: unknown,
    next: (identity: Identity) => void,
  ): Promise<void> {
    try {
      // Not String(token): a list that holds a token is none.
      const text = typeof token === 'string' ? token : ''
      const identity = await accounts.identify(text)
      if (!isConnected(client)) return
      // It may have ended while it was being checked, before this client could be closed with it.
      if (!accounts.stillSignedIn(identity)) throw new AppError('unauthorized', 'Invalid token')
      const outcome = client.identity === undefined ? 'first' : 'again'
      if (!admit(client, identity)) return
      client.token = text
      next(identity)
      onChecked(client, outcome)
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ err: error }, 'cannot check a token')
      onChecked(client, { error: error instanceof AppError ? error.message : 'Internal error' })
    }
  }

  function expired({ identity }: Client): boolean {
    return identity !== undefined && identity.expiresAt * 1000 <= clock.now()
  }

  return {
    /** Checks a token, while the client's later frames wait their turn; then `next`, if it is good. */
    async signIn(
      client: Client,
      token: unknown,
      next: (identity: Identity) => void,
    ): Promise<void> {
      client.held = []
      await check(client, token, next)
      const { held = [] } = client
      delete client.held
      for (const frame of held) receive(client, frame)
    },

    /** Whether the client was signed in, and its session is over. */
    expired,

    /** Why the client may stay no longer; undefined while it may. */
    lapsed(client: Client): string | undefined {
      if (client.identity === undefined && clock.now() - client.connectedAt >= signInMs)
        return 'Not signed in in time'
      return expired(client) ? 'Session expired' : undefined
    },
  }
}
