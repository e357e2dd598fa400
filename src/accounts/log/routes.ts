import { Elysia } from 'elysia'
import { errorReplies } from '../../http/error-reply'
import type { Auth } from '../door/auth'
import { Audit, AuditQuery } from './model'

export type AuditRoutesOptions = { auth: Auth; audit: (query: AuditQuery) => Audit }

/** What was noted of the door. */
export const auditRoutes = ({ auth, audit }: AuditRoutesOptions) =>
  new Elysia({ name: 'audit.routes', prefix: '/api' })
    .use(auth)
    .get('/audit', ({ query }) => audit(query), {
      needs: 'audit',
      query: AuditQuery,
      response: { 200: Audit, ...errorReplies(400, 401, 403) },
      detail: {
        summary: 'Who came in, who was kept out, who changed whom; newest first',
        tags: ['Accounts'],
        security: [{ bearer: [] }],
      },
    })
