import type { Client } from './client'

export type MostStrangers = Readonly<{ perAddress: number; inAll: number }>

export type Strangers = ReturnType<typeof createStrangers>
type StrangersOptions = {
  limits: MostStrangers
  /** Called for a client that has to make room for a newer one. */
  onCrowdedOut: (client: Client) => void
}

/**
 * The clients that have not signed in. Each may hold a partial frame of the greatest size, which nobody
 * can see before it is complete: so there are few, and the oldest makes room.
 */
export function createStrangers({ limits, onCrowdedOut }: StrangersOptions) {
  // In the order in which they came.
  const strangers = new Set<Client>()

  function oldest(address?: string): Client | undefined {
    for (const client of strangers)
      if (address === undefined || client.seat.address === address) return client
    return undefined
  }

  function countFrom(address: string): number {
    let count = 0
    for (const { seat } of strangers) if (seat.address === address) count += 1
    return count
  }

  return {
    add(client: Client): void {
      const { address } = client.seat
      const isCrowd = countFrom(address) >= limits.perAddress
      const first =
        isCrowd || strangers.size >= limits.inAll
          ? oldest(isCrowd ? address : undefined)
          : undefined
      strangers.add(client)
      if (first === undefined) return
      strangers.delete(first)
      onCrowdedOut(first)
    },

    /** To be called for a client that has signed in, or is gone. */
    remove: (client: Client): void => void strangers.delete(client),
  }
}
