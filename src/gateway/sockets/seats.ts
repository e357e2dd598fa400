import { AppError } from '../../errors'
import { BUDGETS } from '../relay/budgets'

export type MostSeats = Readonly<{
  inAll: number
  perUser: number
  perAddress: number
}>

export const MOST_SEATS: MostSeats = {
  inAll: BUDGETS.sockets.all,
  perUser: BUDGETS.sockets.person,
  perAddress: BUDGETS.sockets.address,
}

/** All the guests of one invite have so many times the seats of one user. */
const USERS_AN_INVITE = BUDGETS.sockets.invite / BUDGETS.sockets.person

/** For whom a socket is open. */
type Person = Readonly<{ userId: number; inviteId: number | null }>

/** One open socket in the counts. */
export type Seat = { readonly address: string; person?: Person }

/** Seconds for the Retry-After of a refusal. */
const RETRY_AFTER_S = 10

export type Seats = ReturnType<typeof createSeats>

/** Counts the open sockets: of each user, of the guests of each invite, from each address, and of all. */
export function createSeats(limits: MostSeats) {
  const users = createCounts<number>()
  const invites = createCounts<number | null>()
  const addresses = createCounts<string>()
  let all = 0

  function isFull({ userId, inviteId }: Person): boolean {
    if (users.of(userId) >= limits.perUser) return true
    return inviteId !== null && invites.of(inviteId) >= limits.perUser * USERS_AN_INVITE
  }

  function count({ userId, inviteId }: Person): void {
    users.add(userId)
    if (inviteId !== null) invites.add(inviteId)
  }

  function uncount({ userId, inviteId }: Person): void {
    users.remove(userId)
    if (inviteId !== null) invites.remove(inviteId)
  }

  return {
    /**
     * Checks that one more socket may open, from that address and, where it is known, for that user.
     * @throws {AppError} `unavailable` when there are too many, `too_many_requests` when this user or
     * this address has too many.
     */
    check(address: string, person?: Person): void {
      if (all >= limits.inAll)
        throw new AppError('unavailable', 'Too many connections are open.', RETRY_AFTER_S)
      if (person !== undefined && isFull(person)) throw tooMany('yours')
      if (addresses.of(address) >= limits.perAddress) throw tooMany('your address')
    },

    /** Counts a socket that has opened. */
    take(address: string): Seat {
      all += 1
      addresses.add(address)
      return { address }
    },

    /** Counts the socket as the user's; false, and not counted, when the user has too many. */
    give(seat: Seat, { userId, inviteId }: Person): boolean {
      if (seat.person?.userId === userId) return true
      const person = { userId, inviteId }
      if (isFull(person)) return false
      if (seat.person !== undefined) uncount(seat.person)
      seat.person = person
      count(person)
      return true
    },

    /** Counts the socket as closed. */
    leave({ address, person }: Seat): void {
      all -= 1
      addresses.remove(address)
      if (person !== undefined) uncount(person)
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
