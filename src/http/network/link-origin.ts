import { createFromTrustedProxy, type FromTrustedProxy } from './client-address'

/** The origin, `http://…` or `https://…`, at which a client has reached this server: links begin with it. */
export type LinkOrigin = (...request: Parameters<FromTrustedProxy>) => string

/** Takes the host from the request; only a trusted proxy is believed that the client came over TLS. */
export function createLinkOrigin(trustedProxies: readonly string[]): LinkOrigin {
  const fromTrustedProxy = createFromTrustedProxy(trustedProxies)

  return (request, server) => {
    const url = new URL(request.url)
    const host = request.headers.get('host') ?? url.host
    const said = request.headers.get('x-forwarded-proto')?.split(',')[0]?.trim().toLowerCase()
    const overTls = said === 'https' && fromTrustedProxy(request, server)
    return new URL(`${overTls ? 'https:' : url.protocol}//${host}`).origin
  }
}
