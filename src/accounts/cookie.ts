const NAME = 'musakone'

/** The `Set-Cookie` that keeps a browser signed in; scripts cannot read it, other sites not send it. */
export function sessionCookie(token: string, maxAgeS: number): string {
  return `${NAME}=${token}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax`
}

/** The `Set-Cookie` that signs a browser out. */
export const clearedCookie = sessionCookie('', 0)

/** The token in a `Cookie` header. */
export function tokenInCookie(header: string | null): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === NAME && value !== undefined && value !== '') return value
  }
  return undefined
}
