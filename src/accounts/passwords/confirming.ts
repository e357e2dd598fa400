import { type Clock, secondsOf } from '../../clock'
import { AppError } from '../../errors'
import type { Confirmation, Confirmed } from '../model'
import type { Identity, Origin, Sessions } from '../sessions/sessions'
import type { PasswordCheck } from './password-check'

/** Seconds for which a password that was given counts. */
const CONFIRMED_S = 15 * 60

export type Confirming = ReturnType<typeof createConfirming>
type ConfirmingOptions = { sessions: Sessions; passwordCheck: PasswordCheck; clock: Clock }

/**
 * Acts of administration want more than an open session, which may lie on a table or be used by another
 * page's script: the password, given lately, or an API key that was made for them.
 */
export function createConfirming({ sessions, passwordCheck, clock }: ConfirmingOptions) {
  function isFresh(confirmedAt: number | null): boolean {
    // Either way: after the clock was set back the time may lie ahead.
    return confirmedAt !== null && Math.abs(secondsOf(clock) - confirmedAt) < CONFIRMED_S
  }

  return {
    /**
     * @throws {AppError} `confirm_required` when the password was given too long ago, `forbidden` to an
     * API key that was made for other things.
     */
    mustBeConfirmed({ sessionId, kind }: Identity): void {
      const { confirmedAt, administration } = sessions.proofOf(sessionId)
      if (kind === 'key') {
        if (administration) return
        throw new AppError(
          'forbidden',
          'This API key was not made for administration: make one with "administration": true.',
        )
      }
      // The proxy vouches for the user anew with each request.
      if (kind === 'header' || isFresh(confirmedAt)) return
      throw new AppError('confirm_required', 'Confirm this with your password.')
    },

    /**
     * Has the session count as confirmed from now on.
     * @throws {AppError} `invalid_credentials` when the password is wrong, `too_many_requests` after too
     * many wrong ones, `unauthorized` when the session has ended meanwhile.
     */
    async confirm(
      identity: Identity,
      { password }: Confirmation,
      origin: Origin,
    ): Promise<Confirmed> {
      const { sessionId, userId, username } = identity
      const account = await passwordCheck.check({
        username,
        password,
        origin,
        userId,
        at: 'confirm',
      })
      if (account === undefined) throw new AppError('invalid_credentials', 'The password is wrong.')
      if (!sessions.isLive(identity)) throw new AppError('unauthorized', 'Invalid token')
      sessions.confirm(sessionId)
      return { confirmed_until: secondsOf(clock) + CONFIRMED_S }
    },
  }
}
