const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  // The page's script sends its forms; without the script nothing may be sent.
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A file of the login or join page, with a policy that lets it load and ask only this server. */
export function pageFile(text: string, type: string): Response {
  const headers = {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'referrer-policy': 'same-origin',
    'cache-control': 'no-cache',
  }
  return new Response(text, { headers })
}
