import { Elysia } from 'elysia'
import type { Auth } from '../accounts/door/auth'
import type { SecurityLog } from '../accounts/log/security-log'
import { byActor } from '../accounts/users/actor'
import type { Administration } from '../accounts/users/administration'
import { errorReplies } from '../http/error-reply'
import { IdInPath, idIn } from '../http/id-in-path'
import type { ClientAddress } from '../http/network/client-address'
import type { Archive } from './archive'
import { Removed } from './model'

type BroughtRoutesOptions = {
  auth: Auth
  administration: Pick<Administration, 'find'>
  archive: Pick<Archive, 'removeBrought'>
  securityLog: Pick<SecurityLog, 'note'>
  clientAddress: ClientAddress
}

/** Removes what somebody has brought, for admins. */
export const broughtRoutes = (options: BroughtRoutesOptions) => {
  const { auth, administration, archive, securityLog, clientAddress } = options
  return new Elysia({ name: 'archive.brought-routes', prefix: '/api/users' }).use(auth).delete(
    '/:id/brought',
    async ({ identity, params, request, server }) => {
      const { id } = administration.find(idIn(params))
      const removed = await archive.removeBrought(id)
      const actor = { identity, ip: clientAddress(request, server) }
      securityLog.note(
        byActor(actor, { type: 'brought_removed', subjectId: id, details: { ...removed } }),
      )
      return removed
    },
    {
      needs: { permission: 'users', confirmed: true },
      params: IdInPath,
      response: { 200: Removed, ...errorReplies(401, 403, 404) },
      detail: {
        summary: 'Deletes all actions and plays that a user has brought by imports',
        tags: ['Users'],
        security: [{ bearer: [] }],
      },
    },
  )
}
