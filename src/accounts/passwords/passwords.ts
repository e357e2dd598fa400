import { availableParallelism } from 'node:os'
import { createFairQueue, type FairQueueLimits } from './fair-queue'
import { lowerHashingThreads } from './hashing-threads'

/** What argon2id spends on a hash: KiB of memory, and passes over it. */
export type HashingCost = Readonly<{ memoryCost: number; timeCost: number }>

// OWASP's first recommendation for argon2id: 19 MiB, two passes; about 24 ms on a desktop core.
export const HASHING_COST: HashingCost = { memoryCost: 19_456, timeCost: 2 }

// The salt and hash of a random password that nobody kept.
const DUMMY_SALT_AND_HASH =
  'esV+bsXZlTawXkW7SbyUl2PuzpHavPtLRDrR7yEy32s$J1Ld/uTgn8rN6iNKDlhot42Tc6c6PqfGlPj/azSo39Q'

/** The longest password that is hashed at all, in UTF-16 units: 256 characters of two each. */
const LONGEST = 512

// Hashing shares a small thread pool with file reads, and the cores with what serves the sockets: where
// there are no more than two, the sockets keep one.
export const HASHING_LIMITS: FairQueueLimits = {
  mostAtOnce: availableParallelism() > 2 ? 2 : 1,
  mostWaiting: 64,
}

/** A hash by argon2 or bcrypt that is complete; Bun may still refuse its numbers. */
const WHOLE_HASH =
  /^\$argon2(id?|d)\$v=\d+\$m=\d+,t=\d+,p=\d+\$[\w+/]+\$[\w+/]+$|^\$2[aby]\$\d\d\$[\w./]{53}$/

/** The place of the program's own hashing, as at the first start. */
const THIS_BOX = 'this box'

export type Passwords = ReturnType<typeof createPasswords>

/**
 * Hashes and checks passwords, a few at a time. `place` is where the request comes from: places take turns,
 * so that none waits for all the requests of another.
 */
export function createPasswords({ limits = HASHING_LIMITS, cost = HASHING_COST } = {}) {
  const current = `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=1$`
  // Checked in place of an unknown user's hash, so that both take the same time.
  const dummyHash = current + DUMMY_SALT_AND_HASH
  const queue = createFairQueue(limits)

  return {
    /** @throws {AppError} `too_many_requests` when too many wait. */
    hash: (password: string, place = THIS_BOX): Promise<string> =>
      queue.run(place, () =>
        onPool(Bun.password.hash(password, { algorithm: 'argon2id', ...cost })),
      ),

    /**
     * Whether the password fits; an absent, empty or malformed hash is a wrong password, never an
     * error, and takes as long as any other.
     * @throws {AppError} `too_many_requests` when too many wait.
     */
    verify: (password: string, storedHash: string | undefined, place = THIS_BOX) =>
      queue.run(place, async () => {
        const usable = password.length > 0 && password.length <= LONGEST
        // A damaged hash is replaced beforehand: to be refused by Bun first would take longer, and show.
        const isWhole = storedHash !== undefined && WHOLE_HASH.test(storedHash)
        const fits = await matches(usable ? password : '-', isWhole ? storedHash : dummyHash)
        return fits && usable && isWhole
      }),

    /** Whether a good hash was made at other costs than new ones are. */
    isOutdated: (storedHash: string): boolean => !storedHash.startsWith(current),

    /** How many are hashed now, and how many wait. */
    load: queue.load,
  }

  async function matches(password: string, storedHash: string): Promise<boolean> {
    try {
      return await onPool(Bun.password.verify(password, storedHash))
    } catch {
      // Bun refuses a malformed hash before any hashing, and the shorter time would show.
      await onPool(Bun.password.verify(password, dummyHash))
      return false
    }
  }
}

function onPool<T>(hashing: Promise<T>): Promise<T> {
  lowerHashingThreads()
  return hashing
}
