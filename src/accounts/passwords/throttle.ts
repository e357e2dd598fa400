import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import { createFamiliarPlaces, type Familiarity } from '../log/familiar-places'
import { createTallies, type TalliesLimits, type Tally } from './tallies'

/** Whose wrong tries are counted together. */
export type ThrottleScope = 'account_at_place' | 'place' | 'account'

export type ThrottleLimits = TalliesLimits &
  Readonly<{
    /** Wrong tries that nobody has to wait after. */
    free: Readonly<Record<ThrottleScope, number>>
    /** After the last of these; doubles with each try that follows, up to the longest. */
    firstWaitMs: number
    longestWaitMs: number
  }>

export const THROTTLE_LIMITS: ThrottleLimits = {
  free: { account_at_place: 5, place: 20, account: 100 },
  firstWaitMs: 1_000,
  longestWaitMs: 15 * 60_000,
  forgetAfterMs: 60 * 60_000,
  mostTallies: 50_000,
}

/** Who tries: from which place, and for which account, by its name's key, whether it exists or not. */
export type Claim = Readonly<{ place: string; account?: string }>

/** Of a name's key; longer ones share a tally with what begins alike. */
const LONGEST_ACCOUNT = 128

export type Throttle = ReturnType<typeof createThrottle>
export type ThrottleOptions = {
  clock: Clock
  limits?: ThrottleLimits
  /** Told when somebody has to wait from now on; not again when the wait gets longer. */
  onLocked?: (scope: ThrottleScope, claim: Claim) => void
  /** Logins from before this started, oldest first. */
  recall?: () => Iterable<Familiarity>
}

/**
 * Limits guessing, whatever is guessed. Wrong tries are counted for each account at each place, for
 * each place, and for each account over all places; this last does not hold places that have logged in
 * to the account before. A try counts from when it begins, until it is seen to be right: many at once
 * gain nothing.
 */
export function createThrottle({
  clock,
  limits = THROTTLE_LIMITS,
  onLocked = () => {},
  recall = () => [],
}: ThrottleOptions) {
  const tallies = createTallies(limits)
  const familiar = createFamiliarPlaces(recall)

  /** @throws {AppError} `too_many_requests` while one of them is locked; then nothing is counted. */
  function begin(claim: Claim): Count[] {
    const now = clock.elapsed()
    const kept = scopesOf(claim).map(({ scope, key }) => {
      const tally = tallies.find(key, now) ?? { count: 0, opensAt: 0, lastAt: now }
      return { scope, key, tally, opensBefore: tally.opensAt }
    })
    const locked = kept.filter(({ scope, tally }) => tally.opensAt > now && holds(scope, claim))
    if (locked.length > 0)
      throw tooManyTries(Math.max(...locked.map(({ tally }) => tally.opensAt - now)))
    return kept.map((one) => count(one, now))
  }

  function scopesOf({ place, account }: Claim): { scope: ThrottleScope; key: string }[] {
    const atPlace = { scope: 'place', key: `p ${place}` } as const
    if (account === undefined) return [atPlace]
    const both = { scope: 'account_at_place', key: `b ${place} ${account}` } as const
    const everywhere = { scope: 'account', key: `a ${account}` } as const
    return [both, atPlace, everywhere]
  }

  /** Others elsewhere do not keep somebody out of an account that they come to from where they do. */
  function holds(scope: ThrottleScope, { place, account }: Claim): boolean {
    return scope !== 'account' || account === undefined || !familiar.has({ place, account })
  }

  function count(counted: Omit<Count, 'isLock'>, now: number): Count {
    const { scope, key, tally } = counted
    const over = tally.count + 1 - limits.free[scope]
    tally.count += 1
    tally.lastAt = now
    if (over >= 0)
      tally.opensAt = now + Math.min(limits.firstWaitMs * 2 ** over, limits.longestWaitMs)
    tallies.keep(key, tally, { isLocked: over >= 0 })
    return { ...counted, opensNow: tally.opensAt, isLock: over === 0 }
  }

  function takeBack(counts: readonly Count[]): void {
    for (const { key, tally, opensBefore, opensNow } of counts) {
      tally.count -= 1
      // Unless another try has been counted since.
      if (tally.opensAt === opensNow) tally.opensAt = opensBefore
      if (tally.count === 0) tallies.remove(key, tally)
    }
  }

  return {
    /**
     * Runs a check that gives undefined when what it checks is wrong; that counts. What it throws says
     * nothing of right and wrong, and does not.
     * @throws {AppError} `too_many_requests`, without a check, while too much was wrong before.
     */
    async attempt<T>(claim: Claim, check: () => Promise<T | undefined>): Promise<T | undefined> {
      const { place } = claim
      const account = claim.account?.slice(0, LONGEST_ACCOUNT)
      const bounded: Claim = { place, ...(account !== undefined && { account }) }
      const counts = begin(bounded)
      let result: T | undefined
      try {
        result = await check()
      } catch (error) {
        takeBack(counts)
        throw error
      }
      if (result === undefined) {
        for (const { scope, isLock } of counts) if (isLock) onLocked(scope, bounded)
        return undefined
      }
      takeBack(counts)
      if (account !== undefined) {
        tallies.remove(`b ${place} ${account}`)
        familiar.remember({ place, account })
      }
      return result
    },

    /** How many tallies are kept. */
    size: tallies.size,
  }
}

/** What a try has added to a tally. */
type Count = {
  scope: ThrottleScope
  key: string
  tally: Tally
  opensBefore: number
  opensNow?: number
  /** Whether this is the try that locks it. */
  isLock: boolean
}

function tooManyTries(waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000)
  return new AppError('too_many_requests', 'Too many wrong tries: wait a while.', seconds)
}
