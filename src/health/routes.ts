import { Elysia } from 'elysia'
import { PUBLIC } from '../accounts/door/auth'
import { errorReplies } from '../http/error-reply'
import type { HealthCheck } from './health'
import { Health } from './model'

const documented = (summary: string) => ({
  response: { 200: Health, ...errorReplies(503) },
  detail: { ...PUBLIC, summary, tags: ['Health'] },
})

/** `/health`, for probes, without authentication. */
export const healthRoutes = (health: HealthCheck) =>
  new Elysia({ name: 'health.routes' })
    .get('/health', () => health.check(), documented('How the service is'))
    .get('/api/health', () => health.check(), documented('The same as /health'))
