import { join } from 'node:path'
import type { Role } from '../../../src/accounts/roles/role'
import { temporaryFolder } from '../../support/executable'
import {
  startTestMusakone,
  type TestMusakone,
  type TestMusakoneOptions,
} from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'
import { startWebMopidy, type WebMopidy } from './web-mopidy'

export type Tokens = Record<Role, string>
export type WebStage = {
  mopidy: WebMopidy
  musakone: TestMusakone
  /** A token of each role. */
  tokens: Tokens
  stop(): Promise<void>
}

/** Musakone in front of a Mopidy with web clients, and somebody of every role. */
export async function setWebStage(
  options: TestMusakoneOptions = {},
  clients?: readonly string[],
): Promise<WebStage> {
  const mopidy = await startWebMopidy(clients)
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const musakone = await startTestMusakone({ ...options, databasePath, mopidyUrl: mopidy.url })
  await musakone.online()
  const tokens = await tokensOf(musakone, databasePath)
  // So that it knows which web clients there are.
  await musakone.request('/api/clients', { token: tokens.guest })
  return {
    mopidy,
    musakone,
    tokens,
    async stop() {
      await musakone.stop()
      await mopidy.stop()
    },
  }
}

/** A token of each role. */
export async function tokensOf(musakone: TestMusakone, databasePath: string): Promise<Tokens> {
  await addUser(databasePath, { username: 'member', role: 'member' })
  await addUser(databasePath, { username: 'guest', role: 'guest' })
  const [admin, member, guest] = await Promise.all(
    ['admin', 'member', 'guest'].map((name) => musakone.logIn(name)),
  )
  return { admin: admin ?? '', member: member ?? '', guest: guest ?? '' }
}
