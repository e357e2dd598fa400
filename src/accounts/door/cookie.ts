const NAME = 'musakone'

/**
 * The `Set-Cookie` that keeps a browser signed in; scripts cannot read it, and other
 * sites not make it be sent. `expiresAt` in Unix seconds.
 */
export function sessionCookie(token: string, expiresAt: number): string {
  const expires = new Date(expiresAt * 1000).toUTCString()
  return `${NAME}=${token}; Path=/; Expires=${expires}; HttpOnly; SameSite=Lax`
}

/** The `Set-Cookie` that signs a browser out. */
export const clearedCookie = sessionCookie('', 0)

/** The same `Set-Cookie`, for a browser that came over TLS: it sends it over nothing else. */
export function overTlsOnly(setCookie: string): string {
  return `${setCookie}; Secure`
}

/** The token in a `Cookie` header. */
export function tokenInCookie(header: string | null): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, ...rest] = pair.trim().split('=')
    // A value may hold further equals signs.
    const value = rest.join('=')
    if (name === NAME && value !== '') return value
  }
  return undefined
}

/** A `Cookie` header without the session, for those whom it does not concern; null when all is gone. */
export function withoutSession(header: string): string | null {
  const others = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '' && !namesSession(pair))
  return others.length === 0 ? null : others.join('; ')
}

/** Whether a pair of a `Cookie` header, or a whole `Set-Cookie`, is that of the session. */
export function namesSession(pair: string): boolean {
  return pair.split(/[=;]/)[0]?.trim().toLowerCase() === NAME
}
