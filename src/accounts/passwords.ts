import { AppError } from '../errors'

// OWASP's first recommendation for argon2id: 19 MiB, two passes; about 24 ms on a desktop core.
const ARGON2 = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const

// Hashing shares a small thread pool with file reads, so it is kept to two at a time; who would
// have to wait behind more than this many others is asked to come back.
const MOST_AT_ONCE = 2
const MOST_WAITING = 64
const RETRY_AFTER_S = 2

// Of a random password that nobody kept. Checked in place of an unknown user's hash, so that both take
// the same time.
const DUMMY_HASH =
  '$argon2id$v=19$m=19456,t=2,p=1$esV+bsXZlTawXkW7SbyUl2PuzpHavPtLRDrR7yEy32s$J1Ld/uTgn8rN6iNKDlhot42Tc6c6PqfGlPj/azSo39Q'

/** The longest password that is hashed at all, in characters; longer ones are simply wrong. */
const LONGEST = 256

export type Passwords = ReturnType<typeof createPasswords>

/** Hashes and checks passwords, two at a time. */
export function createPasswords() {
  let running = 0
  const waiting: (() => void)[] = []

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= MOST_AT_ONCE) {
      if (waiting.length >= MOST_WAITING)
        throw new AppError('too_many_requests', 'Too many logins at once.', RETRY_AFTER_S)
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      // The place passes straight to the next in line.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }

  return {
    hash: (password: string): Promise<string> => inTurn(() => hash(password)),

    /** Whether the password fits; an absent or malformed hash is a wrong password, never an error. */
    verify: (password: string, storedHash: string | undefined): Promise<boolean> =>
      inTurn(async () => {
        const usable = password.length > 0 && password.length <= LONGEST
        const fits = await matches(usable ? password : '-', storedHash ?? DUMMY_HASH)
        return fits && usable && storedHash !== undefined
      }),
  }
}

function hash(password: string): Promise<string> {
  return Bun.password.hash(password, ARGON2)
}

async function matches(password: string, storedHash: string): Promise<boolean> {
  try {
    return await Bun.password.verify(password, storedHash)
  } catch {
    return false
  }
}
