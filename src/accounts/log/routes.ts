import { Elysia } from 'elysia'
import { errorReplies } from '../../http/error-reply'
import type { Accounts } from '../accounts'
import { auth } from '../door/auth'
import { Audit, AuditQuery } from './model'

/** What was noted of the door. */
export const auditRoutes = (accounts: Accounts) =>
  new Elysia({ name: 'audit.routes', prefix: '/api' })
    .use(auth(accounts))
    .get('/audit', ({ query }) => accounts.audit(query), {
      needs: 'audit',
      query: AuditQuery,
      response: { 200: Audit, ...errorReplies(400, 401, 403) },
      detail: {
        summary: 'Who came in, who was kept out, who changed whom; newest first',
        tags: ['Accounts'],
        security: [{ bearer: [] }],
      },
    })
