import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { signIn } from '../actions/recorded'
import { createFakeClock } from '../demo/fake-clock'
import { temporaryFolder } from '../support/executable'
import { startTestMusakone, type TestMusakoneOptions } from '../support/test-musakone'
import { addUser } from '../support/user-rows'

/** Monday 5 January 2026, noon, UTC. */
export const MONDAY_NOON = Date.UTC(2026, 0, 5, 12)

export type Room = Awaited<ReturnType<typeof openRoom>>

/** Musakone and its demo Mopidy under one clock, with two people: `admin` and `berta`, a member. */
export async function openRoom(options: TestMusakoneOptions = {}) {
  const clock = createFakeClock(MONDAY_NOON)
  const databasePath = options.databasePath ?? join(temporaryFolder(), 'musakone.db')
  const isNew = !existsSync(databasePath)
  const musakone = await startTestMusakone({
    clock,
    databasePath,
    ...options,
    ...(options.mopidyUrl === undefined && { demo: { clock, ...options.demo } }),
  })
  if (isNew) await addUser(databasePath, { username: 'berta' })
  await musakone.online()
  const enter = async (name: string) => {
    const token = await musakone.logIn(name)
    const socket = await signIn(musakone, token)
    return {
      token,
      socket,
      async get<Reply>(path: string): Promise<Reply> {
        const reply = await musakone.request(`/api/${path}`, { token })
        if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
        return (await reply.json()) as Reply
      },
    }
  }
  const admin = await enter('admin')
  const berta = await enter('berta')

  return {
    musakone,
    databasePath,
    admin,
    berta,
    now: () => clock.now(),
    /** Moves the time on: the music has gone on, but Musakone has not yet heard of it. */
    advance: (ms: number) => clock.advance(ms),
    async close(): Promise<void> {
      admin.socket.close()
      berta.socket.close()
      await musakone.stop()
    },
  }
}
