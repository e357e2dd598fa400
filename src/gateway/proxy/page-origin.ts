import { fromOwnPage } from '../../accounts/door/credentials'

/** Whether a person opens a page with it, rather than a page its parts. */
export function isNavigation(request: Request): boolean {
  const { headers, method } = request
  if (method !== 'GET' && method !== 'HEAD') return false
  const [mode, destination] = [headers.get('sec-fetch-mode'), headers.get('sec-fetch-dest')]
  if (mode !== null || destination !== null)
    return mode === 'navigate' && (destination === null || destination === 'document')
  // Browsers send these two only over TLS and to this machine itself.
  return (headers.get('accept') ?? '').includes('text/html')
}

/**
 * Whether a page of our own is seen to have made the request. Stricter than `fromOwnPage`, for
 * addresses that act on a mere GET: a link on a foreign page carries the cookie and no `Origin`.
 */
export function askedByOwnPage(request: Request, allowedOrigins: readonly string[]): boolean {
  const { headers } = request
  if (headers.has('origin')) return fromOwnPage(request, allowedOrigins)
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  return hostOf(headers.get('referer')) === headers.get('host')?.toLowerCase()
}

function hostOf(url: string | null): string | undefined {
  return url !== null && URL.canParse(url) ? new URL(url).host : undefined
}
