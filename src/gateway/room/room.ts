import type { UserNames } from '../../accounts/users/user-names'
import type { Incognito } from '../../actions/incognito'
import type { Client } from '../sockets/client'
import type { Room } from './model'

/** The people who are here, each once however many screens they have; programs with a key do not count. */
export function roomOf(
  clients: Iterable<Pick<Client, 'identity' | 'connectedAt'>>,
  incognito: Pick<Incognito, 'isOn'>,
  nameOf: UserNames,
): Room {
  const people = new Map<number, Room['people'][number]>()
  for (const { identity, connectedAt } of clients) {
    if (identity === undefined || identity.kind === 'key') continue
    const { userId: id, role } = identity
    // The identity has the name of the time of signing in; the user may have another by now.
    const username = nameOf(id)?.username ?? identity.username
    const since = Math.floor(connectedAt / 1_000)
    people.set(id, { id, username, role, since: Math.min(since, people.get(id)?.since ?? since) })
  }
  const named = [...people.values()].filter(({ id }) => !incognito.isOn(id))
  return {
    people: named.sort((one, other) => one.since - other.since || one.id - other.id),
    unnamed: people.size - named.length,
  }
}
