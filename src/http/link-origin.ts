import { createFromTrustedProxy } from './client-address'

type FromTrustedProxy = ReturnType<typeof createFromTrustedProxy>

/** How who asks sees this server: `http://…` or `https://…`, for links that are handed on. */
export type LinkOrigin = (...request: Parameters<FromTrustedProxy>) => string

/** The host is the one that was asked for; that TLS ends before us only a trusted proxy can say. */
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
