import type { Clock } from '../../clock'
import { AppError } from '../../errors'
import { placeOf } from '../../http/network/client-address'

export type RegistrationLimits = Readonly<{
  /** Tries from one place at once, and the time after which one more is let in. */
  atOnce: number
  oneMoreAfterMs: number
  /** Places whose tries are remembered. */
  mostPlaces: number
}>

export const REGISTRATION_LIMITS: RegistrationLimits = {
  // A whole party may share one address, and comes within minutes.
  atOnce: 60,
  oneMoreAfterMs: 5_000,
  mostPlaces: 10_000,
}

export type RegistrationRate = ReturnType<typeof createRegistrationRate>
type RegistrationRateOptions = { clock: Clock; limits?: RegistrationLimits }

/** Limits how many accounts one place makes, and how many names it tries. */
export function createRegistrationRate({
  clock,
  limits: { atOnce, oneMoreAfterMs, mostPlaces } = REGISTRATION_LIMITS,
}: RegistrationRateOptions) {
  /** The time at which a place has all of its tries back. */
  const freeAt = new Map<string, number>()

  function dropFree(now: number): void {
    for (const [place, at] of freeAt) if (at <= now) freeAt.delete(place)
    // If that makes no room, the places that came first are forgotten.
    for (const place of freeAt.keys()) {
      if (freeAt.size < mostPlaces) return
      freeAt.delete(place)
    }
  }

  return {
    /** @throws {AppError} `too_many_requests` when that address has tried too often. */
    take(address: string | null): void {
      const place = placeOf(address ?? 'unknown')
      const now = clock.elapsed()
      const next = Math.max(freeAt.get(place) ?? now, now) + oneMoreAfterMs
      const waitMs = next - now - atOnce * oneMoreAfterMs
      if (waitMs > 0)
        throw new AppError(
          'too_many_requests',
          'Too many accounts are made from your address. Try again later.',
          Math.ceil(waitMs / 1000),
        )
      if (freeAt.size >= mostPlaces) dropFree(now)
      freeAt.set(place, next)
    },
  }
}
