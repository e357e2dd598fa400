import { AppError } from '../../errors'

export type MostSeats = Readonly<{
  inAll: number
  perUser: number
  perAddress: number
}>

export const MOST_SEATS: MostSeats = {
  inAll: 10_000,
  // Many wall screens may be one user. Neither a user nor an address can take all the seats.
  perUser: 6_000,
  perAddress: 8_000,
}

/** One open socket in the counts. */
export type Seat = { readonly address: string; userId?: number }

/** Seconds for the Retry-After of a refusal. */
const RETRY_AFTER_S = 10

export type Seats = ReturnType<typeof createSeats>

/** Counts the open sockets: of each user, from each address, and of all. */
export function createSeats(limits: MostSeats) {
  const users = createCounts<number>()
  const addresses = createCounts<string>()
  let all = 0

  return {
    /**
     * Checks that one more socket may open, from that address and, where it is known, for that user.
     * @throws {AppError} `unavailable` when there are too many, `too_many_requests` when this user or
     * this address has too many.
     */
    check(address: string, userId?: number): void {
      if (all >= limits.inAll)
        throw new AppError('unavailable', 'Too many connections are open.', RETRY_AFTER_S)
      const ofUser = userId === undefined ? 0 : users.of(userId)
      if (ofUser >= limits.perUser) throw tooMany('yours')
      if (addresses.of(address) >= limits.perAddress) throw tooMany('your address')
    },

    /** Counts a socket that has opened. */
    take(address: string): Seat {
      all += 1
      addresses.add(address)
      return { address }
    },

    /** Counts the socket as the user's; false, and not counted, when the user has too many. */
    give(seat: Seat, userId: number): boolean {
      if (seat.userId === userId) return true
      if (users.of(userId) >= limits.perUser) return false
      if (seat.userId !== undefined) users.remove(seat.userId)
      seat.userId = userId
      users.add(userId)
      return true
    },

    /** Counts the socket as closed. */
    leave({ address, userId }: Seat): void {
      all -= 1
      addresses.remove(address)
      if (userId !== undefined) users.remove(userId)
    },

    /** The number of open sockets. */
    taken: (): number => all,
  }
}

function createCounts<Key>() {
  const counts = new Map<Key, number>()
  const of = (key: Key) => counts.get(key) ?? 0
  return {
    of,
    add: (key: Key): void => void counts.set(key, of(key) + 1),
    remove(key: Key): void {
      if (of(key) > 1) counts.set(key, of(key) - 1)
      else counts.delete(key)
    },
  }
}

const tooMany = (whose: string) =>
  new AppError('too_many_requests', `Too many connections of ${whose} are open.`, RETRY_AFTER_S)
