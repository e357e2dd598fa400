import { randomSecret } from '../../accounts/sessions/secret'
import type { Clock } from '../../clock'

/** Milliseconds for which a ticket holds. */
export const TICKET_MS = 30_000
/** Tickets at once; the oldest makes room. */
const MOST_TICKETS = 1_000
const TICKET_BYTES = 32

export type Tickets = ReturnType<typeof createTickets>

/**
 * Tickets that take a session to the web clients' host, where the browser does not send the page's cookie.
 * Each holds once and for 30 s.
 */
export function createTickets(clock: Clock) {
  const open = new Map<string, Readonly<{ token: string; endsAt: number }>>()

  return {
    /** A new ticket for the session of that token. */
    issue(token: string): string {
      const [oldest] = open.keys()
      if (open.size >= MOST_TICKETS && oldest !== undefined) open.delete(oldest)
      const ticket = randomSecret(TICKET_BYTES)
      open.set(ticket, { token, endsAt: clock.elapsed() + TICKET_MS })
      return ticket
    },

    /** The session's token; undefined when the ticket was used before, has ended, or never was. */
    redeem(ticket: string): string | undefined {
      const found = open.get(ticket)
      open.delete(ticket)
      return found !== undefined && clock.elapsed() < found.endsAt ? found.token : undefined
    },
  }
}
