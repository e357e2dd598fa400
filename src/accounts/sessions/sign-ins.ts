import { type Clock, DAY_S, secondsOf } from '../../clock'
import type { Login } from '../model'
import { toUser, type UserRow, type Users } from '../users/users'
import type { Origin, Sessions } from './sessions'
import type { Tokens } from './tokens'

/** A token that no session belongs to yet. `expiresAt` in Unix seconds. */
export type NewToken = Readonly<{ token: string; expiresAt: number }>

export type SignIns = ReturnType<typeof createSignIns>
export type SignInsOptions = {
  users: Users
  sessions: Sessions
  tokens: Tokens
  clock: Clock
  sessionDays: number
}

/** Starts sessions: first the token, which takes a moment, then the row, in the caller's transaction. */
export function createSignIns({ users, sessions, tokens, clock, sessionDays }: SignInsOptions) {
  return {
    /** A new token for the account, which lives no longer than the account does. */
    async newToken(userId: number, accountEnd: number | null = null): Promise<NewToken> {
      const end = secondsOf(clock) + sessionDays * DAY_S
      const expiresAt = Math.min(end, accountEnd ?? end)
      return { token: await tokens.sign(userId, expiresAt), expiresAt }
    },

    /** Starts the session of a token; what the one who logs in is answered. */
    start({ id: userId }: UserRow, { token, expiresAt }: NewToken, origin: Origin): Login {
      sessions.start({ userId, token, expiresAt, origin })
      return { token, expires_at: expiresAt, user: toUser(users.noteLogin(userId)) }
    },
  }
}
