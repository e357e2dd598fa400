/** An account, by its name's key, and a place that it has logged in from. */
export type Familiarity = Readonly<{ account: string; place: string }>

const MOST_ACCOUNTS = 10_000
const MOST_PLACES = 64

export type FamiliarPlaces = ReturnType<typeof createFamiliarPlaces>

/**
 * From where each account has logged in: the last 64 places. `recall` tells, oldest first, of what was
 * before this started; it is asked when it first matters.
 */
export function createFamiliarPlaces(recall: () => Iterable<Familiarity>) {
  const places = new Map<string, Set<string>>()
  let recalled = false

  function remember({ account, place }: Familiarity): void {
    const known = places.get(account) ?? new Set()
    places.delete(account)
    places.set(account, known)
    known.delete(place)
    known.add(place)
    dropOldest(known, MOST_PLACES)
    dropOldest(places, MOST_ACCOUNTS)
  }

  return {
    remember,

    has({ account, place }: Familiarity): boolean {
      if (!recalled) {
        recalled = true
        for (const familiarity of recall()) remember(familiarity)
      }
      return places.get(account)?.has(place) ?? false
    },
  }
}

function dropOldest(
  kept: { size: number; keys(): Iterator<string>; delete(key: string): boolean },
  most: number,
): void {
  const { value, done } = kept.keys().next()
  if (kept.size > most && done !== true) kept.delete(value)
}
