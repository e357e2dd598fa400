import { AppError } from '../../errors'

export type MostSeats = Readonly<{
  inAll: number
  perUser: number
  perAddress: number
}>

export const MOST_SEATS: MostSeats = {
  inAll: 10_000,
  // A screen in each room is one user; and one user, or one address, leaves room for others.
  perUser: 6_000,
  perAddress: 8_000,
}

/** An open socket, as it is counted. */
export type Seat = { readonly address: string; userId?: number }

/** Seconds after which another try makes sense. */
const RETRY_AFTER_S = 10

export type Seats = ReturnType<typeof createSeats>

/** Counts the open sockets: of each user, from each address, and of all. */
export function createSeats(limits: MostSeats) {
  const users = createCounts<number>()
  const addresses = createCounts<string>()
  let all = 0

  return {
    /**
     * Whether one more socket may open; with a user it will be theirs from the start.
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

    /** Counts the socket as this user's; false when that is one too many, and it is not done. */
    give(seat: Seat, userId: number): boolean {
      if (seat.userId === userId) return true
      if (users.of(userId) >= limits.perUser) return false
      if (seat.userId !== undefined) users.remove(seat.userId)
      seat.userId = userId
      users.add(userId)
      return true
    },

    /** The socket has closed. */
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
