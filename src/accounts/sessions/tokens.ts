import { jwt } from '@elysiajs/jwt'
import type { Clock } from '../../clock'

export type Tokens = ReturnType<typeof createTokens>

/** Makes and checks the JWTs that sessions are carried by: HS256, with a subject and an end. */
export function createTokens({ secret, clock }: { secret: string; clock: Clock }) {
  const { jwt: signer } = jwt({ name: 'jwt', secret, alg: 'HS256' }).decorator

  return {
    /** A new token for the user, valid until `expiresAt` (Unix seconds). */
    sign: (userId: number, expiresAt: number): Promise<string> =>
      // The random id makes two tokens of the same second different.
      signer.sign({ sub: String(userId), exp: expiresAt, jti: crypto.randomUUID() }),

    /** The user's id that a genuine, unexpired token carries, or undefined. */
    async verify(token: string): Promise<number | undefined> {
      const claims = await signer.verify(token, {
        algorithms: ['HS256'],
        requiredClaims: ['exp', 'sub'],
        currentDate: new Date(clock.now()),
      })
      if (claims === false || !/^[1-9][0-9]*$/.test(String(claims.sub))) return undefined
      return Number(claims.sub)
    },
  }
}

/** The SHA-256 of a token, in hexadecimal: all that the database holds of it. */
export function hashOf(token: string): string {
  return new Bun.CryptoHasher('sha256').update(token).digest('hex')
}
