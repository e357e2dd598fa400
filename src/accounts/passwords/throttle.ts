import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import { createFamiliarPlaces, type Familiarity } from '../log/familiar-places'
import { createTallies, type TalliesLimits, type Tally } from './tallies'

/** The tries that are counted together: those for an account at a place, at a place, and for an account. */
export type ThrottleScope = 'account_at_place' | 'place' | 'account'

export type ThrottleLimits = TalliesLimits &
  Readonly<{
    /** Wrong tries that nobody has to wait after. */
    free: Readonly<Record<ThrottleScope, number>>
    /** The wait after the last of these; it doubles with each try that follows, up to the longest. */
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

/** A try's place, and the account that it is for, by the key of a name that may not exist. */
export type Claim = Readonly<{ place: string; account?: string }>

/** Characters of a name's key that count: longer keys that begin alike share a tally. */
const LONGEST_ACCOUNT = 128

export type Throttle = ReturnType<typeof createThrottle>
type ThrottleOptions = {
  clock: Clock
  limits?: ThrottleLimits
  /** Called when a tally becomes locked; not again when its wait gets longer. */
  onLocked?: (scope: ThrottleScope, claim: Claim) => void
  /** The logins from before the program started, oldest first. */
  recall?: () => Iterable<Familiarity>
}

/**
 * Limits the guessing of passwords. Wrong tries are counted for each account at each place, for each place,
 * and for each account over all places; a lock of this last kind does not hold for places from which
 * somebody has logged in to the account before. A try counts from when it begins until it is seen to be
 * right, so that many at once gain nothing.
 */
export function createThrottle({
  clock,
  limits = THROTTLE_LIMITS,
  onLocked = () => {},
  recall = () => [],
}: ThrottleOptions) {
  const tallies = createTallies(limits)
  const familiar = createFamiliarPlaces(recall)

  /** @throws {AppError} `too_many_requests` while a tally is locked; then the try is not counted. */
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

  /** Whether a lock holds for the claim: guessers elsewhere keep no familiar place out of an account. */
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
     * Runs `check`, which gives undefined for a wrong password; only that counts as a wrong try, not an
     * error that it throws.
     * @throws {AppError} `too_many_requests`, without a check, while too many tries were wrong before.
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
