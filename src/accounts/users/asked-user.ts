import { AppError } from '../../errors'
import type { Roles } from '../roles/roles'
import type { Identity } from '../sessions/sessions'

/**
 * The user whose history a query asks for by its `user`: the caller without one, `all` for everybody.
 * @throws {AppError} `forbidden` when that is another than the caller, who may not see others' history.
 */
export function askedUser(
  user: string | undefined,
  { userId, role }: Identity,
  roles: Pick<Roles, 'may'>,
): number | 'all' {
  if (user === undefined || user === String(userId)) return userId
  if (!roles.may(role, 'history.others'))
    throw new AppError('forbidden', 'Only admins may see what others did.')
  return user === 'all' ? user : Number(user)
}
