import { Elysia } from 'elysia'
import { type Auth, CHECKS_ITSELF } from '../../accounts/door/auth'
import { errorReplies } from '../../http/error-reply'
import type { ProxyRequestOptions, ReverseProxy } from './reverse-proxy'
import { WebClientList } from './web-clients'

/** The list of web clients. */
export const webClientRoutes = (auth: Auth, proxy: ReverseProxy) =>
  new Elysia({ name: 'web-clients.routes', prefix: '/api' })
    .use(auth)
    .get('/clients', async () => ({ clients: await proxy.webClients() }), {
      signedIn: true,
      response: { 200: WebClientList, ...errorReplies(401, 503) },
      detail: {
        summary: 'The web clients that this Mopidy offers',
        tags: ['Web clients'],
        security: [{ bearer: [] }],
      },
    })

type ProxyRoutesOptions = ProxyRequestOptions & { proxy: ReverseProxy }

/** Answers every address that no other route does: Mopidy's web clients, or 404. */
export const proxyRoutes = ({ proxy, ...options }: ProxyRoutesOptions) =>
  new Elysia({ name: 'proxy.routes' }).all(
    '/*',
    async ({ request, server, set }) => {
      try {
        const response = await proxy.handle(request, server, options)
        const { vary } = set.headers
        // The Response's own header would replace the one in `set`.
        if (response !== undefined && vary !== undefined)
          response.headers.append('vary', String(vary))
        return response
      } catch (error) {
        // Otherwise the service worker of a web client may keep the error.
        set.headers['cache-control'] = 'no-store'
        throw error
      }
    },
    // Bodies pass to Mopidy unread.
    { parse: 'none', detail: { ...CHECKS_ITSELF, hide: true } },
  )
