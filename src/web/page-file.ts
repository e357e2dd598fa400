const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  // Its script sends the forms; without it nothing must.
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A file of a page of our own, which may load and ask nothing but this server. */
export function pageFile(text: string, type: string): Response {
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'referrer-policy': 'same-origin',
    'cache-control': 'no-cache',
  }
  return new Response(text, { headers })
}
