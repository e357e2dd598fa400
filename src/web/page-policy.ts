/** The Content-Security-Policy of the page, for the host that it came from; null where none is known. */
export function pagePolicy(host: string | null): string {
  // In older browsers `self` does not cover sockets. The guard has checked the host.
  const sockets = host === null ? '' : ` ws://${host} wss://${host}`
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' data:",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
