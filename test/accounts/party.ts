import { join } from 'node:path'
import type { Invite } from '../../src/accounts/invites/model'
import type { Login } from '../../src/accounts/model'
import { temporaryFolder } from '../support/executable'
import {
  startTestMusakone,
  type TestMusakone,
  type TestMusakoneOptions,
} from '../support/test-musakone'

export type Party = Awaited<ReturnType<typeof startParty>>

/** A program whose admin invites people, with its database in a file. */
export async function startParty(options: TestMusakoneOptions = {}) {
  const databasePath = options.databasePath ?? join(temporaryFolder(), 'musakone.db')
  const musakone = await startTestMusakone({ registration: 'invite', ...options, databasePath })
  const token = await musakone.logIn()
  return { musakone, databasePath, token, ...guestsOf(musakone, token) }
}

/** Inviting with that token, and coming by the invites. */
export function guestsOf(musakone: TestMusakone, token: string) {
  const register = (json: unknown) => musakone.request('/api/auth/register', { json })
  return {
    /** Makes an invite; for guests if nothing else is said. */
    async invite(json: Record<string, unknown> = {}): Promise<Required<Invite>> {
      const body = { role: 'guest', ...json }
      const response = await musakone.request('/api/invites', { token, json: body })
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
      return (await response.json()) as Required<Invite>
    },

    /** Ends an invite. */
    end: (id: number): Promise<Response> =>
      musakone.request(`/api/invites/${id}`, { token, method: 'DELETE' }),

    register,

    /** Comes in by a code; fails when that is refused. */
    async join(invite: string, username: string, more: object = {}): Promise<Login> {
      const response = await register({ username, invite, ...more })
      if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`)
      return (await response.json()) as Login
    },
  }
}
