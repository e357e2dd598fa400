import { overTlsOnly } from '../accounts/door/cookie'

type SetHeaders = Record<string, string | number | string[] | undefined>

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  // For replies that are no page: if a browser shows one as a page, that can do nothing. Pages set their own.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

const OF_API = {
  ...ALWAYS,
  'cache-control': 'no-store',
  // Pages at other ports of this host are of the same site: they could load replies as scripts or pictures.
  'cross-origin-resource-policy': 'same-origin',
}

/** The headers of every reply, unless it sets its own. */
export function securityHeaders(request: Request): Record<string, string> {
  // Replies of the API hold tokens and people's history: no cache on the way may keep them.
  return isOfApi(request) ? OF_API : ALWAYS
}

/** Makes cookies that are set in a reply over TLS for use over TLS only. */
export function secureCookies(headers: SetHeaders): void {
  const cookies = headers['set-cookie']
  if (typeof cookies === 'string') headers['set-cookie'] = overTlsOnly(cookies)
  else if (Array.isArray(cookies)) headers['set-cookie'] = cookies.map(overTlsOnly)
}

function isOfApi({ url }: Request): boolean {
  return /^(https?:\/\/[^/]+)?\/api(\/|\?|$)/i.test(url)
}
