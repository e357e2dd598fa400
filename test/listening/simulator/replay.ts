import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { signIn } from '../../actions/recorded'
import { createFakeClock } from '../../demo/fake-clock'
import { temporaryFolder } from '../../support/executable'
import { connectRpc } from '../../support/rpc-client'
import { startTestMusakone } from '../../support/test-musakone'
import { addUser } from '../../support/user-rows'
import { compare } from './rows'
import { beginningOf, type Step, USERS } from './simulator'
import type { TruePlay } from './truth'

/**
 * Repeats the steps that a simulation has noted, through Musakone's and the demo's sockets, and compares the
 * plays that were recorded with the true ones.
 */
export async function replay(seed: number, script: readonly Step[], plays: readonly TruePlay[]) {
  const { startMs, shuffling } = beginningOf(seed)
  const clock = createFakeClock(startMs)
  const databasePath = join(temporaryFolder(), 'musakone.db')
  const demo = { clock, random: shuffling.next }
  const musakone = await startTestMusakone({ clock, databasePath, demo })
  const names = ['admin', ...Array.from({ length: USERS - 1 }, (_, index) => `user${index + 2}`)]
  for (const username of names.slice(1)) await addUser(databasePath, { username, role: 'admin' })
  await musakone.online()
  const enter = async (name: string) => signIn(musakone, await musakone.logIn(name))
  const people = await Promise.all(names.map(enter))
  const outsider = await connectRpc(musakone.demo?.url ?? '')

  async function take(step: Step): Promise<void> {
    if ('advanceMs' in step) clock.advance(step.advanceMs)
    else if (step.userId === null)
      // Mopidy may refuse it, as it did in the simulation; the plays show whether it did the same.
      await outsider.call(step.method, step.params).catch(() => {})
    else await people[step.userId - 1]?.call(step.method, step.params)
    // Mopidy's answer to Musakone comes after all events that it has to send.
    await people[0]?.call('core.library.browse', { uri: `demo:nothing:${step}` })
  }

  try {
    for (const step of script) await take(step)
    const token = await musakone.logIn()
    // A question for the history makes Musakone write down how far the current play has come.
    await musakone.request('/api/playback/history', { token })
    compare({ sqlite: new Database(databasePath, { readonly: true }) }, plays, { slackMs: 0 })
  } finally {
    for (const person of people) person.close()
    await outsider.close()
    await musakone.stop()
  }
}
