import { readFileSync } from 'node:fs'
import type { Environment } from './environment'

/**
 * The secret that signs tokens; undefined only in development, where none need be given. Adds a sentence to
 * `problems` for each fault, without the secret itself.
 */
export function readSecret(environment: Environment, production: boolean, problems: string[]) {
  const { JWT_SECRET: direct, JWT_SECRET_FILE: file } = environment
  if (direct !== undefined && file !== undefined)
    problems.push('JWT_SECRET and JWT_SECRET_FILE are both set: keep one')
  const secret = direct ?? (file === undefined ? undefined : readSecretFile(file, problems))
  const name = direct === undefined && file !== undefined ? 'JWT_SECRET_FILE' : 'JWT_SECRET'
  const hint = 'make one with: openssl rand -base64 48'
  if (!production) {
    if (secret === '') problems.push(`${name} is empty; ${hint}`)
    return secret
  }
  if (secret === undefined) {
    if (file === undefined)
      problems.push(`JWT_SECRET or JWT_SECRET_FILE is required in ${named(environment)}; ${hint}`)
  } else if (Buffer.byteLength(secret) < 32)
    problems.push(`${name} must have 32 bytes or more; ${hint}`)
  else if (EXAMPLE_SECRET.test(secret) || isRepetition(secret))
    problems.push(`${name} is an example value that anyone can guess; ${hint}`)
  return secret
}

const named = ({ NODE_ENV }: Environment): string =>
  NODE_ENV === undefined ? 'production, which it is without NODE_ENV' : 'production'

// Values from documentation, compose files and tutorials.
const EXAMPLE_SECRET =
  /change|your[-_ ]|example|placeholder|replace|(super|string|jwt)[-_ ]?secret|secret[-_ ]?key|do[-_ ]?not[-_ ]?use/i

/** Whether the secret has under 8 different characters, or repeats a shorter text. */
function isRepetition(secret: string): boolean {
  if (new Set(secret).size < 8) return true
  for (let period = 8; period <= secret.length / 2; period += 1)
    if (secret.startsWith(secret.slice(period))) return true
  return false
}

function readSecretFile(file: string, problems: string[]): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    problems.push(`JWT_SECRET_FILE cannot be read: ${file}`)
    return undefined
  }
}
