import { Elysia } from 'elysia'
import type { Auth } from '../../accounts/door/auth'
import type { Door } from '../../accounts/door/door'
import type { ClientAddress, RequestServer } from '../../http/client-address'
import { errorReplies } from '../../http/error-reply'
import type { Metrics } from './metrics'

export type MetricsRoutesOptions = {
  auth: Auth
  door: Door
  metrics: Metrics
  clientAddress: ClientAddress
}

/** By which proxies say that they ask for somebody else. */
const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']
const NEED = 'audit'

/** For a Prometheus on this machine, or one that has the API key of an admin. */
export const metricsRoutes = ({ auth, door, metrics, clientAddress }: MetricsRoutesOptions) =>
  new Elysia({ name: 'metrics.routes' }).use(auth).get(
    '/metrics',
    async ({ request, server }) => {
      if (!isFromHere(request, server, clientAddress)) await checkMayRead(door, request, server)
      const { text, contentType } = await metrics.render()
      const headers = { 'content-type': contentType, 'cache-control': 'no-store' }
      return new Response(text, { headers })
    },
    {
      checksItself: true,
      response: errorReplies(401, 403),
      detail: {
        summary: 'Metrics for Prometheus: for this machine itself, and for admins',
        tags: ['Health'],
        security: [{ bearer: [] }],
      },
    },
  )

/** Whether a program of this machine asks, and not for somebody else. */
function isFromHere(
  request: Request,
  server: RequestServer | null,
  clientAddress: ClientAddress,
): boolean {
  // A proxy on this machine, of which nobody has told us, asks for all the world.
  if (FORWARDING.some((name) => request.headers.has(name))) return false
  const address = clientAddress(request, server)
  return address === '::1' || address.startsWith('127.')
}

async function checkMayRead(
  { identityOf, roles }: Door,
  request: Request,
  server: RequestServer | null,
): Promise<void> {
  const { role } = await identityOf(request, server)
  roles.mustHave(role, NEED)
}
