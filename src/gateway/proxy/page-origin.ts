import { fromOwnPage } from '../../accounts/door/credentials'

/** Whether the request opens a page, rather than fetching a part of one that is open. */
export function isNavigation(request: Request): boolean {
  const { headers, method } = request
  if (method !== 'GET' && method !== 'HEAD') return false
  const [mode, destination] = [headers.get('sec-fetch-mode'), headers.get('sec-fetch-dest')]
  if (mode !== null || destination !== null)
    return mode === 'navigate' && (destination === null || destination === 'document')
  // Browsers send the `Sec-Fetch-…` headers only over TLS and to the machine that they run on.
  return (headers.get('accept') ?? '').includes('text/html')
}

/**
 * Whether the headers show that a page of our own made the request. It is stricter than `fromOwnPage`,
 * for addresses that act on a mere GET: a link on a foreign page sends the cookie and no `Origin`.
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
