import { Elysia } from 'elysia'
import type { Auth } from '../../accounts/door/auth'
import { errorReplies } from '../../http/error-reply'
import type { Metrics } from './metrics'

/** `/metrics`, for whoever has `see.metrics`: admins, and API keys of a role that was given it. */
export const metricsRoutes = (auth: Auth, metrics: Metrics) =>
  new Elysia({ name: 'metrics.routes' }).use(auth).get(
    '/metrics',
    async () => {
      const { text, contentType } = await metrics.render()
      const headers = { 'content-type': contentType, 'cache-control': 'no-store' }
      return new Response(text, { headers })
    },
    {
      needs: 'see.metrics',
      response: errorReplies(401, 403),
      detail: {
        summary: 'Metrics for Prometheus',
        tags: ['Health'],
        security: [{ bearer: [] }],
      },
    },
  )
