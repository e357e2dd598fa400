import { createHash, createHmac } from 'node:crypto'
import { TEST_SECRET } from '../../support/test-musakone'
import { withRows } from '../../support/user-rows'

const DIGEST = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' } as const

type Forgery = {
  claims: Record<string, unknown>
  /** Of the header; without a digest of that name the signature is empty. */
  alg?: string
  header?: Record<string, unknown>
  secret?: string
}

/** A JWT made by hand, as an attacker would; with the server's own secret unless told otherwise. */
export function forgedToken({
  claims,
  alg = 'HS256',
  header = {},
  secret = TEST_SECRET,
}: Forgery): string {
  const signed = `${encode({ alg, typ: 'JWT', ...header })}.${encode(claims)}`
  const digest = DIGEST[alg as keyof typeof DIGEST]
  const signature =
    digest === undefined ? '' : createHmac(digest, secret).update(signed).digest('base64url')
  return `${signed}.${signature}`
}

/** The claims in a token. */
export function claimsIn(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

/** The token with another payload under the old signature. */
export function withClaims(token: string, claims: Record<string, unknown>): string {
  const [header, , signature] = token.split('.')
  return `${header}.${encode(claims)}.${signature}`
}

/**
 * Writes a session of the token into the database, so that only what is wrong with the token itself
 * can be the reason to refuse it.
 */
export function plantSession(databasePath: string, token: string, userId = 1): void {
  const tokenHash = createHash('sha256').update(token).digest('hex')
  withRows(databasePath, (rows) =>
    rows
      .query<unknown, Record<string, string | number>>(
        `INSERT INTO sessions (user_id, token_hash, expires_at, created_at, last_seen)
         VALUES ($userId, $tokenHash, 99999999999, 0, 0)`,
      )
      .run({ userId, tokenHash }),
  )
}

function encode(part: Record<string, unknown>): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
