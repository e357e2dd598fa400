import { Elysia } from 'elysia'
import type { Auth } from '../../accounts/door/auth'
import type { Door } from '../../accounts/door/door'
import type { ClientAddress, RequestServer } from '../../http/client-address'
import { errorReplies } from '../../http/error-reply'
import type { Metrics } from './metrics'

type MetricsRoutesOptions = {
  auth: Auth
  door: Door
  metrics: Metrics
  clientAddress: ClientAddress
}

/** The headers by which a proxy says that it forwards a request. */
const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']
const NEED = 'audit'

/** `/metrics`, for programs on this machine and for admins, also by API key. */
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

/** Whether the request comes from a program on this machine, and was not forwarded. */
function isFromHere(
  request: Request,
  server: RequestServer | null,
  clientAddress: ClientAddress,
): boolean {
  // A proxy on this machine that TRUSTED_PROXIES does not name forwards requests from anywhere.
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
