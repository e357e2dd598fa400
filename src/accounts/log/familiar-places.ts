/** An account, by the key of its name, and a place from which somebody has logged in to it. */
export type Familiarity = Readonly<{ account: string; place: string }>

const MOST_ACCOUNTS = 10_000
const MOST_PLACES = 64

/**
 * Remembers the last 64 places from which each account was logged in to. `recall` gives the logins from
 * before the program started, oldest first; it is called once, at the first question.
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
        for (const familiarity of recall()) remember(familiarity)
        recalled = true
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
