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
