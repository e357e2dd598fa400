import { AppError } from '../../errors'
import type { Accounts } from '../accounts'
import type { Identity } from '../sessions/sessions'

/**
 * Whose history is asked for: one's own, unless one may see others'.
 * @throws {AppError} `forbidden`.
 */
export function whose(
  asked: string | undefined,
  { userId, role }: Identity,
  { roles }: Accounts,
): number | 'all' {
  if (asked === undefined || asked === String(userId)) return userId
  if (!roles.may(role, 'history.others'))
    throw new AppError('forbidden', 'Only admins may see what others did.')
  return asked === 'all' ? asked : Number(asked)
}
